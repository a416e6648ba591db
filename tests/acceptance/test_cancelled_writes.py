"""Clients that cancel, disconnect or run out of time in mid-write neither lose nor break anything.

Mid-write is made long: another transaction holds the lock that the write needs, or MariaDB is
frozen for a moment. A begun write is finished all the same, or nothing of it is there.
"""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import Any

import grpc
import pytest
import pytest_asyncio
from tools.temporary_mariadb import temporary_mariadb

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.support.call_events import KINDS, SERVER_ID, Event, event, recorded
from tests.support.decisions import decides
from tests.support.own_mariadb import OwnMariaDB, own_mariadb
from tests.support.running_service import RunningService, running_service, until

CONNECTIONS = 4
"""The service's pool; small, so that a leak shows."""
PATIENCE_SECONDS = 3.0
_numbers = count()
Begun = Callable[[], object]
"""Waits until the write has begun."""
Leave = Callable[[RunningService, Event, Begun], None]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with temporary_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own


@pytest.fixture(scope="module")
def service(mariadb: OwnMariaDB) -> Iterator[RunningService]:
    url = mariadb.database.service_url
    with running_service(url, DIALPLANE_DATABASE_CONNECTIONS=str(CONNECTIONS)) as running:
        yield running


@pytest.fixture
def stub(service: RunningService) -> Iterator[RoutingServiceStub]:
    with service.stub() as client:
        yield client


def new_event(kind: str = "CREATED") -> Event:
    return event(f"cancelled-{next(_numbers)}", "CALLED", kind)


@contextmanager
def locked(mariadb: OwnMariaDB, *held: Event) -> Iterator[Any]:
    """Another transaction holds the places of these channels; rolled back at the end."""
    with mariadb.connection(autocommit=False) as connection:
        with connection.cursor() as cursor:
            for each in held:
                cursor.execute(
                    "INSERT INTO channels (server_id, unique_id, first_recorded_at)"
                    " VALUES (%s, %s, UTC_TIMESTAMP(6))",
                    (SERVER_ID, each.key[0]),
                )
        try:
            yield connection
        finally:
            connection.rollback()


def waiting(mariadb: OwnMariaDB) -> int:
    """How many statements wait for a lock. (INNODB_TRX would not do: who reads it often reads old.)"""
    with mariadb.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
        return int(cursor.fetchone()[1])


def cancels(service: RunningService, each: Event, begun: Begun) -> None:
    with service.stub() as stub:
        pending = each.future(stub)
        begun()
        assert pending.cancel()


def disconnects(service: RunningService, each: Event, begun: Begun) -> None:
    channel = grpc.insecure_channel(service.target)
    pending = each.future(RoutingServiceStub(channel))  # gRPC cancels what nobody refers to
    begun()
    channel.close()
    assert pending.done()


def runs_out_of_time(service: RunningService, each: Event, begun: Begun) -> None:
    with service.stub() as stub:
        decides(stub)  # the connection is there: the time is the write's
        pending = each.future(stub, timeout=0.4)
        begun()
        assert pending.exception().code() is grpc.StatusCode.DEADLINE_EXCEEDED


LEAVES = pytest.mark.parametrize("leave", [cancels, disconnects, runs_out_of_time])


@LEAVES
@pytest.mark.parametrize("kind", KINDS)
def test_a_begun_write_is_finished(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub, leave: Leave, kind: str
) -> None:
    each = new_event(kind)
    until(lambda: taken(stub, new_event()), PATIENCE_SECONDS)
    before = mariadb.connections()
    with locked(mariadb, each):
        leave(service, each, lambda: until(lambda: waiting(mariadb) == 1, 0.7))
        assert waiting(mariadb) == 1
    # Nobody asks any more, and yet it is written.
    with mariadb.connection() as connection:
        until(lambda: recorded(connection, [each.call_id]).events, PATIENCE_SECONDS)
        records = recorded(connection, [each.call_id])
    records.assert_whole()
    assert records.keys == [each.key]
    assert each.send(stub, timeout=1).already_recorded
    assert before <= mariadb.connections(), "the caller took a connection with it"


