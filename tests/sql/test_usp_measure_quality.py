"""`usp_measure_quality`: what is counted of the recorded channels, and when nothing is written."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError, signal_name
from tests.sql.test_data_version import version

FROM, TO = datetime(2026, 1, 2), datetime(2026, 1, 3)  # noqa: DTZ001 - as the driver gives them
NOON = FROM + timedelta(hours=12)
WESTCALL, IPPORT, VOXBEAM, ZADARMA = 7, 16, 8, 3
MOSCOW = "74957777777"
LEAST = 20
"""Attempts from which on a prefix has a figure."""
MOST = 5_000
"""Figures at most."""
_numbers = count()


@pytest_asyncio.fixture(autouse=True)
async def without_calls(admin: Connection) -> AsyncIterator[None]:
    yield
    for table in ("channels", "attempts", "quality_figures"):
        await execute(admin, f"DELETE FROM {table}")


async def insert(admin: Connection, table: str, row: dict[str, Any]) -> None:
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    arguments = list(row.values())
    await execute(admin, f"INSERT INTO {table} ({names}) VALUES ({places})", arguments)


async def leg(admin: Connection, route_id: str | None, **given: Any) -> dict[str, Any]:
    """A called leg of one attempt: over at noon and ten seconds, unanswered, its delay unknown."""
    call_id = f"c{next(_numbers)}"
    row = {
        "server_id": 1,
        "unique_id": f"{call_id}.called",
        "call_id": call_id,
        "leg": "CALLED",
        "attempt": 1,
        "route_id": route_id,
        "calling_unique_id": f"{call_id}.calling",
        "called_number": MOSCOW,
        "created_at": NOON,
        "ended_at": NOON + timedelta(seconds=10),
        "first_recorded_at": NOON,
    } | given
    await insert(admin, "channels", row)
    if row["attempt"] is not None:
        key = ("call_id", "server_id", "calling_unique_id", "attempt")
        attempt = {name: row[name] for name in key} | {"first_recorded_at": NOON}
        await insert(admin, "attempts", attempt)
    return row


async def talked(admin: Connection, route_id: str, seconds: float, **given: Any) -> None:
    ended = NOON + timedelta(seconds=5 + seconds)
    await leg(
        admin, route_id, answered_at=NOON + timedelta(seconds=5), **({"ended_at": ended} | given)
    )


async def calling(admin: Connection, called: dict[str, Any], **given: Any) -> None:
    """The leg that dialled: Dial tells it of its last attempt."""
    row = {
        "server_id": called["server_id"],
        "unique_id": called["calling_unique_id"],
        "call_id": called["call_id"],
        "leg": "CALLING",
        "created_at": NOON,
        "first_recorded_at": NOON,
    }
    await insert(admin, "channels", row | given)


async def measure(service: Connection, since: datetime = FROM, until: datetime = TO) -> bool:
    """Measure as the service's user; whether anything was new."""
    ((is_new,),) = await execute(service, "CALL usp_measure_quality(%s, %s)", (since, until))
    return bool(is_new)


async def figures(admin: Connection) -> dict[tuple[int, str], tuple[int, ...]]:
    """By provider and prefix: attempts, answered, ms of talk, ms of delay, attempts with a delay."""
    rows = await execute(
        admin,
        "SELECT provider_id, prefix, attempts, answered, talk_ms, pdd_ms, pdd_attempts"
        " FROM quality_figures",
    )
    return {(row[0], row[1]): row[2:] for row in rows}


async def test_figures_are_exact(admin: Connection, service: Connection) -> None:
    await talked(admin, "g8.A", 60.0005, ring_ms=3000, progress_ms=1200)
    await talked(admin, "g8.A", 30.0005, ring_ms=2000)
    await leg(admin, "g9.A", progress_ms=700)
    await leg(admin, "g8.A")
    await talked(admin, "a34.A", 10)
    assert await measure(service)
    assert await figures(admin) == {
        (WESTCALL, ""): (4, 2, 90_001, 3900, 3),
        (IPPORT, ""): (1, 1, 10_000, 0, 0),
    }
    ((since, until),) = await execute(
        admin, "SELECT DISTINCT measured_from, measured_to FROM quality_figures"
    )
    assert (since, until) == (FROM, TO)


async def test_prefixes_of_one_to_six_digits_with_enough_attempts(
    admin: Connection, service: Connection
) -> None:
    for _ in range(LEAST):
        await leg(admin, "g8.A")
    for _ in range(LEAST - 1):
        await leg(admin, "g8.A", called_number="79161234567")
    await leg(admin, "g8.A", called_number="442079460199")
    await measure(service)
    rows = await execute(
        admin, "SELECT prefix, attempts FROM quality_figures ORDER BY CHAR_LENGTH(prefix), prefix"
    )
    both = 2 * LEAST - 1
    assert rows == [
        ("", both + 1),
        ("7", both),
        *((MOSCOW[:digits], LEAST) for digits in range(2, 7)),
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"leg": "CALLING"},
        {"ended_at": None},
        {"route_id": None},
        {"created_at": TO},
        {"created_at": FROM - timedelta(microseconds=1)},
        {"route_id": "e1"},
        {"route_id": "r3.e1"},
        {"route_id": "echo"},
        {"route_id": "m6"},
        {"route_id": "c.r3"},
        {"route_id": "g999.A"},
        {"route_id": "a999.C"},
        {"route_id": "nonsense.g.A"},
        {"server_id": 2},
    ],
    ids=str,
)
async def test_what_is_no_attempt_over_a_provider(
    admin: Connection, service: Connection, given: dict[str, Any]
) -> None:
    """The last: the leg to the sister server that holds the gate; the attempt is that one's."""
    await leg(admin, **({"route_id": "g8.A"} | given))
    assert not await measure(service)
    assert await figures(admin) == {}


