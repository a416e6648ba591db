"""From the start of the process to its first decision, with files that a service before it left."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import grpc
from tests.support.running_service import RunningService

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest

STARTS = 3


@dataclass(frozen=True)
class Restarts:
    """Seconds, medians of `STARTS`."""

    rates: int
    with_mariadb: float
    without: float
    """MariaDB is there, but stopped: it accepts a connection and says nothing."""


def restarts(
    service: RunningService, question: BuildDialStringRequest, rates: int, mariadb_pid: int
) -> Restarts:
    """Stop and start the service on the same ports and files; it is left running."""
    there = [_start(service, question) for _ in range(STARTS)]
    with stopped(mariadb_pid):
        away = [_start(service, question) for _ in range(STARTS)]
    return Restarts(rates, median(there), median(away))


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """The process stands still inside the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _start(service: RunningService, question: BuildDialStringRequest) -> float:
    service.kill()
    began = time.monotonic()
    service.start()
    while True:
        try:
            with service.stub() as stub:
                answer = stub.BuildDialString(question, timeout=5)
        except grpc.RpcError:
            time.sleep(0.005)
            continue
        assert answer.dial.rate_id, answer
        return time.monotonic() - began
