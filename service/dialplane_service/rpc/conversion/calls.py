"""Recorded calls, as people ask for them."""

from collections.abc import Sequence

from dialplane.admin.v1 import call_pb2
from dialplane.admin.v1.calls_service_pb2 import ListCallsRequest, ListCallsResponse
from dialplane.routing.v1.channel_pb2 import Channel
from dialplane_service.domain.calls import (
    Call,
    CallFilter,
    CallSummary,
    RecordedAttempt,
    RecordedChannel,
    RecordedEvent,
)
from dialplane_service.rpc.conversion.instants import (
    to_instant,
    to_optional_timestamp,
    to_timestamp,
)
from dialplane_service.rpc.conversion.page_token import page_token, place
from dialplane_service.rpc.conversion.trace import to_rate_price_message
from dialplane_service.rpc.conversion.words import DIAL_STATUS, HANGUP_SOURCE, LEG

DEFAULT_PAGE = 50


def to_call_filter(request: ListCallsRequest) -> CallFilter:
    """Convert a valid request; unset fields do not restrict."""
    return CallFilter(
        began_from=to_instant(getattr(request, "from")) if request.HasField("from") else None,
        began_to=to_instant(request.to) if request.HasField("to") else None,
        account=request.account or None,
        server=request.server or None,
        number=request.number or None,
        limit=request.page_size or DEFAULT_PAGE,
        before=place(request.page_token) if request.page_token else None,
    )


def to_list_calls_response(calls: Sequence[CallSummary], limit: int) -> ListCallsResponse:
    """Convert a page; a full one may have a next."""
    token = page_token(calls[-1].began_at, calls[-1].call_id) if len(calls) >= limit else ""
    return ListCallsResponse(calls=map(_to_summary, calls), next_page_token=token)


def to_call_message(call: Call) -> call_pb2.Call:
    """Convert a call with everything recorded of it."""
    return call_pb2.Call(
        summary=_to_summary(call.summary),
        channels=map(_to_channel, call.channels),
        attempts=map(_to_attempt, call.attempts),
        events=map(_to_event, call.events),
    )


def _to_summary(call: CallSummary) -> call_pb2.CallSummary:
    return call_pb2.CallSummary(
        call_id=call.call_id,
        began_at=to_timestamp(call.began_at),
        account=call.account,
        server=call.server,
        caller_number=call.caller_number,
        called_number=call.called_number,
        attempts=call.attempts,
        channels=call.channels,
        q850_cause=call.q850_cause or 0,
        answered_ms=call.answered_ms,
        ended=call.ended,
    )


def _to_channel(channel: RecordedChannel) -> call_pb2.RecordedChannel:
    return call_pb2.RecordedChannel(
        server=channel.server,
        channel=Channel(
            unique_id=channel.unique_id,
            linked_id=channel.linked_id,
            name=channel.name,
            sip_call_id=channel.sip_call_id,
        ),
        leg=LEG.wire(channel.leg),
        attempt=channel.attempt,
        route_id=channel.route_id,
        created_at=to_optional_timestamp(channel.created_at),
        answered_at=to_optional_timestamp(channel.answered_at),
        ended_at=to_optional_timestamp(channel.ended_at),
        q850_cause=channel.q850_cause or 0,
        sip_status=channel.sip_status or 0,
        tech_cause=channel.tech_cause,
        hangup_source=HANGUP_SOURCE.wire(channel.hangup_source),
        dial_status=DIAL_STATUS.wire(channel.dial_status),
        answered_ms=channel.answered_ms,
        dialled_ms=channel.dialled_ms,
        ring_ms=channel.ring_ms,
        progress_ms=channel.progress_ms,
    )


def _to_attempt(attempt: RecordedAttempt) -> call_pb2.RecordedAttempt:
    return call_pb2.RecordedAttempt(
        attempt=attempt.attempt,
        server=attempt.server,
        route_id=attempt.route_id,
        provider=attempt.provider,
        dial_string=attempt.dial_string,
        sent_number=attempt.sent_number,
        caller_number=attempt.caller_number,
        data_version=attempt.data_version,
        q850_cause=attempt.q850_cause or 0,
        sip_status=attempt.sip_status or 0,
        decided_at=to_optional_timestamp(attempt.decided_at),
        rate_id=attempt.rate_id,
        rate=None if attempt.rate is None else to_rate_price_message(attempt.rate),
    )


def _to_event(event: RecordedEvent) -> call_pb2.RecordedEvent:
    return call_pb2.RecordedEvent(
        server=event.server,
        unique_id=event.unique_id,
        event=event.event,
        occurred_at=to_timestamp(event.occurred_at),
        recorded_at=to_timestamp(event.recorded_at),
    )