async def test_the_window_holds_its_beginning(admin: Connection, service: Connection) -> None:
    await leg(admin, "g8.A", created_at=FROM)
    await leg(admin, "g8.A", created_at=TO - timedelta(microseconds=1), ended_at=TO)
    await measure(service)
    assert (await figures(admin))[WESTCALL, ""][0] == 2


async def test_a_call_that_its_caller_cancelled_is_an_attempt(
    admin: Connection, service: Connection
) -> None:
    called = await leg(admin, "g8.A", q850_cause=16)
    await calling(admin, called, dial_status="CANCEL")
    await measure(service)
    assert await figures(admin) == {(WESTCALL, ""): (1, 0, 0, 0, 0)}


async def test_dial_tells_the_delay_of_its_last_attempt(
    admin: Connection, service: Connection
) -> None:
    first = await leg(admin, "g8.A")
    same = {name: first[name] for name in ("call_id", "calling_unique_id")}
    await leg(admin, "a34.A", unique_id="second", attempt=2, **same)
    await calling(admin, first, ring_ms=4000, progress_ms=1500)
    lone = await leg(admin, "a7.A", attempt=None)
    await calling(admin, lone, ring_ms=900)
    await measure(service)
    assert await figures(admin) == {
        (WESTCALL, ""): (1, 0, 0, 0, 0),
        (IPPORT, ""): (1, 0, 0, 1500, 1),
        (ZADARMA, ""): (1, 0, 0, 0, 0),
    }


async def test_what_cannot_be_is_not_counted(admin: Connection, service: Connection) -> None:
    await leg(admin, "g8.A", ring_ms=2**64 - 1)
    await talked(admin, "g8.A", -60)
    await leg(admin, "g8.A", called_number="749577'; --")
    await leg(admin, "g8.A", called_number=None)
    await measure(service)
    assert await figures(admin) == {(WESTCALL, ""): (4, 1, 0, 0, 0)}


async def test_a_configured_targets_own_number_counts(
    admin: Connection, service: Connection
) -> None:
    for _ in range(LEAST):
        await leg(admin, "t6.a1.C")
    await measure(service)
    assert set(await figures(admin)) == {(VOXBEAM, "442079"[:digits]) for digits in range(7)}


async def test_the_number_may_be_known_of_the_calling_leg_only(
    admin: Connection, service: Connection
) -> None:
    for _ in range(LEAST):
        await calling(admin, await leg(admin, "g8.A", called_number=None), called_number=MOSCOW)
    await measure(service)
    assert (await figures(admin))[WESTCALL, "7495"][0] == LEAST


async def test_without_a_change_nothing_is_written(admin: Connection, service: Connection) -> None:
    await talked(admin, "g8.A", 60)
    assert await measure(service)
    before = await version(admin)
    later = TO + timedelta(minutes=5)
    assert not await measure(service, FROM + timedelta(minutes=5), later)
    assert await version(admin) == before
    assert await execute(admin, "SELECT measured_to FROM quality_figures") == [(TO,)]
    await leg(admin, "g8.A")
    assert await measure(service)
    assert await version(admin) > before


async def test_figures_go_with_their_calls(admin: Connection, service: Connection) -> None:
    await leg(admin, "g8.A")
    await measure(service)
    assert await measure(service, TO, TO + timedelta(days=1))
    assert await figures(admin) == {}


async def test_a_window_that_is_none(service: Connection) -> None:
    for since, until in ((FROM, FROM), (TO, FROM), (FROM, None)):
        with pytest.raises(DriverError) as caught:
            await execute(service, "CALL usp_measure_quality(%s, %s)", (since, until))
        assert signal_name(caught.value) == "INVALID_WINDOW"


@pytest.mark.soak
async def test_of_too_many_figures_those_of_most_attempts_are_kept(
    admin: Connection, service: Connection
) -> None:
    """As many prefixes of six digits as there may be figures, the last with one attempt more."""
    await execute(
        admin,
        "INSERT INTO channels (server_id, unique_id, leg, route_id, called_number, created_at,"
        " ended_at, first_recorded_at) SELECT 1, seq, 'CALLED', 'g8.A', CONCAT(100000 + LEAST("
        f"seq DIV {LEAST}, {MOST - 1}), '1234567'), %s, %s, %s FROM seq_0_to_{MOST * LEAST}",
        (NOON, NOON, NOON),
    )
    await measure(service)
    found = await figures(admin)
    assert len(found) == MOST
    assert found[WESTCALL, ""][0] == MOST * LEAST + 1
    assert found[WESTCALL, f"{100_000 + MOST - 1}"][0] == LEAST + 1
    assert (WESTCALL, f"{100_000 + MOST - 2}") not in found, "equals go by their digits"
    assert (WESTCALL, "100000") in found
