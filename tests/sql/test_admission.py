"""`usp_admit` and `usp_release`: places at providers and gates, never more than there are."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.driver_errors import DriverError, is_retried
from tests.sql.test_recording_procedures import HANGUP, RECORD, call
from tests.support.schema import MigratedDatabase

DECIDED_AT = "2026-01-02 12:00:00"
HOUR_S = 3600
_providers = count(1000)


@dataclass(frozen=True)
class Candidate:
    """One provider, or a gate of it, with its limits."""

    provider: int
    gate: int | None = None
    channels: int | None = None
    per_second: int | None = None
    gate_channels: int | None = None
    gate_per_second: int | None = None

    @property
    def json(self) -> list[int | None]:
        return [
            self.provider,
            self.gate,
            self.channels,
            self.per_second,
            self.gate_channels,
            self.gate_per_second,
        ]


Answer = tuple[int | None, int | None, list[list[Any]]]


async def admit(
    connection: Connection,
    call_id: str,
    *candidates: Candidate,
    channel: str = "caller",
    attempt: int = 1,
    decided_at: str = DECIDED_AT,
    lease_s: int = HOUR_S,
    server: int = 1,
) -> Answer | None:
    """Ask for a place; again where a deadlock ended the question, as the service does."""
    text = json.dumps([candidate.json for candidate in candidates])
    arguments = (call_id, server, channel, attempt, decided_at, lease_s, text)
    places = ", ".join(["%s"] * len(arguments))
    while True:
        try:
            rows = await execute(connection, f"CALL usp_admit({places})", arguments)
        except DriverError as error:
            if not is_retried(error):
                raise
            continue
        return (rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None


async def admitted(connection: Connection, call_id: str, *candidates: Candidate, **how: Any) -> int:
    """The provider that had room; 0: none."""
    answer = await admit(connection, call_id, *candidates, **how)
    assert answer is not None
    return answer[0] or 0


async def hangup(
    connection: Connection,
    call_id: str,
    *,
    channel: str = "caller",
    attempt: int = 1,
    unique_id: str | None = None,
    leg: str = "CALLED",
) -> None:
    """A called channel's last word."""
    given: dict[str, object] = {"leg": leg, "call_id": call_id, "attempt": attempt}
    given |= {"unique_id": unique_id or f"{call_id}.{channel}.{attempt}"}
    given |= {"calling_unique_id": channel if leg == "CALLED" else ""}
    await call(connection, "usp_hangup", HANGUP, **given)


async def in_use(admin: Connection, owner: str, owner_id: int) -> int:
    """What the counter says, which must be what the places say."""
    rows = await execute(
        admin,
        "SELECT channels FROM capacity_use WHERE owner = %s AND owner_id = %s",
        (owner, owner_id),
    )
    column = "provider_id" if owner == "PROVIDER" else "gate_id"
    ((places,),) = await execute(
        admin,
        f"SELECT COUNT(*) FROM admissions WHERE {column} = %s AND released_at IS NULL",
        (owner_id,),
    )
    assert rows[0][0] == places
    return int(places)


@pytest.fixture
def provider() -> int:
    """A provider that no other test uses. Nothing refers to its row, so there need be none."""
    return next(_providers)


@pytest_asyncio.fixture
async def fifty(database: MigratedDatabase) -> AsyncIterator[list[Connection]]:
    """Fifty connections of the service's account: two replicas and more."""
    connections = [await connect(database.service, timeout_s=10) for _ in range(50)]
    yield connections
    for connection in connections:
        await close(connection)


async def test_places_are_taken_until_there_is_none(
    service: Connection, admin: Connection, provider: int
) -> None:
    two = Candidate(provider, channels=2)
    assert await admit(service, "a1", two) == (provider, None, [])
    assert await admit(service, "a2", two) == (provider, None, [])
    full = [provider, None, "PROVIDER", "CHANNELS", 2, 2]
    assert await admit(service, "a3", two) == (None, None, [full])
    assert await in_use(admin, "PROVIDER", provider) == 2


async def test_the_next_with_room_takes_what_the_first_cannot(
    service: Connection, provider: int
) -> None:
    one, other = Candidate(provider, channels=1), Candidate(next(_providers), channels=5)
    assert await admitted(service, "b1", one, other) == provider
    full = [provider, None, "PROVIDER", "CHANNELS", 1, 1]
    assert await admit(service, "b2", one, other) == (other.provider, None, [full])


