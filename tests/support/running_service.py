"""`dialplane serve` as a process of its own, on free ports of the loopback interface."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub

_SERVING = re.compile(r"Serving calls on (\S+), administration on (\S+)")
_STOP_SECONDS = 20.0
SERVICE = "dialplane_service.cli.main"


@dataclass
class RunningService:
    """A serving process. It may be killed and started again on the same ports."""

    environment: dict[str, str]
    folder: Path
    module: str = SERVICE
    process: "subprocess.Popen[str]" = field(init=False)
    target: str = field(init=False, default="127.0.0.1:0")
    admin_target: str = field(init=False, default="127.0.0.1:0")

    def start(self) -> None:
        """Start it and wait until it serves."""
        variables = {name: text for name, text in os.environ.items() if "DIALPLANE" not in name}
        variables |= {
            "DIALPLANE_DATA_FILE": str(self.folder / "decision-data"),
            "DIALPLANE_LISTEN": self.target,
            "DIALPLANE_ADMIN_LISTEN": self.admin_target,
            "DIALPLANE_LOG_FORMAT": "json",
            # Else the data version moves on its own where a test records calls of now.
            "DIALPLANE_QUALITY_INTERVAL_S": "0",
            **self.environment,
        }
        self.log.touch()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, "serve"],
                env=variables,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        if self.process.stdout is None:
            raise AssertionError("the process has a pipe")
        for line in self.process.stdout:
            if match := _SERVING.search(line):
                self.target, self.admin_target = match[1], match[2]
                return
        self.stop()
        raise AssertionError(f"the service did not start:\n{self.log.read_text()[-4000:]}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it with a signal; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(_STOP_SECONDS)
        finally:
            self.process.kill()
            if self.process.stdout is not None:
                self.process.stdout.close()
        return code

    def kill(self) -> None:
        """End it as a power cut would."""
        self.stop(signal.SIGKILL)

    @property
    def log(self) -> Path:
        """The file of its log lines."""
        return self.folder / "service.log"

    @contextmanager
    def stub(self) -> Iterator[RoutingServiceStub]:
        """A client with a fresh connection."""
        with grpc.insecure_channel(self.target) as channel:
            yield RoutingServiceStub(channel)


@contextmanager
def running_service(
    database_url: str, *, module: str = SERVICE, **environment: str
) -> Iterator[RunningService]:
    """Run the service, or another module that serves, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="dialplane-") as folder:
        service = RunningService(
            {"DIALPLANE_DATABASE_URL": database_url, **environment}, Path(folder), module
        )
        service.start()
        try:
            yield service
        finally:
            if service.process.poll() is None:
                service.stop()


def until(condition: "object", seconds: float = 5.0) -> None:
    """Wait for a condition (a function without arguments) to hold.

    Raises:
        AssertionError: it did not hold in time.
    """
    if not callable(condition):
        raise TypeError("a condition is a function")
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {condition}")
        time.sleep(0.02)
