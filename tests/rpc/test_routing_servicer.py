"""The four methods over a real server: what goes in comes out, converted both ways."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialplane.routing.v1.call_class_pb2 import CALL_CLASS_OUTGOING
from dialplane.routing.v1.channel_pb2 import HANGUP_SOURCE_CALLED, LEG_CALLING
from dialplane.routing.v1.no_more_routes_pb2 import NO_ROUTE_REASON_ATTEMPTS_EXHAUSTED
from dialplane.routing.v1.record_channel_pb2 import CHANNEL_EVENT_ANSWERED
from dialplane.routing.v1.refusal_pb2 import (
    REFUSAL_REASON_PEER_ADDRESS_UNKNOWN,
    REFUSAL_REASON_UNKNOWN_NUMBER,
)
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.domain.events import ChannelEvent, HangupEvent, HangupSource, Leg
from tests.rpc.harness import (
    CREATED,
    DIAL,
    ENDED,
    FROM_PROVIDER,
    FROM_USER,
    INSTANT,
    Harness,
    changed,
    running,
)


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


@pytest.fixture
def stub(service: Harness) -> RoutingServiceStub:
    return RoutingServiceStub(service.routing)


async def test_a_user_calls_out(stub: RoutingServiceStub) -> None:
    answer = await stub.ClassifyCall(FROM_USER)
    assert answer.call_class == CALL_CLASS_OUTGOING
    assert answer.called.e164 == "74957777777"
    assert answer.account == "acme"
    assert [target.target_id for target in answer.targets.targets] == ["n"]
    assert answer.data_version == 7
    assert not answer.HasField("trace")
    again = await stub.ClassifyCall(FROM_USER)
    assert answer == changed(again, decided_at=answer.decided_at), "its instant differs, no more"


async def test_the_trace_comes_only_when_asked_for(stub: RoutingServiceStub) -> None:
    answer = await stub.ClassifyCall(changed(FROM_USER, explain=True))
    assert answer.trace.steps
    dial = await stub.BuildDialString(changed(DIAL, explain=True))
    assert {candidate.provider for candidate in dial.trace.candidates} >= {"Westcall", "Multitel"}


async def test_a_refusal_is_an_answer(stub: RoutingServiceStub) -> None:
    answer = await stub.ClassifyCall(FROM_PROVIDER)
    assert answer.refusal.reason == REFUSAL_REASON_UNKNOWN_NUMBER
    assert answer.refusal.q850_cause == 1


async def test_an_odd_forwarded_address_is_refused_and_no_error(stub: RoutingServiceStub) -> None:
    """A far end may have written the header that it comes from."""
    for header in ("nonsense", "203.0.113.9:5060", "x" * 5000):
        answer = await stub.ClassifyCall(
            changed(FROM_PROVIDER, dialled="74951815000", provider__forwarded_address=header)
        )
        assert answer.refusal.reason == REFUSAL_REASON_PEER_ADDRESS_UNKNOWN


async def test_the_next_thing_to_dial(stub: RoutingServiceStub) -> None:
    answer = await stub.BuildDialString(DIAL)
    assert answer.dial.dial_string == "SIP/westcall/74957777777"
    assert 1 <= answer.dial.ring_timeout_s <= 120


async def test_attempt_eleven_ends_the_search(stub: RoutingServiceStub) -> None:
    request = changed(DIAL, attempt=11, tried_route_ids=[f"a{index}.A" for index in range(10)])
    request.last_outcome.q850_cause = 34
    answer = await stub.BuildDialString(request)
    assert answer.no_more_routes.reason == NO_ROUTE_REASON_ATTEMPTS_EXHAUSTED
    assert answer.no_more_routes.q850_cause == 34


async def test_a_channel_is_recorded_once(stub: RoutingServiceStub, service: Harness) -> None:
    service.recorder.events.clear()
    first = await stub.RecordChannel(CREATED)
    second = await stub.RecordChannel(CREATED)
    assert (first.already_recorded, second.already_recorded) == (False, True)
    assert first.recorded_at == second.recorded_at
    event = service.recorder.events[1, CREATED.channel.unique_id, "CREATED"]
    assert isinstance(event, ChannelEvent)
    assert event.channel.server_id == 1
    assert event.occurred_at.microsecond == INSTANT.nanos // 1000
    assert event.leg is Leg.CALLED
    answered = await stub.RecordChannel(changed(CREATED, event=CHANNEL_EVENT_ANSWERED))
    assert not answered.already_recorded


async def test_what_is_not_known_of_an_end_stays_unknown(
    stub: RoutingServiceStub, service: Harness
) -> None:
    service.recorder.events.clear()
    await stub.Hangup(ENDED)
    event = service.recorder.events[1, ENDED.channel.unique_id, "HANGUP"]
    assert isinstance(event, HangupEvent)
    assert event.q850_cause is event.sip_status is event.answered_ms is event.dial_status is None
    full = changed(
        ENDED,
        channel__unique_id="2",
        leg=LEG_CALLING,
        q850_cause=17,
        sip_status=486,
        answered_ms=0,
        ring_ms=2**64 - 1,
        hangup_source=HANGUP_SOURCE_CALLED,
        answered_at=INSTANT,
    )
    await stub.Hangup(full)
    event = service.recorder.events[1, "2", "HANGUP"]
    assert isinstance(event, HangupEvent)
    assert (event.q850_cause, event.sip_status) == (17, 486)
    assert (event.answered_ms, event.ring_ms) == (0, 2**64 - 1)
    assert event.hangup_source is HangupSource.CALLED
    assert event.answered_at == event.occurred_at


async def test_a_begun_write_outlives_its_caller(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.recorder.slow_s = 0.2
        call = RoutingServiceStub(service.routing).Hangup(ENDED)
        await service.recorder.begun.wait()
        call.cancel()
        await asyncio.sleep(0.3)
        assert len(service.recorder.events) == 1
        assert await service.stop()


async def test_a_stop_waits_for_writes_without_callers(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.recorder.slow_s = 0.3
        call = RoutingServiceStub(service.routing).Hangup(ENDED)
        await service.recorder.begun.wait()
        call.cancel()
        assert await service.stop()
        assert len(service.recorder.events) == 1