async def test_a_gate_has_limits_of_its_own(
    service: Connection, admin: Connection, provider: int
) -> None:
    first = Candidate(provider, gate=provider, channels=3, gate_channels=1)
    second = Candidate(provider, gate=provider + 100_000, channels=3)
    assert await admit(service, "g1", first, second) == (provider, first.gate, [])
    full = [provider, first.gate, "GATE", "CHANNELS", 1, 1]
    assert await admit(service, "g2", first, second) == (provider, second.gate, [full])
    assert await admit(service, "g3", first, second) == (provider, second.gate, [full])
    assert await in_use(admin, "GATE", first.gate or 0) == 1
    assert await in_use(admin, "PROVIDER", provider) == 3
    nobody, _, why = await admit(service, "g4", first, second) or (0, 0, [])
    assert nobody is None
    assert [row[2:] for row in why] == [["PROVIDER", "CHANNELS", 3, 3]] * 2


async def test_calls_per_second_are_counted_over_any_second(
    service: Connection, admin: Connection, provider: int
) -> None:
    three = Candidate(provider, per_second=3)

    async def made_ago(call_id: str, seconds: float) -> None:
        """Move a call in time, for a test takes as long as it takes."""
        moved = "UTC_TIMESTAMP(6) - INTERVAL %s SECOND"
        await execute(
            admin,
            f"UPDATE admissions SET admitted_at = {moved} WHERE call_id = %s",
            (seconds, call_id),
        )

    for number in range(3):
        assert await admitted(service, f"r{number}", three) == provider
        await made_ago(f"r{number}", -60)
        await hangup(service, f"r{number}")
    full = [provider, None, "PROVIDER", "CALLS_PER_SECOND", 3, 3]
    assert await admit(service, "r3", three) == (None, None, [full])
    await made_ago("r0", 1)
    assert await admitted(service, "r4", three) == provider
    await made_ago("r4", -60)
    assert await admitted(service, "r5", three) == 0


async def test_asked_again_it_says_the_same(
    service: Connection, admin: Connection, provider: int
) -> None:
    one, other = Candidate(provider, channels=1), Candidate(next(_providers), channels=1)
    await admit(service, "s0", one)
    first = await admit(service, "s1", one, other)
    await hangup(service, "s0")  # now the first candidate has room
    for _ in range(3):
        assert await admit(service, "s1", one, other) == first
    assert await in_use(admin, "PROVIDER", other.provider) == 1
    nobody = await admit(service, "s2", other)
    await hangup(service, "s1")
    assert await admit(service, "s2", other) == nobody
    assert await admit(service, "s1", one, other) == first, "also when the call is over"
    assert await in_use(admin, "PROVIDER", other.provider) == 0


async def test_a_later_attempt_gives_back_the_place_of_the_one_before(
    service: Connection, admin: Connection, provider: int
) -> None:
    one, other = Candidate(provider, channels=1), Candidate(next(_providers), channels=1)
    assert await admitted(service, "l1", one, attempt=1) == provider
    assert await admitted(service, "l1", other, attempt=2) == other.provider
    assert await in_use(admin, "PROVIDER", provider) == 0
    assert await admitted(service, "l2", one) == provider
    assert await admit(service, "l1", attempt=3) is None, "nothing is wanted any more"
    assert await in_use(admin, "PROVIDER", other.provider) == 0
    assert await admitted(service, "l1", other, attempt=2) == other.provider
    assert await in_use(admin, "PROVIDER", other.provider) == 0, "a late question takes nothing"


async def test_a_question_that_comes_late_takes_nothing_from_a_later_one(
    service: Connection, admin: Connection, provider: int
) -> None:
    two = Candidate(provider, channels=2)
    await admit(service, "late", two, attempt=2)
    await admit(service, "late", two, attempt=1)
    assert await in_use(admin, "PROVIDER", provider) == 2
    await admit(service, "late", attempt=3)
    assert await in_use(admin, "PROVIDER", provider) == 0


async def test_another_classification_is_another_question(
    service: Connection, admin: Connection, provider: int
) -> None:
    """A transfer classifies the same channel again, and its attempts begin again."""
    one, other = Candidate(provider, channels=1), Candidate(next(_providers), channels=1)
    assert await admitted(service, "c1", one) == provider
    later = "2026-01-02 12:01:00"
    assert await admitted(service, "c1", other, decided_at=later) == other.provider
    assert await admitted(service, "c1", other, decided_at=later) == other.provider
    assert await in_use(admin, "PROVIDER", provider) == 0
    assert await in_use(admin, "PROVIDER", other.provider) == 1


async def test_channels_and_servers_of_one_call_are_told_apart(
    service: Connection, admin: Connection, provider: int
) -> None:
    three = Candidate(provider, channels=3)
    await admit(service, "t1", three, channel="a")
    await admit(service, "t1", three, channel="b")
    await admit(service, "t1", three, channel="a", server=2)
    assert await in_use(admin, "PROVIDER", provider) == 3
    await hangup(service, "t1", channel="b")
    assert await in_use(admin, "PROVIDER", provider) == 2