@LEAVES
def test_a_write_that_waits_too_long_leaves_nothing(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub, leave: Leave
) -> None:
    """Longer than the service waits: the caller is gone, the write too, and the next try does it."""
    each = new_event()
    with locked(mariadb, each):
        leave(service, each, lambda: until(lambda: waiting(mariadb) == 1))
        time.sleep(2.2)
        assert waiting(mariadb) == 0
    with mariadb.connection() as connection:
        assert recorded(connection, [each.call_id]).channels == []
        until(lambda: taken(stub, each), PATIENCE_SECONDS)
        records = recorded(connection, [each.call_id])
    records.assert_whole()
    assert records.keys == [each.key]


def taken(stub: RoutingServiceStub, each: Event) -> bool:
    try:
        each.send(stub, timeout=1)
    except grpc.RpcError:
        return False
    return True


def test_one_stuck_channel_does_not_stop_the_others(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub
) -> None:
    """A host sends the event of a locked row again and again; everybody else's are taken in time."""
    stuck = new_event()
    with locked(mariadb, stuck), ThreadPoolExecutor(1) as host:
        again = host.submit(lambda: [taken(stub, stuck) for _ in range(3)])
        others = []
        while not again.done():
            others.append(new_event())
            until(lambda: taken(stub, others[-1]), 1.0)
            time.sleep(0.01)
        assert again.result() == [False] * 3
    assert len(others) > 20
    until(lambda: taken(stub, stuck), PATIENCE_SECONDS)
    with mariadb.connection() as connection:
        records = recorded(connection, [each.call_id for each in [stuck, *others]])
    records.assert_whole()
    assert len(records.events) == len(others) + 1


def test_frozen_for_a_moment(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub, seed: int
) -> None:
    """Forty clients that leave in all three ways while MariaDB says nothing."""
    random = Random(seed)
    left = [new_event(random.choice(KINDS)) for _ in range(40)]
    with ThreadPoolExecutor(len(left)) as hosts:
        for seconds in (0.3, 1.5):
            with mariadb.frozen():
                leaving = [
                    hosts.submit(
                        random.choice([cancels, disconnects]),
                        service,
                        each,
                        lambda: time.sleep(0.2),
                    )
                    for each in left
                ]
                time.sleep(seconds)
            for each in leaving:
                each.result()
    until(lambda: taken(stub, new_event()), PATIENCE_SECONDS)
    time.sleep(1.2)  # what was begun is finished or given up by now
    with mariadb.connection() as connection:
        recorded(connection, [each.call_id for each in left]).assert_whole()
        for each in left:
            until(lambda: taken(stub, each), 1.0)  # noqa: B023 - called at once
        records = recorded(connection, [each.call_id for each in left])
    records.assert_whole()
    assert sorted(records.keys) == sorted(each.key for each in left)


def test_nothing_leaks(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub
) -> None:
    """Hundreds of clients leave; the pool keeps its size, and the service ends in order."""
    for _ in range(10):
        each = [new_event() for _ in range(CONNECTIONS * 5)]
        with locked(mariadb, *each), service.stub() as short:
            pending = [one.future(short) for one in each]
            time.sleep(0.05)
            for one in pending:
                one.cancel()
    until(lambda: taken(stub, new_event()), PATIENCE_SECONDS)
    until(lambda: waiting(mariadb) == 0, PATIENCE_SECONDS)
    # One more than the pool: the look for whether MariaDB is back.
    until(lambda: len(mariadb.connections()) <= CONNECTIONS + 1, PATIENCE_SECONDS)
    decides(stub)
    assert service.stop() == 0
    stopped = json.loads(service.log.read_text().splitlines()[-1])
    assert (stopped["event"], stopped["requests_cut_off"]) == ("stopped", 0)
    assert stopped["writes_cut_off"] == 0
    until(lambda: not mariadb.connections(), PATIENCE_SECONDS)
    service.start()
    with service.stub() as fresh:
        decides(fresh)
        assert taken(fresh, new_event())


def test_no_fault_was_logged(service: RunningService) -> None:
    """Whatever left, nothing of it was a surprise."""
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    faults = [line for line in lines if line["event"] == "fault" or line["level"] == "error"]
    assert lines
    assert not faults, faults
