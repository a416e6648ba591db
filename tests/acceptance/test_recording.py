"""RecordChannel and Hangup: twice, in any order, from two service processes at once.

What is recorded is read from MariaDB itself, and again through admin.v1.
"""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from random import Random
from typing import Any

import grpc
import pymysql
import pytest

from dialplane.admin.v1 import calls_service_pb2
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.routing.v1 import channel_pb2
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.support.call_events import (
    ACCOUNT,
    BEGAN,
    KINDS,
    LEGS,
    RATE_ID,
    ROUTE,
    SERVER,
    SERVER_ID,
    Event,
    event,
    events,
    occurred_at,
    recorded,
    unique_id,
)
from tests.support.database import connect_arguments
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase

ORDERS = tuple(permutations(KINDS))
CLOCK_TOLERANCE = timedelta(seconds=1)


@pytest.fixture(scope="module")
def both(demo_database: MigratedDatabase) -> Iterator[list[RunningService]]:
    """Two service processes on one database."""
    with ExitStack() as running:
        yield [running.enter_context(running_service(demo_database.service_url)) for _ in range(2)]


@pytest.fixture(scope="module")
def stubs(both: list[RunningService]) -> Iterator[list[RoutingServiceStub]]:
    with ExitStack() as connected:
        yield [connected.enter_context(service.stub()) for service in both]


@pytest.fixture(scope="module")
def admins(both: list[RunningService]) -> Iterator[list[CallsServiceStub]]:
    with ExitStack() as connected:
        yield [
            CallsServiceStub(connected.enter_context(grpc.insecure_channel(service.admin_target)))
            for service in both
        ]


@pytest.fixture
def connection(demo_database: MigratedDatabase) -> Iterator[Any]:
    arguments = connect_arguments(demo_database.admin_url)
    with closing(
        pymysql.connect(**arguments, database=demo_database.name, autocommit=True)
    ) as opened:
        yield opened


def assert_all_recorded(connection: Any, call_ids: list[str]) -> None:
    """One channel per leg, one event per kind, one attempt, with everything that was said."""
    records = recorded(connection, call_ids)
    records.assert_whole()
    wanted = {each.key for call_id in call_ids for each in events(call_id)}
    assert set(records.keys) == wanted
    assert len(records.channels) == 2 * len(call_ids)
    assert len(records.attempts) == len(call_ids)
    for row in records.channels:
        called = row["leg"] == "CALLED"
        calling = unique_id(row["call_id"], "CALLING")
        assert row["server_id"] == SERVER_ID
        assert row["account"] == ACCOUNT
        assert row["linked_id"] == calling
        assert row["attempt"] == (1 if called else None)
        assert row["route_id"] == (ROUTE if called else None)
        assert row["calling_unique_id"] == (calling if called else None)
        assert (row["answered_ms"], row["dialled_ms"]) == (60_000, 65_000)
        assert (row["hangup_source"], row["dial_status"]) == ("CALLED", "ANSWER")
        assert row["called_number"] == "74957777777"
        assert row["began_at"] == occurred_at("CREATED", row["unique_id"]).replace(tzinfo=None)
    for row in records.attempts:
        assert (row["attempt"], row["route_id"], row["data_version"]) == (1, ROUTE, 7)
        assert row["rate_id"] == RATE_ID
        assert row["dial_string"] == "SIP/westcall/74957777777"
    for row in records.events:
        instant = occurred_at(row["event"], row["unique_id"])
        assert row["occurred_at"] == instant.replace(tzinfo=None)


def test_every_order_from_both_services_at_once(
    stubs: list[RoutingServiceStub], connection: Any
) -> None:
    """All 36 orders of the events of two legs; each event reaches both services at the same time."""
    call_ids = []
    began = datetime.now(UTC)
    for number, (calling, called) in enumerate(product(ORDERS, repeat=2)):
        call_ids.append(f"order-{number}")
        in_order = [
            event(call_ids[-1], leg, kind)
            for kinds in zip(calling, called, strict=True)
            for leg, kind in zip(LEGS, kinds, strict=True)
        ]
        for each in in_order:
            first, second = [future.result() for future in [each.future(stub) for stub in stubs]]
            assert {first.already_recorded, second.already_recorded} == {False, True}, each.key
            assert first.recorded_at == second.recorded_at
            instant = first.recorded_at.ToDatetime(tzinfo=UTC)
            assert began - CLOCK_TOLERANCE < instant < datetime.now(UTC) + CLOCK_TOLERANCE
        for each in reversed(in_order):
            assert each.send(stubs[number % 2]).already_recorded
    assert_all_recorded(connection, call_ids)


def test_a_storm_from_many_threads(
    stubs: list[RoutingServiceStub], connection: Any, seed: int
) -> None:
    """Every event six times, all shuffled, from 16 threads to two services."""
    call_ids = [f"storm-{number}" for number in range(40)]
    copies = [each for call_id in call_ids for each in events(call_id)] * 6
    random = Random(seed)
    random.shuffle(copies)
    chosen = [random.choice(stubs) for _ in copies]

    def report(each: Event, stub: RoutingServiceStub) -> tuple[tuple[str, str], Any]:
        return each.key, each.send(stub)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(report, copies, chosen))
    by_event: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for key, answer in answers:
        by_event[key].append(answer)
    instants = {
        (row["unique_id"], row["event"]): row["recorded_at"]
        for row in recorded(connection, call_ids).events
    }
    assert len(by_event) == 6 * len(call_ids)
    for key, several in by_event.items():
        assert len(several) == 6
        assert sum(not answer.already_recorded for answer in several) == 1, key
        assert {answer.recorded_at.ToDatetime() for answer in several} == {instants[key]}
    assert_all_recorded(connection, call_ids)