async def test_a_hangup_gives_back_once(
    service: Connection, admin: Connection, provider: int
) -> None:
    two = Candidate(provider, channels=2)
    for name in ("h1", "h2"):
        await admit(service, name, two)
    for _ in range(3):
        await hangup(service, "h1")
    assert await in_use(admin, "PROVIDER", provider) == 1
    assert await admitted(service, "h3", two) == provider
    await hangup(service, "h1")  # late, when the place is another's
    assert await in_use(admin, "PROVIDER", provider) == 2
    assert await admitted(service, "h4", two) == 0


async def test_only_the_right_channel_gives_back(
    service: Connection, admin: Connection, provider: int
) -> None:
    await admit(service, "w1", Candidate(provider, channels=1), attempt=2)
    await hangup(service, "w1", attempt=1)
    await hangup(service, "w1", attempt=2, channel="other")
    await hangup(service, "w1", attempt=2, leg="CALLING", unique_id="x")
    assert await in_use(admin, "PROVIDER", provider) == 1
    await hangup(service, "w1", attempt=2)
    assert await in_use(admin, "PROVIDER", provider) == 0


async def test_a_transferred_channel_gives_back_what_it_was_called_for(
    service: Connection, admin: Connection, provider: int
) -> None:
    """Its later words name itself as the calling channel; its first ones count."""
    await admit(service, "x1", Candidate(provider, channels=1), channel="ann")
    known = {"call_id": "x1", "leg": "CALLED", "attempt": 1, "unique_id": "x1.bob"}
    known |= {"calling_unique_id": "ann", "event": "CREATED"}
    await call(service, "usp_record_channel", RECORD, **known)
    await admit(service, "x1", Candidate(provider, channels=5), channel="x1.bob")
    await hangup(service, "x1", unique_id="ann", leg="CALLING")
    assert await in_use(admin, "PROVIDER", provider) == 2, "bob lives on"
    await hangup(service, "x1", channel="x1.bob", unique_id="x1.bob")
    assert await in_use(admin, "PROVIDER", provider) == 1


async def test_a_caller_who_goes_before_a_channel_is_made_leaves_no_place_taken(
    service: Connection, admin: Connection, provider: int
) -> None:
    await admit(service, "n1", Candidate(provider, channels=1), channel="n1.ann")
    await hangup(service, "n1", unique_id="n1.ann", leg="CALLING")
    assert await in_use(admin, "PROVIDER", provider) == 0


async def test_what_never_hung_up_expires(
    service: Connection, admin: Connection, provider: int
) -> None:
    one = Candidate(provider, channels=1)
    await admit(service, "e1", one, lease_s=1)
    assert await admitted(service, "e2", one) == 0
    await asyncio.sleep(2.1)
    assert await admitted(service, "e3", one) == provider
    await hangup(service, "e1")  # very late
    assert await in_use(admin, "PROVIDER", provider) == 1
    assert await admitted(service, "e4", one) == 0


async def test_a_number_that_somebody_made_wrong_is_mended(
    service: Connection, admin: Connection, provider: int
) -> None:
    one = Candidate(provider, channels=1)
    await admit(service, "m1", one)
    await hangup(service, "m1")
    await execute(
        admin,
        "UPDATE capacity_use SET channels = 9 WHERE owner = 'PROVIDER' AND owner_id = %s",
        (provider,),
    )
    assert await admitted(service, "m2", one) == provider
    assert await in_use(admin, "PROVIDER", provider) == 1


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
    other, gate = next(_providers), next(_providers)
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
    candidates = (Candidate(provider, channels=1), Candidate(next(_providers), channels=50))
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


@pytest.mark.parametrize("call_id", ["i" * 33, None])
async def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    service: Connection, admin: Connection, provider: int, call_id: str
) -> None:
    with pytest.raises(DriverError):
        await admit(service, call_id, Candidate(provider, channels=1))
    assert not service.get_transaction_status()
    assert await execute(admin, f"SELECT 1 FROM capacity_use WHERE owner_id = {provider}") == []


async def test_old_rows_can_be_purged_in_batches(
    service: Connection, admin: Connection, provider: int
) -> None:
    two = Candidate(provider, channels=2)
    for name in ("p1", "p2"):
        await admit(service, name, two)
    await hangup(service, "p1")
    await execute(
        admin, f"DELETE FROM admissions WHERE provider_id = {provider} AND released_at <= NOW(6)"
    )
    assert await in_use(admin, "PROVIDER", provider) == 1
    await hangup(service, "p1")
    assert await in_use(admin, "PROVIDER", provider) == 1
