"""``RecordChannel`` and ``Hangup``: requests become events, receipts the responses."""

from dialplane.routing.v1.channel_pb2 import Channel
from dialplane.routing.v1.hangup_pb2 import HangupRequest, HangupResponse
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest, RecordChannelResponse
from dialplane_service.domain.events import ChannelEvent, ChannelKey, HangupEvent, Recorded
from dialplane_service.rpc.conversion.instants import to_instant, to_timestamp
from dialplane_service.rpc.conversion.words import (
    CHANNEL_EVENT,
    DIAL_STATUS,
    HANGUP_SOURCE,
    LEG,
)


def to_channel_event(request: RecordChannelRequest, server_id: int) -> ChannelEvent:
    """Convert a valid request of the server with this id."""
    return ChannelEvent(
        channel=_to_key(request.channel, server_id),
        kind=CHANNEL_EVENT.stated(request.event),
        occurred_at=to_instant(request.occurred_at),
        call_id=request.call_id,
        leg=LEG.stated(request.leg),
        attempt=request.attempt,
        route_id=request.route_id,
        dial_string=request.dial_string,
        account=request.account,
        called_number=request.called_number,
        sent_number=request.sent_number,
        caller_number=request.caller_number,
        data_version=request.data_version,
        calling_unique_id=request.calling_unique_id,
        decided_at=to_instant(request.decided_at) if request.HasField("decided_at") else None,
        rate_id=request.rate_id,
    )


def to_hangup_event(request: HangupRequest, server_id: int) -> HangupEvent:
    """Convert a valid request of the server with this id."""
    return HangupEvent(
        channel=_to_key(request.channel, server_id),
        occurred_at=to_instant(request.occurred_at),
        call_id=request.call_id,
        leg=LEG.stated(request.leg),
        q850_cause=request.q850_cause or None,
        sip_status=request.sip_status or None,
        tech_cause=request.tech_cause,
        hangup_source=HANGUP_SOURCE.word(request.hangup_source),
        dial_status=DIAL_STATUS.word(request.dial_status),
        answered_ms=request.answered_ms if request.HasField("answered_ms") else None,
        dialled_ms=request.dialled_ms if request.HasField("dialled_ms") else None,
        ring_ms=request.ring_ms if request.HasField("ring_ms") else None,
        progress_ms=request.progress_ms if request.HasField("progress_ms") else None,
        attempt=request.attempt,
        route_id=request.route_id,
        account=request.account,
        created_at=to_instant(request.created_at) if request.HasField("created_at") else None,
        answered_at=to_instant(request.answered_at) if request.HasField("answered_at") else None,
        calling_unique_id=request.calling_unique_id,
    )


def to_record_channel_response(recorded: Recorded) -> RecordChannelResponse:
    """Convert a receipt."""
    return RecordChannelResponse(
        recorded_at=to_timestamp(recorded.recorded_at), already_recorded=recorded.already_recorded
    )


def to_hangup_response(recorded: Recorded) -> HangupResponse:
    """Convert a receipt."""
    return HangupResponse(
        recorded_at=to_timestamp(recorded.recorded_at), already_recorded=recorded.already_recorded
    )


def _to_key(channel: Channel, server_id: int) -> ChannelKey:
    return ChannelKey(
        server_id=server_id,
        unique_id=channel.unique_id,
        linked_id=channel.linked_id,
        name=channel.name,
        sip_call_id=channel.sip_call_id,
    )
