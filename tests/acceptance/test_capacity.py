"""Limits of providers and gates, kept by two services on one database together; MariaDB away."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, cycle
from typing import Any

import pytest
import pytest_asyncio
from tools.temporary_mariadb import temporary_mariadb

from dialplane.routing.v1 import build_dial_string_pb2, channel_pb2, trace_pb2
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.acceptance.conftest import IN_FORCE_SECONDS
from tests.support.call_events import event
from tests.support.decisions import next_step
from tests.support.own_mariadb import OwnMariaDB, own_mariadb
from tests.support.running_service import RunningService, running_service, until

WESTCALL, GATE = 7, 8
WESTCALL_ROUTES = ("g8.A", "g9.A")
DECISION_SECONDS = 2.0
"""How long a host waits for a decision."""
LIMIT = 10
_numbers = count()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    """Without prices Westcall is tried first, then Zadarma."""
    with temporary_mariadb() as server:
        async with own_mariadb(server) as own:
            own.execute("UPDATE rate_decks SET state = 'RETIRED'")
            yield own


@pytest.fixture(scope="module")
def both(mariadb: OwnMariaDB) -> Iterator[list[RunningService]]:
    """Two services on one database, with their default settings."""
    with ExitStack() as running:
        yield [
            running.enter_context(running_service(mariadb.database.service_url)) for _ in range(2)
        ]


@pytest.fixture(scope="module")
def stubs(both: list[RunningService]) -> Iterator[list[RoutingServiceStub]]:
    with ExitStack() as connected:
        yield [connected.enter_context(service.stub()) for service in both]


@pytest.fixture
def limits(mariadb: OwnMariaDB, stubs: list[RoutingServiceStub]) -> Iterator["Limits"]:
    limits = Limits(mariadb, stubs)
    yield limits
    limits.put("providers", WESTCALL)
    limits.put("gates", GATE)
    limits.free()


class Limits:
    """Sets limits by SQL and waits until both services decide by them."""

    def __init__(self, mariadb: OwnMariaDB, stubs: list[RoutingServiceStub]) -> None:
        self.mariadb = mariadb
        self.stubs = stubs

    def put(
        self, table: str, row_id: int, *, channels: int | None = None, per_second: int | None = None
    ) -> None:
        with self.mariadb.connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET most_channels = %s, most_calls_per_second = %s WHERE id = %s",
                (channels, per_second, row_id),
            )
            cursor.execute("SELECT version FROM data_version")
            ((version,),) = cursor.fetchall()
        until(lambda: all(self._version(stub) >= version for stub in self.stubs), IN_FORCE_SECONDS)

    def _version(self, stub: RoutingServiceStub) -> int:
        return stub.BuildDialString(question("version", simulate=True), timeout=5).data_version

    def free(self) -> None:
        """End whatever is in use."""
        self.mariadb.execute("UPDATE admissions SET released_at = IFNULL(released_at, NOW(6))")
        self.mariadb.execute("UPDATE capacity_use SET channels = 0")

    def taken(self) -> int:
        """How many of Westcall's channels are in use."""
        with self.mariadb.connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT channels, (SELECT COUNT(*) FROM admissions"
                " WHERE provider_id = %s AND released_at IS NULL)"
                " FROM capacity_use WHERE owner = 'PROVIDER' AND owner_id = %s",
                (WESTCALL, WESTCALL),
            )
            ((channels, places),) = cursor.fetchall()
        assert channels == places
        return int(channels)


def new_call() -> str:
    return f"capacity-{next(_numbers)}"


def question(call_id: str, **fields: Any) -> build_dial_string_pb2.BuildDialStringRequest:
    """What a host asks for the first attempt of a call, or for a later one."""
    request = next_step("74957777777", "n", **fields)
    request.call_id = call_id
    request.channel.unique_id = event(call_id, "CALLING", "CREATED").request.channel.unique_id
    return request


def after(
    asked: build_dial_string_pb2.BuildDialStringRequest, route_id: str
) -> build_dial_string_pb2.BuildDialStringRequest:
    """The next attempt, when Dial could not make a channel."""
    tried = [*asked.tried_route_ids, route_id]
    request = question(asked.call_id, attempt=len(tried) + 1, tried_route_ids=tried)
    request.last_outcome.dial_status = channel_pb2.DIAL_STATUS_CHANUNAVAIL
    return request


def route(stub: RoutingServiceStub, asked: build_dial_string_pb2.BuildDialStringRequest) -> str:
    answer = stub.BuildDialString(asked, timeout=10)
    assert answer.HasField("dial"), answer
    return str(answer.dial.route_id)


def over_westcall(route_id: str) -> bool:
    return route_id in WESTCALL_ROUTES


