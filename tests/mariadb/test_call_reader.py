"""Recorded calls, as people ask for them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from dialplane_service.domain.calls import CallFilter
from dialplane_service.domain.events import Leg
from dialplane_service.domain.trace import RatePrice
from dialplane_service.mariadb.call_reader import MariaDBCallReader
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.demo import load_demo
from dialplane_service.mariadb.pool import ConnectionPool
from tests.mariadb.samples import NOON, answered, created, ended
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

CALLS = 6


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """Six calls a minute apart, two of them in the same instant; the last still goes on."""
    async with migrated_database(mariadb_server) as migrated:
        await load_demo(migrated.admin)
        pool = ConnectionPool(migrated.service, connect_s=10, query_s=20)
        recorder = MariaDBChannelRecorder(pool)
        for number in range(CALLS):
            call_id, later = f"call-{number}", timedelta(minutes=min(number, CALLS - 2))
            account = "acme" if number % 2 == 0 else "visitor"
            first = replace(
                created(f"{number}-first", call_id),
                occurred_at=NOON + later,
                account=account,
                called_number=f"7495777770{number}",
            )
            await recorder.record_channel(first)
            busy = replace(
                ended(f"{number}-first", call_id),
                q850_cause=17,
                sip_status=486,
                account=account,
                created_at=None,
                answered_at=None,
                occurred_at=NOON + later + timedelta(seconds=2),
            )
            await recorder.hangup(busy)
            second = created(f"{number}-second", call_id, attempt=2)
            second = replace(
                second,
                occurred_at=NOON + later + timedelta(seconds=3),
                account=account,
                route_id="a1.C",
            )
            await recorder.record_channel(second)
            await recorder.record_channel(
                replace(answered(f"{number}-second", call_id, 2), occurred_at=NOON + later)
            )
            if number < CALLS - 1:
                await recorder.hangup(ended(f"{number}-second", call_id, 2))
                calling = replace(
                    ended(f"{call_id}-caller", call_id, 0),
                    account=account,
                    leg=Leg.CALLING,
                    created_at=NOON + later + timedelta(seconds=1),
                    occurred_at=NOON + later + timedelta(seconds=90),
                    calling_unique_id="",
                    route_id="",
                )
                await recorder.hangup(calling)
        await pool.close()
        yield migrated


@pytest.fixture
def reader(pool: ConnectionPool) -> MariaDBCallReader:
    return MariaDBCallReader(pool)


async def ids(reader: MariaDBCallReader, criteria: CallFilter) -> list[str]:
    return [call.call_id for call in await reader.list_calls(criteria)]


async def test_the_newest_come_first_and_ties_by_id(reader: MariaDBCallReader) -> None:
    assert await ids(reader, CallFilter()) == [f"call-{n}" for n in reversed(range(CALLS))]


async def test_pages_leave_nothing_out(reader: MariaDBCallReader) -> None:
    found: list[str] = []
    before = None
    while page := await reader.list_calls(CallFilter(limit=1, before=before)):
        found.append(page[0].call_id)
        before = (page[0].began_at, page[0].call_id)
    assert found == [f"call-{n}" for n in reversed(range(CALLS))]


@pytest.mark.parametrize(
    ("criteria", "numbers"),
    [
        (CallFilter(account="acme"), [4, 2, 0]),
        (CallFilter(account="Acme"), []),
        (CallFilter(account="é"), []),
        (CallFilter(server="asterisk-macomnet", limit=2), [5, 4]),
        (CallFilter(server="asterisk-msm"), []),
        (CallFilter(server="é"), []),
        (CallFilter(number="74957777703"), [3]),
        (CallFilter(number="7495777770"), [5, 4, 3, 2, 1, 0]),
        (CallFilter(number="749518"), [5, 4, 3, 2, 1, 0]),
        (CallFilter(number="%"), []),
        (CallFilter(began_from=NOON + timedelta(minutes=3)), [5, 4, 3]),
        (CallFilter(began_to=NOON + timedelta(minutes=1)), [0]),
    ],
)
async def test_filters(reader: MariaDBCallReader, criteria: CallFilter, numbers: list[int]) -> None:
    assert await ids(reader, criteria) == [f"call-{number}" for number in numbers]


async def test_a_call_in_one_line(reader: MariaDBCallReader) -> None:
    going, done = (await reader.list_calls(CallFilter()))[:2]
    assert (going.ended, going.channels, going.attempts, going.q850_cause) == (False, 2, 2, 17)
    assert going.answered_ms is None
    assert (done.ended, done.channels, done.attempts, done.q850_cause) == (True, 3, 2, 16)
    assert (done.answered_ms, done.account, done.server) == (60_000, "acme", "asterisk-macomnet")
    assert (done.caller_number, done.called_number) == ("74951815000", "74957777704")
    assert done.began_at == NOON + timedelta(minutes=4)


async def test_a_call_whole(reader: MariaDBCallReader) -> None:
    call = await reader.get_call("call-0")
    assert call is not None
    assert [each.unique_id for each in call.channels] == ["0-first", "call-0-caller", "0-second"]
    first, second = call.attempts
    assert (first.attempt, first.provider, first.q850_cause, first.sip_status) == (
        *(1, "Westcall", 17, 486),
    )
    assert (second.attempt, second.provider, second.q850_cause) == (2, "Voxbeam", 16)
    assert [each.event for each in call.events].count("HANGUP") == 3
    assert call.events[0].occurred_at == NOON
    assert call.events[0].recorded_at.tzinfo is not None


async def test_the_rate_that_priced_an_attempt(reader: MariaDBCallReader) -> None:
    call = await reader.get_call("call-0", with_rates=True)
    assert call is not None
    first = call.attempts[0]
    assert first.decided_at == NOON - timedelta(seconds=1)
    assert first.rate_id == 16_777_229
    assert first.rate == RatePrice(
        "Westcall v1", "RUB", 16_777_229, "7916", "Russia mobile MTS", Decimal("1.62"), Decimal(0), 60, 60
    )  # fmt: skip
    unasked = await reader.get_call("call-0")
    assert unasked is not None
    assert {each.rate for each in unasked.attempts} == {None}


@pytest.mark.parametrize("call_id", ["", "nothing", "CALL-0", "call-0 ", "é", "' OR 1=1 --"])
async def test_an_unknown_call_is_none(reader: MariaDBCallReader, call_id: str) -> None:
    assert await reader.get_call(call_id) is None


async def test_a_rate_whose_deck_is_gone(pool: ConnectionPool, reader: MariaDBCallReader) -> None:
    lost = replace(created("lost", "lost"), rate_id=(99 << 24) + 1)
    await MariaDBChannelRecorder(pool).record_channel(lost)
    call = await reader.get_call("lost", with_rates=True)
    assert call is not None
    assert (call.attempts[0].rate_id, call.attempts[0].rate) == ((99 << 24) + 1, None)
