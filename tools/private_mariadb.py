"""A MariaDB server of our own: its own data, its own unix socket, no network.

What must survive (`home`) may lie anywhere; MariaDB itself only ever sees a short temporary folder
with links into it, because a socket path ends at 107 bytes and its scripts stumble over spaces.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import quote

from tools.locks import exclusive, open_lock, try_exclusive, try_shared
from tools.mariadb_data import MariaDBStartError, create_data, end_of_log
from tools.mariadb_program import MariaDBProgram, find_mariadb
from tools.ownership import make_folder, own_like_parent
from tools.processes import (
    die_with_parent,
    process_holding,
    short_temporary_folder,
    write_whole,
)

SQL_MODE = (
    "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
    "NO_AUTO_VALUE_ON_ZERO"  # the article's server id 0 must stay 0
)
SERVER_OPTIONS = (
    "--skip-networking",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--default-time-zone=+00:00",
    f"--sql-mode={SQL_MODE}",
)
# For data that nobody misses after a power cut.
RELAXED_OPTIONS = ("--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite")
START_SECONDS = 120.0
"""How long a server may take to answer: after a crash it repairs its data first."""
STOP_SECONDS = 60.0
_RUNTIME_PREFIX = "dialplane-mariadb-"
# Kept because a server outlives the object that started it, and somebody must read its exit code.
_children: list[subprocess.Popen[bytes]] = []


class PrivateMariaDB:
    """One server over the data in `home`; as a context manager it runs inside the block.

    `start` and `stop` may be called by different processes: who starts a server that is running
    already adopts it. They do not count users; `tools.shared_mariadb` does.
    """

    def __init__(
        self,
        home: Path,
        *,
        program: MariaDBProgram | None = None,
        relaxed: bool = False,
        dies_with_starter: bool = False,
    ) -> None:
        self.home = home
        self.log = home / "error.log"
        self._program = program
        self._relaxed = relaxed
        self._dies_with_starter = dies_with_starter

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def socket(self) -> Path:
        """The unix socket; once started, its path stays the same over stop and start."""
        with suppress(FileNotFoundError):
            return Path((self.home / "runtime").read_text()) / "mariadb.sock"
        return self.home / "not-started"

    @property
    def pid(self) -> int | None:
        """The server's process id; None when no server runs over this data."""
        return process_holding(self.home / "server.lock", "mariadbd") if self.is_running() else None

    def url(self, database: str = "", user: str = "root") -> str:
        """Return the address of a database on this server, for a user without a password."""
        return f"mysql://{user}@localhost/{database}?unix_socket={quote(str(self.socket))}"

    def is_running(self) -> bool:
        """Whether a server process holds this data, answering or not."""
        # The server inherits this lock, so it is held exactly as long as that process lives.
        descriptor = open_lock(self.home / "server.lock")
        try:
            return not try_shared(descriptor)
        finally:
            os.close(descriptor)

    def start(self) -> None:
        """Start the server, or adopt the one that is running; returns when it answers.

        Raises `MariaDBStartError`, or `PackagesUnavailableError` when there is no program to run.
        """
        make_folder(self.home, mode=0o700)
        self.log.touch()
        own_like_parent(self.log)
        with exclusive(self.home / "start.lock"):
            try:
                while not self._starts():
                    # What was running has ended meanwhile, or nobody can reach it any more.
                    self._stop(signal.SIGTERM)
            except MariaDBStartError:
                self._stop(signal.SIGKILL)
                self._clean()
                raise

    def stop(self, *, at_once: bool = False) -> None:
        """Shut the server down, whoever started it; returns when it is gone.

        `at_once` kills it instead: for data that is thrown away.
        """
        if not self.home.exists():
            return
        with exclusive(self.home / "start.lock"):
            self._stop(signal.SIGKILL if at_once else signal.SIGTERM)
            self._clean()

    def _starts(self) -> bool:
        """Start a server unless one runs; False when the one that runs proves useless."""
        alive = open_lock(self.home / "server.lock")
        try:
            ours = try_exclusive(alive)
            if ours:
                self._clean()
                self._launch(alive)
        finally:
            os.close(alive)
        if not ours and self._is_out_of_reach():
            return False
        if self._appears():
            return True
        if ours:
            raise MariaDBStartError(end_of_log(self.log, "MariaDB does not start"))
        return False

    def _launch(self, alive: int) -> None:
        program = self._program or find_mariadb()
        runtime = self._runtime_folder()
        # Written before anything starts: whoever comes after an interruption finds the folder.
        write_whole(self.home / "runtime", str(runtime))
        program = program.through(runtime / "program")
        user = None
        if os.geteuid() == 0:
            # MariaDB refuses to be root by accident; in somebody's clone it becomes that somebody.
            user = pwd.getpwuid(self.home.stat().st_uid).pw_name
            shutil.chown(runtime, user)
        data = self.home / "data"
        create_data(program, data, runtime=runtime, user=user, log=self.log)
        (runtime / "data").symlink_to(data)
        command = [
            str(program.server),
            "--no-defaults",
            f"--basedir={program.base}",
            f"--datadir={runtime / 'data'}",
            f"--socket={runtime / 'mariadb.sock'}",
            f"--pid-file={runtime / 'mariadbd.pid'}",
            *SERVER_OPTIONS,
            *(RELAXED_OPTIONS if self._relaxed else ()),
            *([f"--user={user}"] if user is not None else []),
        ]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                command,
                cwd=runtime,
                env={**program.environment(), "TMPDIR": str(runtime)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[alive],
                # Its own session: a Ctrl-C at the terminal is for the service, which drains first.
                start_new_session=True,
                preexec_fn=partial(die_with_parent, os.getpid())
                if self._dies_with_starter
                else None,
            )
        _children.append(child)

    def _is_out_of_reach(self) -> bool:
        """Tell whether somebody swept away what one needs to reach the running server."""
        runtime = self.socket.parent
        if not runtime.is_dir():
            return True
        # The server writes its process id once its socket is there.
        return (runtime / "mariadbd.pid").exists() and not self.socket.exists()

    def _appears(self) -> bool:
        """Wait until the server answers; False when it ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while self.is_running() and time.monotonic() < deadline:
            if _greets(self.socket):
                return True
            time.sleep(0.05)
        return False

    def _stop(self, number: signal.Signals) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.is_running():
            if time.monotonic() > deadline:
                number = signal.SIGKILL
            process = self.pid
            if process is not None:
                with suppress(ProcessLookupError):
                    os.kill(process, number)
            time.sleep(0.05)
        _children[:] = [child for child in _children if child.poll() is None]

    def _clean(self) -> None:
        """Remove the temporary folder of a server that is gone."""
        runtime = self.socket.parent
        if runtime.name.startswith(_RUNTIME_PREFIX):
            shutil.rmtree(runtime, ignore_errors=True)

    def _runtime_folder(self) -> Path:
        """Make the temporary folder, under its earlier name so that clients find the server again."""
        earlier = self.socket.parent
        if earlier.name.startswith(_RUNTIME_PREFIX):
            with suppress(OSError):  # that name may be somebody else's by now
                earlier.mkdir(mode=0o700)
                return earlier
        return short_temporary_folder(_RUNTIME_PREFIX)


def _greets(path: Path) -> bool:
    """Tell whether a server accepts connections there: it speaks first, protocol version 10."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            greeting = connection.recv(5)
        except OSError:
            return False
    return greeting[4:5] == b"\x0a"
