"""A recorded call."""

from dialplane_service.domain.calls import (
    Call,
    CallSummary,
    RecordedAttempt,
    RecordedChannel,
    RecordedEvent,
)
from dialplane_service.domain.events import DialStatus, Leg
from tests.fakes.clock import NOON

SUMMARY = CallSummary(
    "c0", NOON, "acme", "msk", "74951112233", "74957777777", 1, 2, None, None, ended=False
)
CALL = Call(
    SUMMARY,
    channels=(
        RecordedChannel(
            server="msk",
            unique_id="u1",
            linked_id="u0",
            name="SIP/x",
            sip_call_id="",
            leg=Leg.CALLED,
            attempt=1,
            route_id="g8.A",
            created_at=NOON,
            answered_at=None,
            ended_at=None,
            q850_cause=None,
            sip_status=487,
            tech_cause="",
            hangup_source=None,
            dial_status=DialStatus.NO_ANSWER,
            answered_ms=None,
            dialled_ms=0,
            ring_ms=None,
            progress_ms=None,
        ),
    ),
    attempts=(RecordedAttempt(1, "msk", "g8.A", "Westcall", "SIP/x/1", "1", "", 7, 19, None),),
    events=(RecordedEvent("msk", "u1", "CREATED", NOON, NOON),),
)
