"""Decisions through gRPC against the bare echo."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from grpc import aio
from tests.support.running_service import RunningService

from bench.load import Measured, load, rpc

CHANNELS = 4


@dataclass
class Compared:
    """A method of the service and the echo of its messages."""

    method: str
    service: Measured = field(default_factory=lambda: Measured([]))
    echo: Measured = field(default_factory=lambda: Measured([]))


@dataclass(frozen=True)
class Plan:
    """How long each side of a comparison is asked, and by how many callers at once."""

    callers: int
    rounds: int
    seconds: float


async def answers(target: str, method: str, requests: Sequence[bytes]) -> list[bytes]:
    """What the service says to each question."""
    async with aio.insecure_channel(target) as channel:
        ask = rpc([channel], method, requests)
        return [await ask(number) for number in range(len(requests))]


async def compare(
    service: RunningService, echo: RunningService, questions: dict[str, list[bytes]], plan: Plan
) -> list[Compared]:
    """Service and echo in turns, so that both have the machine's good and bad moments."""
    compared = {method: Compared(method) for method in questions}
    async with AsyncExitStack() as opened:
        asks = {}
        for name, running in (("echo", echo), ("service", service)):
            channels = [
                # Options differ, or gRPC would share one connection between the channels.
                await opened.enter_async_context(
                    aio.insecure_channel(running.target, options=[("bench.channel", number)])
                )
                for number in range(CHANNELS)
            ]
            for method, requests in questions.items():
                asks[method, name] = rpc(channels, method, requests), running.process.pid
        for number in range(plan.rounds + 1):
            for (method, name), (ask, pid) in asks.items():
                taken = await load(ask, callers=plan.callers, seconds=plan.seconds, pid=pid)
                if number:  # the first round only warms up
                    getattr(compared[method], name).rounds.append(taken)
    return list(compared.values())
