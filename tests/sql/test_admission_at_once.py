"""`usp_admit` asked by fifty at once: never more places than there are."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, close, connect
from tests.sql.admission import Candidate, admit, admitted, hangup, in_use, new_provider
from tests.support.schema import MigratedDatabase


@pytest_asyncio.fixture
async def fifty(database: MigratedDatabase) -> AsyncIterator[list[Connection]]:
    """Fifty connections of the service's account: two replicas and more."""
    connections = [await connect(database.service, timeout_s=10) for _ in range(50)]
    yield connections
    for connection in connections:
        await close(connection)


async def test_fifty_at_once_never_take_more_than_ten(
    fifty: list[Connection], admin: Connection, provider: int
) -> None:
    ten = Candidate(provider, channels=10)
    answers = await asyncio.gather(
        *(admit(connection, f"f{number}", ten) for number, connection in enumerate(fifty))
    )
    taken = [answer for answer in answers if answer is not None and answer[0] == provider]
    refused = [answer for answer in answers if answer not in taken]
    assert len(taken) == 10
    full = [provider, None, "PROVIDER", "CHANNELS", 10, 10]
    assert refused == [(None, None, [full])] * 40
    assert await in_use(admin, "PROVIDER", provider) == 10


async def test_fifty_that_come_and_go_over_two_providers_and_a_gate(
    fifty: list[Connection], admin: Connection, provider: int
) -> None:
    """Each ranks them otherwise. No limit is ever exceeded, and at the end every place is free."""
    other, gate = new_provider(), new_provider()
    ranks = (
        Candidate(provider, gate=gate, channels=10, gate_channels=4),
        Candidate(provider, channels=10),
        Candidate(other, channels=7),
    )
    most = dict.fromkeys(("PROVIDER", "GATE", "OTHER"), 0)
    holding = dict(most)

    async def caller(number: int, connection: Connection) -> int:
        served = 0
        for round_ in range(6):
            order = ranks[number % 3 :] + ranks[: number % 3]
            for attempt in (1, 2):
                answer = await admit(
                    connection, f"k{number}.{round_}", *order, attempt=attempt, channel=f"{number}"
                )
                assert answer is not None
                names = {provider: ["PROVIDER"], other: ["OTHER"]}.get(answer[0] or 0, [])
                names += ["GATE"] if answer[1] else []
                for name in names:
                    holding[name] += 1
                    most[name] = max(most[name], holding[name])
                served += bool(names)
                await asyncio.sleep(0.002)
                # Before it is given back, so that this count never lags behind.
                for name in names:
                    holding[name] -= 1
            await hangup(connection, f"k{number}.{round_}", channel=f"{number}", attempt=2)
        return served

    served = await asyncio.gather(
        *(caller(number, connection) for number, connection in enumerate(fifty))
    )
    assert most["PROVIDER"] <= 10
    assert most["GATE"] <= 4
    assert most["OTHER"] <= 7
    assert sum(served) > 100
    assert await in_use(admin, "PROVIDER", provider) == 0
    assert await in_use(admin, "PROVIDER", other) == 0
    assert await in_use(admin, "GATE", gate) == 0


async def test_the_same_question_at_once_takes_one_place(
    fifty: list[Connection], admin: Connection, provider: int
) -> None:
    candidates = (Candidate(provider, channels=1), Candidate(new_provider(), channels=50))
    await admit(fifty[0], "before", candidates[0])
    answers = await asyncio.gather(
        *(admit(connection, "same", *candidates) for connection in fifty)
    )
    assert all(answer == answers[0] for answer in answers)
    assert await in_use(admin, "PROVIDER", candidates[1].provider) == 1


async def test_calls_per_second_hold_for_fifty_at_once(
    fifty: list[Connection], provider: int
) -> None:
    seven = Candidate(provider, per_second=7)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers = await asyncio.gather(
        *(admitted(connection, f"q{number}", seven) for number, connection in enumerate(fifty))
    )
    seconds = loop.time() - began
    assert 7 <= sum(map(bool, answers)) <= 7 * (1 + int(seconds))
