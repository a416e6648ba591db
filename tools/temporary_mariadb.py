"""A throw-away MariaDB for tests and measurements."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.locks import open_lock, try_exclusive
from tools.mariadb_program import MariaDBProgram
from tools.private_mariadb import PrivateMariaDB
from tools.processes import short_temporary_folder

_PREFIX = "dialplane-throwaway-"


@contextmanager
def temporary_mariadb(program: MariaDBProgram | None = None) -> Iterator[PrivateMariaDB]:
    """Run a server that is relaxed about durability, deleted at the end, and dies with us.

    What an earlier process left behind when it was killed is swept away first.
    """
    home, owner = _owned_folder()
    server = PrivateMariaDB(home, program=program, relaxed=True, dies_with_starter=True)
    try:
        _sweep(home.parent)
        server.start()
        yield server
    finally:
        _remove(server)
        os.close(owner)


def _owned_folder() -> tuple[Path, int]:
    # Named so that a sweeper sees it only once it is locked.
    new = short_temporary_folder("dialplane-new-")
    owner = open_lock(new / "owner.lock")
    try_exclusive(owner)
    home = new.with_name(new.name.replace("dialplane-new-", _PREFIX))
    new.rename(home)
    return home, owner


def _sweep(folder: Path) -> None:
    for home in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, or swept by another process just now
            if home.stat().st_uid != os.geteuid():
                continue
            owner = open_lock(home / "owner.lock")
            try:
                if try_exclusive(owner):
                    _remove(PrivateMariaDB(home))
            finally:
                os.close(owner)


def _remove(server: PrivateMariaDB) -> None:
    server.stop(at_once=True)
    shutil.rmtree(server.home, ignore_errors=True)
