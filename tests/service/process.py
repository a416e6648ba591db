"""A service process of a test: started, spoken to, stopped."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FAKE = (sys.executable, "-m", "tests.service.fake_service")
SERVING = re.compile(r"Serving calls on (\S+), administration on (\S+)\n")
START_SECONDS = 15.0


@dataclass
class ServiceProcess:
    """A running process and what it wrote."""

    process: "subprocess.Popen[bytes]"
    stdout: Path
    stderr: Path
    routing: str = ""
    admin: str = ""

    def await_serving(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while (match := SERVING.search(self.stdout.read_text())) is None:
            assert self.process.poll() is None, self.stderr.read_text()
            assert time.monotonic() < deadline, self.stderr.read_text()
            time.sleep(0.02)
        self.routing, self.admin = match[1], match[2]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 15.0) -> int:
        return self.process.wait(seconds)


@contextmanager
def service_process(
    folder: Path, command: Sequence[str] = FAKE, log_to: int | None = None, **variables: str
) -> Iterator[ServiceProcess]:
    """Start it; kill what is left of it at the end."""
    inherited = {
        name: text for name, text in os.environ.items() if not name.startswith("DIALPLANE_")
    }
    environment = inherited | {
        "DIALPLANE_LISTEN": "127.0.0.1:0",
        "DIALPLANE_ADMIN_LISTEN": "127.0.0.1:0",
        "DIALPLANE_DATABASE_URL": "mysql://nobody@localhost/nothing",
        "DIALPLANE_DATA_FILE": str(folder / "decision-data"),
        **variables,
    }
    out, err = folder / "stdout", folder / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=stdout, stderr=log_to or stderr
        )
    try:
        yield ServiceProcess(process, out, err)
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()
