"""A new deck under load: when it decides, and what callers notice of it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median, quantiles

from grpc import aio
from tests.support.running_service import RunningService

from dialplane.admin.v1.rates_service_pb2 import ActivateDeckRequest
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse

PER_SECOND = 300
CHANNELS = 4
PREPARED = 100_000
"""Questions: enough for swaps that take many times what they should."""
_METHOD = "/dialplane.routing.v1.RoutingService/BuildDialString"
_PATIENCE_S = 120.0


@dataclass(frozen=True)
class Asked:
    """A question; instants of one clock, in seconds."""

    due: float
    answered: float
    deck_id: int

    @property
    def latency(self) -> float:
        """From when it was due: a caller that must wait for its turn waits too."""
        return self.answered - self.due


@dataclass(frozen=True)
class Swaps:
    """Figures of all swaps together. ``rest``, ``during``: latencies in seconds."""

    rows: int
    first_use_s: list[float]
    rest: list[float]
    during: list[float]

    @property
    def first_use(self) -> float:
        return median(self.first_use_s)

    @property
    def ratio(self) -> float:
        return percentile(self.during, 99) / percentile(self.rest, 99)


def percentile(latencies: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return quantiles(latencies, n=100)[percent - 1] * 1000


async def swaps(
    service: RunningService,
    questions: Sequence[bytes],
    deck_ids: Sequence[int],
    *,
    rows: int,
    rest_s: float,
) -> Swaps:
    """Activate the decks one after the other, at rest between them. Each is cheaper than all before."""
    asked: list[Asked] = []
    channels = [
        aio.insecure_channel(service.target, options=[("bench.channel", number)])
        for number in range(CHANNELS)
    ]
    admin = aio.insecure_channel(service.admin_target)
    load = asyncio.create_task(_steady(channels, questions, asked))
    rest: list[tuple[float, float]] = []
    during: list[tuple[float, float]] = []
    try:
        await asyncio.sleep(1)  # warms up
        for deck_id in deck_ids:
            began = time.perf_counter()
            await asyncio.sleep(rest_s)
            activated = time.perf_counter()
            rest.append((began, activated))
            await RatesServiceStub(admin).ActivateDeck(
                ActivateDeckRequest(deck_id=deck_id), timeout=10
            )
            used = await _first_use(asked, deck_id, load)
            during.append((activated, used))
            await asyncio.sleep(1)  # what the swap leaves behind is its own
    finally:
        load.cancel()
        await asyncio.wait([load])
        for channel in (*channels, admin):
            await channel.close()
    return Swaps(
        rows,
        [used - activated for activated, used in during],
        [each.latency for each in asked if _inside(each, rest)],
        [each.latency for each in asked if _inside(each, [(a, b + 1) for a, b in during])],
    )


async def _steady(
    channels: Sequence[aio.Channel], questions: Sequence[bytes], asked: list[Asked]
) -> None:
    """So many questions a second, whatever becomes of those before."""
    stubs = cycle([channel.unary_unary(_METHOD) for channel in channels])
    left = iter(questions)
    began = time.perf_counter()

    async def ask(due: float) -> None:
        raw = await next(stubs)(next(left), timeout=10)
        answered = time.perf_counter()
        answer = BuildDialStringResponse.FromString(raw)
        asked.append(Asked(due, answered, answer.dial.rate_id >> 24))

    async with asyncio.TaskGroup() as group:
        for number in count():
            due = began + number / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(ask(due))


async def _first_use(asked: list[Asked], deck_id: int, load: "asyncio.Task[None]") -> float:
    """When the first decision was made by the deck."""
    seen, deadline = len(asked), time.perf_counter() + _PATIENCE_S
    while time.perf_counter() < deadline and not load.done():
        for each in asked[seen:]:
            if each.deck_id == deck_id:
                return each.answered
        seen = len(asked)
        await asyncio.sleep(0.01)
    raise AssertionError(f"deck {deck_id} decided nothing within {_PATIENCE_S:.0f} s")


def _inside(each: Asked, stretches: Sequence[tuple[float, float]]) -> bool:
    return any(begin <= each.due < end for begin, end in stretches)
