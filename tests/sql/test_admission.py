"""`usp_admit` and `usp_release`: who gets a place, and when it is given back."""

import asyncio

import pytest

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError
from tests.sql.admission import Candidate, admit, admitted, hangup, in_use, new_provider
from tests.sql.test_recording_procedures import RECORD, call


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
    one, other = Candidate(provider, channels=1), Candidate(new_provider(), channels=5)
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
    one, other = Candidate(provider, channels=1), Candidate(new_provider(), channels=1)
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
    one, other = Candidate(provider, channels=1), Candidate(new_provider(), channels=1)
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
    one, other = Candidate(provider, channels=1), Candidate(new_provider(), channels=1)
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
