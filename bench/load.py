"""A closed loop of callers, and what it measured."""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles

from grpc import aio

_TICKS = os.sysconf("SC_CLK_TCK")
_ROUTING = "/dialplane.routing.v1.RoutingService/"


@dataclass(frozen=True)
class Round:
    """One stretch of load: latencies in seconds, in a closed loop."""

    latencies: Sequence[float]
    seconds: float
    cpu_seconds: float
    """What the serving process spent."""
    own_cpu_seconds: float
    """What the asking process spent."""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / len(self.latencies) * 1e6

    @property
    def own_cpu_us(self) -> float:
        return self.own_cpu_seconds / len(self.latencies) * 1e6


@dataclass(frozen=True)
class Measured:
    """Several rounds of the same, taken in turns with what it is compared to."""

    rounds: list[Round]

    @property
    def per_second(self) -> float:
        return float(median(each.per_second for each in self.rounds))

    @property
    def cpu_us(self) -> float:
        return median(each.cpu_us for each in self.rounds)

    @property
    def own_cpu_us(self) -> float:
        return median(each.own_cpu_us for each in self.rounds)

    def percentile(self, percent: int) -> float:
        """In milliseconds, over all rounds."""
        latencies = [one for each in self.rounds for one in each.latencies]
        return quantiles(latencies, n=100)[percent - 1] * 1000

    def ratio(self, floor: "Measured", of: str = "per_second") -> float:
        """The median of the ratios of rounds that were neighbours."""
        pairs = zip(self.rounds, floor.rounds, strict=True)
        return median(getattr(own, of) / getattr(other, of) for own, other in pairs)


async def load(
    ask: Callable[[int], Awaitable[object]], *, callers: int, seconds: float, pid: int | None = None
) -> Round:
    """So many callers, each with its next question as soon as it has an answer."""
    latencies: list[float] = []
    numbers = iter(range(10**12))
    cpu, own = cpu_seconds(pid), time.process_time()
    began = time.perf_counter()
    end = began + seconds

    async def call() -> None:
        while (asked := time.perf_counter()) < end:
            await ask(next(numbers))
            latencies.append(time.perf_counter() - asked)

    await asyncio.gather(*(call() for _ in range(callers)))
    return Round(
        latencies, time.perf_counter() - began, cpu_seconds(pid) - cpu, time.process_time() - own
    )


def rpc(
    channels: Sequence[aio.Channel], method: str, requests: Sequence[bytes]
) -> Callable[[int], Awaitable[bytes]]:
    """Ask a method the next question, in bytes on both sides: the caller's own cost stays small.

    No question is asked twice.
    """
    stubs = cycle([channel.unary_unary(_ROUTING + method) for channel in channels])
    left = iter(requests)

    async def ask(_: int) -> bytes:
        answer: bytes = await next(stubs)(_next(left), timeout=10)
        return answer

    return ask


def _next(left: Iterator[bytes]) -> bytes:
    question = next(left, None)
    assert question is not None, "more questions were asked than prepared"
    return question


def cpu_seconds(pid: int | None) -> float:
    """What a process has spent so far."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS  # user and system time


def children_cpu_seconds() -> float:
    """What the processes that this one started and saw end have spent."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
