"""A MariaDB data folder that is either whole or absent."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.mariadb_program import MariaDBProgram

# MariaDB follows our links and then has 512 bytes for the longest name below its data.
LONGEST_PATH = 430


class MariaDBStartError(RuntimeError):
    """The server does not start; the message ends with the last lines of its log."""


def create_data(
    program: MariaDBProgram, data: Path, *, runtime: Path, user: str | None, log: Path
) -> None:
    """Create `data` if it is not there: a root account without a password and nothing else.

    `runtime` is the short folder the work is done through; `user` is who will run the server when
    this process is root. Raises `MariaDBStartError`.
    """
    if data.exists():
        return
    if len(os.fsencode(data.absolute())) > LONGEST_PATH:
        raise MariaDBStartError(
            f"MariaDB cannot keep data in a folder whose name is longer than {LONGEST_PATH} bytes:"
            f" {data}\nMove this folder, or set DIALPLANE_DATABASE_URL to a server that is running."
        )
    unfinished = data.with_name(data.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(unfinished, user)
    link = runtime / "data.part"
    link.symlink_to(unfinished)
    command = [
        str(program.installer),
        "--no-defaults",
        f"--basedir={program.base}",
        f"--datadir={link}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
        "--force",
        *([f"--user={user}"] if user is not None else []),
    ]
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            check=False,
            cwd=runtime,
            env={**program.environment(), "TMPDIR": str(runtime)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    link.unlink()
    if done.returncode:
        raise MariaDBStartError(end_of_log(log, "MariaDB cannot create its data folder"))
    unfinished.rename(data)


def end_of_log(log: Path, complaint: str) -> str:
    """Follow a complaint by what the server itself said last."""
    lines = log.read_text(errors="replace").splitlines()[-30:]
    return "\n  ".join([f"{complaint}; the end of {log}:", *lines])
