"""Events in any order, any number of times, at once: one channel, each event once."""

import asyncio
import itertools
import random
import secrets
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError
from dialplane_service.mariadb.pool import ConnectionPool
from tests.mariadb.samples import NOON, answered, created, ended
from tests.support.schema import MigratedDatabase

Event = ChannelEvent | HangupEvent
CHANNEL_COLUMNS = (
    "call_id, linked_id, name, sip_call_id, leg, attempt, route_id, calling_unique_id, account,"
    " called_number, caller_number, decided_at, created_at, answered_at, ended_at, q850_cause,"
    " sip_status, tech_cause, hangup_source, dial_status, answered_ms, dialled_ms, ring_ms,"
    " progress_ms"
)


async def record(recorder: MariaDBChannelRecorder, event: Event) -> Recorded:
    if isinstance(event, HangupEvent):
        return await recorder.hangup(event)
    return await recorder.record_channel(event)


def story(unique_id: str, call_id: str = "call-1") -> list[Event]:
    """What is reported of a channel that was answered."""
    makers = (created, answered, ended)
    return [make(unique_id, call_id) for make in makers]


async def channel(admin: Connection, unique_id: str) -> tuple[object, ...]:
    ((*values,),) = await execute(
        admin, f"SELECT {CHANNEL_COLUMNS} FROM channels WHERE unique_id = %s", (unique_id,)
    )
    return tuple(values)


async def events(admin: Connection, unique_id: str) -> list[str]:
    rows = await execute(
        admin, "SELECT event FROM events WHERE unique_id = %s ORDER BY event", (unique_id,)
    )
    return [row[0] for row in rows]