def test_fifty_calls_at_once_over_two_services(
    limits: Limits, both: list[RunningService], stubs: list[RoutingServiceStub]
) -> None:
    limits.put("providers", WESTCALL, channels=LIMIT)
    for _ in range(10):
        limits.free()
        known = not_known(both)
        calls = [new_call() for _ in range(50)]
        routes = at_once(stubs, calls)
        if not_known(both) == known:
            break  # else a busy machine had no answer in time, and nobody was refused
    assert Counter(map(over_westcall, routes)) == {True: LIMIT, False: 40}
    assert limits.taken() == LIMIT
    # Asked again of the other service, each gets the route it has.
    again = [route(stub, question(call)) for stub, call in zip(cycle(stubs[::-1]), calls)]
    assert again == routes
    assert limits.taken() == LIMIT


def at_once(stubs: list[RoutingServiceStub], calls: list[str]) -> list[str]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(route, cycle(stubs), map(question, calls)))


def not_known(both: list[RunningService]) -> int:
    """How often a service could not say whether somebody is full."""
    return sum(service.log.read_text().count("capacity_not_known") for service in both)


def test_a_hangup_makes_room_once(limits: Limits, stubs: list[RoutingServiceStub]) -> None:
    limits.put("providers", WESTCALL, channels=1)
    first, second, third, fourth = (new_call() for _ in range(4))
    assert over_westcall(route(stubs[0], question(first)))
    assert not over_westcall(route(stubs[1], question(second)))
    ended = event(first, "CALLED", "HANGUP")
    ended.send(stubs[1])
    assert limits.taken() == 0
    assert over_westcall(route(stubs[1], question(third)))
    for stub in stubs:
        ended.send(stub)  # late, and twice
    assert limits.taken() == 1
    assert not over_westcall(route(stubs[0], question(fourth)))


def test_a_failed_attempt_makes_room(limits: Limits, stubs: list[RoutingServiceStub]) -> None:
    limits.put("providers", WESTCALL, channels=1)
    first, second = new_call(), new_call()
    tried = route(stubs[0], question(first))
    assert over_westcall(tried)
    assert not over_westcall(route(stubs[1], after(question(first), tried)))
    assert limits.taken() == 0
    assert over_westcall(route(stubs[0], question(second)))


def test_a_gate_and_calls_per_second(limits: Limits, stubs: list[RoutingServiceStub]) -> None:
    limits.put("gates", GATE, channels=2)
    routes = [route(stub, question(new_call())) for stub in (*stubs, *stubs)]
    assert [over_westcall(found) for found in routes] == [True, True, False, False]
    limits.put("gates", GATE, per_second=1)
    limits.mariadb.execute("UPDATE admissions SET admitted_at = NOW(6) + INTERVAL 1 MINUTE")
    assert not over_westcall(route(stubs[0], question(new_call())))
    limits.mariadb.execute("UPDATE admissions SET admitted_at = NOW(6) - INTERVAL 1 MINUTE")
    assert over_westcall(route(stubs[0], question(new_call())))


def test_the_trace_says_who_is_full(limits: Limits, stubs: list[RoutingServiceStub]) -> None:
    limits.put("providers", WESTCALL, channels=1)
    assert over_westcall(route(stubs[0], question(new_call())))
    answer = stubs[1].BuildDialString(question(new_call(), explain=True), timeout=5)
    dropped = {row.route_id: row for row in answer.trace.candidates if not row.rank}
    assert dropped["g8.A"].drop_reason == trace_pb2.DROP_REASON_CAPACITY_EXCEEDED
    assert dropped["g8.A"].detail == "1 of the provider's 1 channels are in use"


def test_a_persons_question_takes_no_place(limits: Limits, stubs: list[RoutingServiceStub]) -> None:
    limits.put("providers", WESTCALL, channels=1)
    for stub in stubs:
        for explain in (False, True):
            assert over_westcall(route(stub, question(new_call(), simulate=True, explain=explain)))
    assert over_westcall(route(stubs[0], question(new_call())))
    assert limits.taken() == 1


def decided_in_time(stubs: list[RoutingServiceStub]) -> None:
    """Every call is sent to the best provider, full or not, before its host gives up."""
    calls = [new_call() for _ in range(16)]

    def ask(pair: tuple[RoutingServiceStub, str]) -> float:
        began = time.monotonic()
        assert over_westcall(route(pair[0], question(pair[1])))
        return time.monotonic() - began

    with ThreadPoolExecutor(len(calls)) as threads:
        assert max(threads.map(ask, zip(cycle(stubs), calls))) < DECISION_SECONDS


def test_without_mariadb_calls_go_on(
    limits: Limits, both: list[RunningService], stubs: list[RoutingServiceStub]
) -> None:
    limits.put("providers", WESTCALL, channels=1)
    assert over_westcall(route(stubs[0], question(new_call())))
    assert not over_westcall(route(stubs[1], question(new_call())))
    with limits.mariadb.away():
        decided_in_time(stubs)
    assert not_known(both)
    until(lambda: not over_westcall(route(stubs[0], question(new_call()))), 5)
    with limits.mariadb.frozen():
        decided_in_time(stubs)
    until(lambda: not over_westcall(route(stubs[1], question(new_call()))), 5)