def test_the_end_before_the_beginning(
    stubs: list[RoutingServiceStub], admins: list[CallsServiceStub], connection: Any
) -> None:
    call_id = "end-first"
    first = event(call_id, "CALLED", "HANGUP").send(stubs[0])
    assert not first.already_recorded
    recorded(connection, [call_id]).assert_whole()
    (channel,) = shown(admins[1], call_id).channels
    assert channel.ended_at.ToDatetime(tzinfo=UTC) == occurred_at("HANGUP", "called")
    assert not channel.HasField("created_at")
    for kind in ("ANSWERED", "CREATED"):
        assert not event(call_id, "CALLED", kind).send(stubs[1]).already_recorded
    again = event(call_id, "CALLED", "HANGUP").send(stubs[1])
    assert again.already_recorded
    assert again.recorded_at == first.recorded_at
    records = recorded(connection, [call_id])
    records.assert_whole()
    assert len(records.events) == 3
    assert len(records.attempts) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_conflicting_report_changes_nothing(
    stubs: list[RoutingServiceStub], connection: Any, kind: str
) -> None:
    """The first word stays, in every column, whoever says otherwise later."""
    call_id = f"conflict-{kind}"
    for each in events(call_id):
        each.send(stubs[0])
    before = recorded(connection, [call_id])
    other = event(call_id, "CALLED", kind)
    request: Any = other.request
    request.occurred_at.FromDatetime(BEGAN + timedelta(days=1))
    request.leg = channel_pb2.LEG_CALLED
    request.route_id, request.account = "a1.C", "visitor"
    request.channel.name, request.channel.linked_id = "SIP/other-1", "other"
    request.channel.sip_call_id = ""
    if kind == "HANGUP":
        request.q850_cause, request.sip_status, request.answered_ms = 17, 486, 1
        request.dial_status, request.tech_cause = channel_pb2.DIAL_STATUS_BUSY, "SIP 486"
        request.created_at.FromDatetime(BEGAN + timedelta(days=1))
        request.answered_at.FromDatetime(BEGAN + timedelta(days=1))
    else:
        request.dial_string, request.sent_number = "SIP/other/1", "1"
        request.called_number, request.caller_number, request.data_version = "2", "3", 99
        request.rate_id = 99
        request.decided_at.FromDatetime(BEGAN + timedelta(days=1))
    for stub in stubs:
        assert other.send(stub).already_recorded
    assert recorded(connection, [call_id]) == before
    assert_all_recorded(connection, [call_id])


def test_a_later_report_fills_what_was_not_known(
    stubs: list[RoutingServiceStub], connection: Any
) -> None:
    call_id = "filled"
    bare = event(call_id, "CALLED", "CREATED")
    request: Any = bare.request
    request.ClearField("route_id")
    request.ClearField("account")
    bare.send(stubs[0])
    (channel,) = recorded(connection, [call_id]).channels
    assert (channel["route_id"], channel["account"]) == (None, None)
    assert not event(call_id, "CALLED", "ANSWERED").send(stubs[1]).already_recorded
    (channel,) = recorded(connection, [call_id]).channels
    assert (channel["route_id"], channel["account"]) == (ROUTE, ACCOUNT)
    assert event(call_id, "CALLED", "CREATED").send(stubs[0]).already_recorded


def shown(admin: CallsServiceStub, call_id: str) -> Any:
    return admin.GetCall(calls_service_pb2.GetCallRequest(call_id=call_id), timeout=5).call


def test_people_see_the_same(
    stubs: list[RoutingServiceStub], admins: list[CallsServiceStub], connection: Any
) -> None:
    """GetCall and ListCalls on either service show what MariaDB holds, event by event."""
    call_id = "shown"
    for each in reversed(events(call_id)):
        each.send(stubs[0])
        each.send(stubs[1])
    records = recorded(connection, [call_id])
    wanted = {
        (SERVER, row["unique_id"], row["event"], row["occurred_at"], row["recorded_at"])
        for row in records.events
    }
    for admin in admins:
        call = shown(admin, call_id)
        assert {
            (
                row.server,
                row.unique_id,
                row.event,
                row.occurred_at.ToDatetime(),
                row.recorded_at.ToDatetime(),
            )
            for row in call.events
        } == wanted
        assert len(call.events) == 6
        assert [channel.leg for channel in call.channels] == [1, 2]
        for channel in call.channels:
            instants = (channel.created_at, channel.answered_at, channel.ended_at)
            assert [instant.ToDatetime(tzinfo=UTC) for instant in instants] == [
                occurred_at(kind, channel.channel.unique_id) for kind in KINDS
            ]
            assert (channel.q850_cause, channel.answered_ms) == (16, 60_000)
        (attempt,) = call.attempts
        assert (attempt.attempt, attempt.route_id, attempt.provider) == (1, ROUTE, "Westcall")
        (line,) = [line for line in listed(admin) if line.call_id == call_id]
        assert line == call.summary
        assert (line.attempts, line.channels, line.ended) == (1, 2, True)
        assert (line.account, line.q850_cause, line.answered_ms) == (ACCOUNT, 16, 60_000)


def listed(admin: CallsServiceStub) -> list[Any]:
    """All calls, page by page."""
    lines: list[Any] = []
    request = calls_service_pb2.ListCallsRequest(page_size=10)
    while True:
        page = admin.ListCalls(request, timeout=5)
        lines += page.calls
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    ids = [line.call_id for line in lines]
    assert len(ids) == len(set(ids)), "a call is on two pages"
    return lines
