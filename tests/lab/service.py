"""`dialplane serve` inside the lab's network."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tests.lab.network import Network

_PORT: Final = 50051
_START_SECONDS: Final = 30.0
_IN_FORCE: Final = re.compile(r"decision_data_in_force .* version=(\d+)")


@dataclass
class LabService:
    """The service at `address`, on the database at `database_url`."""

    network: Network
    address: str
    database_url: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def target(self) -> str:
        """Where the shims ask."""
        return f"{self.address}:{_PORT}"

    @property
    def admin_target(self) -> str:
        """Where people and tools ask."""
        return f"{self.address}:{_PORT + 1}"

    @property
    def log(self) -> Path:
        """Its log, for people."""
        return self.folder / "service.log"

    def data_version(self) -> int:
        """Return the version of the data that it decides on."""
        found: list[str] = _IN_FORCE.findall(self.log.read_text())
        return int(found[-1]) if found else 0

    def kill(self) -> None:
        """End it as the kernel would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop its time inside the block: connections are taken, and nobody answers."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def start(self) -> None:
        """Start it; returns when it serves."""
        self.folder.mkdir(parents=True, exist_ok=True)
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = self.network.start(
                [sys.executable, "-m", "dialplane_service.cli.main", "serve"],
                environment={
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                    "PYTHONUNBUFFERED": "1",
                    "DIALPLANE_LISTEN": self.target,
                    "DIALPLANE_ADMIN_LISTEN": self.admin_target,
                    "DIALPLANE_DATABASE_URL": self.database_url,
                    "DIALPLANE_DATA_FILE": str(self.folder / "decision-data"),
                    "DIALPLANE_POLL_INTERVAL_S": "0.1",
                    "DIALPLANE_LOG_LEVEL": "debug",
                },
                output=output,
                folder=self.folder,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if b"Serving calls on" in self.log.read_bytes()[before:]:
                return
            time.sleep(0.05)
        raise AssertionError(f"the service does not start:\n{self.log.read_text()[-3000:]}")

    def export(self, server: str, folder: Path) -> None:
        """Write a server's files that depend on the data, as an administrator does."""
        with (self.folder / f"export-{server}.log").open("wb") as output:
            export = self.network.start(
                [
                    *(sys.executable, "-m", "dialplane_service.cli.main", "export", "asterisk"),
                    *("--server", server, "--out", folder, "--admin-target", self.admin_target),
                ],
                environment={"PATH": "/usr/local/bin:/usr/bin:/bin"},
                output=output,
                folder=self.folder,
            )
        if export.wait(_START_SECONDS) != 0:
            said = Path(output.name).read_text()
            raise AssertionError(f"the files of {server} are not exported:\n{said[-3000:]}")

    def start_again(self) -> None:
        """Start it if it does not run."""
        if self.process is None:
            self.start()

    def stop(self) -> None:
        """Let it finish what it does, and end it."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            self.kill()