async def test_every_field_is_kept(pool: ConnectionPool, admin: Connection) -> None:
    recorder = MariaDBChannelRecorder(pool)
    for event in story("whole"):
        assert not (await record(recorder, event)).already_recorded
    assert None not in await channel(admin, "whole")
    ((server, occurred_at, recorded_at),) = await execute(
        admin,
        "SELECT server_id, occurred_at, recorded_at FROM events"
        " WHERE unique_id = 'whole' AND event = 'CREATED'",
    )
    assert (server, occurred_at) == (1, NOON.replace(tzinfo=None))
    assert recorded_at > occurred_at
    rows = await execute(
        admin,
        "SELECT attempt, route_id, dial_string, sent_number, caller_number, data_version, rate_id"
        " FROM attempts WHERE call_id = 'call-1'",
    )
    assert rows == [
        (1, "g8.A", "SIP/westcall/74957777777", "84957777777", "74951815000", 7, 16_777_229)
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_any_order_gives_the_same_channel(
    pool: ConnectionPool, admin: Connection, order: tuple[int, ...]
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    name = "order-" + "".join(map(str, order))
    for event in story("in-order"):
        await record(recorder, event)
    for index in order:
        await record(recorder, story(name)[index])
    assert await channel(admin, name) == await channel(admin, "in-order")
    assert await events(admin, name) == ["CREATED", "ANSWERED", "HANGUP"]


async def test_a_repetition_gets_the_first_receipt(pool: ConnectionPool, admin: Connection) -> None:
    recorder = MariaDBChannelRecorder(pool)
    for event in story("twice"):
        first = await record(recorder, event)
        again = await record(recorder, event)
        assert (first.already_recorded, again.already_recorded) == (False, True)
        assert first.recorded_at == again.recorded_at
    assert await events(admin, "twice") == ["CREATED", "ANSWERED", "HANGUP"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reports=st.lists(st.integers(0, 2), min_size=1, max_size=8))
async def test_any_reports_leave_what_each_said_first(
    pool: ConnectionPool, admin: Connection, reports: list[int]
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    unique_id = f"any-{secrets.token_hex(8)}"
    seen: set[int] = set()
    for index in reports:
        receipt = await record(recorder, story(unique_id)[index])
        assert receipt.already_recorded == (index in seen)
        seen.add(index)
    names = ["CREATED", "ANSWERED", "HANGUP"]
    assert await events(admin, unique_id) == [names[index] for index in sorted(seen)]


async def test_two_services_at_once_leave_one_channel(
    database: MigratedDatabase, admin: Connection
) -> None:
    pools = [ConnectionPool(database.service, connect_s=10, query_s=30) for _ in range(2)]
    deadlocks = "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"
    before = await execute(admin, deadlocks)
    work = [event for _ in range(22) for event in story("race", "race-call")][:64]
    random.Random(5).shuffle(work)
    receipts = await asyncio.gather(
        *(
            record(MariaDBChannelRecorder(pools[index % 2]), event)
            for index, event in enumerate(work)
        )
    )
    assert sum(not receipt.already_recorded for receipt in receipts) == 3
    assert await events(admin, "race") == ["CREATED", "ANSWERED", "HANGUP"]
    assert await channel(admin, "race") == (
        "race-call",
        *(await channel(admin, "in-order"))[1:7],
        "race-call-caller",
        *(await channel(admin, "in-order"))[8:],
    )
    ((attempts,),) = await execute(
        admin, "SELECT COUNT(*) FROM attempts WHERE call_id = 'race-call'"
    )
    assert attempts == 1
    assert await execute(admin, deadlocks) == before
    for each in pools:
        await each.close()


async def test_channels_of_one_attempt_at_once_do_not_deadlock(
    pool: ConnectionPool, admin: Connection
) -> None:
    deadlocks = "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"
    before = await execute(admin, deadlocks)
    recorder = MariaDBChannelRecorder(pool)
    work = [event for number in range(20) for event in story(f"ring-{number}", "ring-all")]
    random.Random(6).shuffle(work)
    await asyncio.gather(*(record(recorder, event) for event in work))
    ((channels,),) = await execute(
        admin, "SELECT COUNT(*) FROM channels WHERE call_id = 'ring-all'"
    )
    assert channels == 20
    assert await execute(admin, deadlocks) == before


@pytest.mark.parametrize("passes", [0, 1, 2, 5, 20])
async def test_a_cancelled_caller_does_not_stop_the_write(
    pool: ConnectionPool, admin: Connection, passes: int
) -> None:
    unique_id = f"cancelled-{passes}"
    task = asyncio.create_task(MariaDBChannelRecorder(pool).hangup(ended(unique_id)))
    await asyncio.sleep(0)
    for _ in range(passes):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await pool.close()
    assert await events(admin, unique_id) == ["HANGUP"]


async def test_a_write_in_progress_survives_the_death_of_its_connection(
    database: MigratedDatabase, pool: ConnectionPool, admin: Connection
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    await recorder.record_channel(created("killed"))
    await admin.begin()
    await execute(admin, "SELECT 1 FROM channels WHERE unique_id = 'killed' FOR UPDATE")
    task = asyncio.create_task(recorder.hangup(ended("killed")))
    victims: list[tuple[int]] = []
    while not victims:
        await asyncio.sleep(0.05)
        victims = await execute(
            admin,
            "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s AND COMMAND = 'Query'",
            (database.admin.definer,),
        )
    await execute(admin, f"KILL {victims[0][0]}")
    await admin.rollback()
    assert not (await task).already_recorded
    assert await events(admin, "killed") == ["CREATED", "HANGUP"]


async def test_a_locked_row_is_unavailable_and_not_a_hang(
    database: MigratedDatabase, admin: Connection
) -> None:
    impatient = ConnectionPool(database.service, query_s=0.4)
    recorder = MariaDBChannelRecorder(impatient)
    await recorder.record_channel(created("locked"))
    await admin.begin()
    await execute(admin, "SELECT 1 FROM channels WHERE unique_id = 'locked' FOR UPDATE")
    with pytest.raises(DatabaseUnavailableError):
        await recorder.hangup(ended("locked"))
    await admin.rollback()
    await asyncio.sleep(0.1)
    await recorder.hangup(ended("locked"))
    assert await events(admin, "locked") == ["CREATED", "HANGUP"]
    await impatient.close()


async def test_a_procedure_that_is_missing_is_a_fault_and_no_outage(
    pool: ConnectionPool,
) -> None:
    with pytest.raises(DriverError):
        await pool.write(lambda connection: execute(connection, "CALL usp_no_such()"))
