"""Events of one attempt, with every field set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dialplane_service.domain.events import (
    ChannelEvent,
    ChannelEventKind,
    ChannelKey,
    DialStatus,
    HangupEvent,
    HangupSource,
    Leg,
)

NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)


def created(unique_id: str, call_id: str = "call-1", attempt: int = 1) -> ChannelEvent:
    return ChannelEvent(
        channel=ChannelKey(1, unique_id, "linked-1", "SIP/westcall-0000002a", "a84b4c76e66710"),
        kind=ChannelEventKind.CREATED,
        occurred_at=NOON,
        call_id=call_id,
        leg=Leg.CALLED,
        attempt=attempt,
        route_id="g8.A",
        dial_string="SIP/westcall/74957777777",
        account="acme",
        called_number="74957777777",
        sent_number="84957777777",
        caller_number="74951815000",
        data_version=7,
        calling_unique_id=f"{call_id}-caller",
        decided_at=NOON - timedelta(seconds=1),
        rate_id=16_777_229,
    )


def answered(unique_id: str, call_id: str = "call-1", attempt: int = 1) -> ChannelEvent:
    return replace(
        created(unique_id, call_id, attempt),
        kind=ChannelEventKind.ANSWERED,
        occurred_at=NOON + timedelta(seconds=5),
    )


def ended(unique_id: str, call_id: str = "call-1", attempt: int = 1) -> HangupEvent:
    return HangupEvent(
        channel=ChannelKey(1, unique_id, "linked-1", "SIP/westcall-0000002a", "a84b4c76e66710"),
        occurred_at=NOON + timedelta(seconds=65),
        call_id=call_id,
        leg=Leg.CALLED,
        q850_cause=16,
        sip_status=200,
        tech_cause="SIP 200 OK",
        hangup_source=HangupSource.CALLED,
        dial_status=DialStatus.ANSWER,
        answered_ms=60_000,
        dialled_ms=65_000,
        ring_ms=900,
        progress_ms=800,
        attempt=attempt,
        route_id="g8.A",
        account="acme",
        created_at=NOON,
        answered_at=NOON + timedelta(seconds=5),
        calling_unique_id=f"{call_id}-caller",
    )
