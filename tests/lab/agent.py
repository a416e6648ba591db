"""`dialplane-fastagi` beside an Asterisk server of the lab."""

import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.lab.network import Network

DIALPLANE_FASTAGI: Final = Path(sysconfig.get_path("scripts")) / "dialplane-fastagi"
PORT: Final = 4573
_START_SECONDS: Final = 30.0


@dataclass
class LabAgent:
    """The agent of the host at `address`; `run` is a folder with a short path for its socket.

    `environment` is what the host's exec shims have too.
    """

    network: Network
    address: str
    run: Path
    log: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    @property
    def url(self) -> str:
        """Where the dialplan asks it."""
        return f"agi://{self.address}:{PORT}"

    @property
    def socket(self) -> Path:
        """Where processes of `dialplane-agi` hand their steps over."""
        return self.run / "agent.sock"

    @property
    def clock(self) -> Path:
        """The file that it keeps rewriting while it lives."""
        return self.run / "agent.clock"

    def start(self) -> None:
        """Start it; returns when it listens."""
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = self.network.start(
                [DIALPLANE_FASTAGI],
                environment={
                    **self.environment,
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                    "DIALPLANE_AGENT_LISTEN": f"{self.address}:{PORT}",
                    "DIALPLANE_AGENT_SOCKET": str(self.socket),
                    "DIALPLANE_AGENT_CLOCK": str(self.clock),
                    "DIALPLANE_AGENT_STATE": str(self.log.with_suffix(".prom")),
                    "DIALPLANE_LOG_LEVEL": "debug",
                },
                output=output,
                folder=self.run,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if b"listening" in self.log.read_bytes()[before:]:
                return
            time.sleep(0.02)
        raise AssertionError(f"the agent does not start:\n{self.log.read_text()[-3000:]}")

    def start_again(self) -> None:
        """Start it if it does not run."""
        if self.process is None:
            self.start()

    def stop(self) -> None:
        """Let it answer the steps that it has begun, and end it."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.kill()

    def kill(self) -> None:
        """End it as the kernel would: whatever it was doing is left undone."""
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
            if self.process is not None:
                os.kill(self.process.pid, signal.SIGCONT)
