"""Script `hangup`: the end of a channel, from the hangup handlers of both legs."""

from collections.abc import Mapping

from dialplane.routing.v1.channel_pb2 import (
    HANGUP_SOURCE_CALLED,
    HANGUP_SOURCE_CALLER,
    HANGUP_SOURCE_SYSTEM,
    HANGUP_SOURCE_UNSPECIFIED,
    LEG_CALLED,
    LEG_CALLING,
    HangupSource,
)
from dialplane.routing.v1.hangup_pb2 import HangupRequest, HangupResponse
from dialplane_shims import variables as v
from dialplane_shims.answer import LocalRefusal
from dialplane_shims.attempt import dial_status, q850_cause, sip_status
from dialplane_shims.inputs import ALWAYS, Inputs, sip_call_id, technology
from dialplane_shims.recording import route_of_leg
from dialplane_shims.text import cut, id_or_empty, whole_number
from dialplane_shims.variables import Variable

RPC = "Hangup"
REPLY = HangupResponse

_NORMAL_CLEARING, _INTERWORKING = 16, 127
# A call does not last longer than this: 100 days, in milliseconds.
_LONGEST_MS = 8_640_000_000


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables that this step reads."""
    return (
        *ALWAYS,
        *sip_call_id(environment),
        v.ACCOUNT,
        v.LOOP_COUNT,
        v.ROUTE_ID,
        v.LEG,
        v.LEG_ROUTE_ID,
        v.LEG_ATTEMPT,
        v.LEG_CREATED_AT,
        v.LEG_ANSWERED_AT,
        v.HANGUPCAUSE,
        v.HANGUP_SOURCE,
        v.DIALSTATUS,
        v.ANSWERED_MS,
        v.DIALLED_MS,
        v.RING_MS,
        v.PROGRESS_MS,
    )


def reads_after(inputs: Inputs) -> tuple[Variable, ...]:
    """Return what is worth asking once the rest is known: a called leg's own words."""
    # Other technologies leave no words, and Asterisk warns of each question for them.
    speaks = technology(inputs.environment) in ("PJSIP", "SIP", "IAX2")
    return (v.TECH_CAUSE_OF_CHANNEL,) if speaks and inputs.leg() == LEG_CALLED else ()


def request(inputs: Inputs) -> HangupRequest:
    """Return the event. Raises LocalRefusal if Asterisk did not say which channel it is."""
    if not inputs.unique_id:
        raise LocalRefusal("NO_CHANNEL", 111, 400)
    leg = inputs.leg()
    words = inputs.values.get(v.TECH_CAUSE_OF_CHANNEL, "")
    message = HangupRequest(
        server=inputs.server,
        channel=inputs.channel(),
        occurred_at=inputs.now(),
        call_id=inputs.call_id,
        leg=leg,
        q850_cause=_cause(inputs, words, called=leg == LEG_CALLED),
        sip_status=sip_status(words),
        tech_cause=cut(words, 255),
        hangup_source=_source(inputs, called=leg == LEG_CALLED),
        account=inputs[v.ACCOUNT][:50],
        created_at=inputs.instant(v.LEG_CREATED_AT),
        answered_at=inputs.instant(v.LEG_ANSWERED_AT),
    )
    if leg == LEG_CALLING:
        # Dial leaves these on the calling channel only; an inherited value would be another leg's.
        message.dial_status = dial_status(inputs[v.DIALSTATUS])
        _set_durations(message, inputs)
    else:
        message.attempt, message.route_id = route_of_leg(inputs)
        message.calling_unique_id = id_or_empty(inputs[v.CALLING_UNIQUE_ID], 150)
    return message


def notes(asked: HangupRequest) -> tuple[tuple[Variable, str], ...]:  # noqa: ARG001
    """Return nothing: a channel that ended has no later step."""
    return ()


def confirmed(reply: HangupResponse) -> bool:
    """Say whether the reply proves that the event is committed."""
    return reply.HasField("recorded_at")


def _set_durations(message: HangupRequest, inputs: Inputs) -> None:
    for field, variable in (
        ("answered_ms", v.ANSWERED_MS),
        ("dialled_ms", v.DIALLED_MS),
        ("ring_ms", v.RING_MS),
        ("progress_ms", v.PROGRESS_MS),
    ):
        duration = whole_number(inputs[variable], _LONGEST_MS)
        if duration is not None:
            setattr(message, field, duration)


def _cause(inputs: Inputs, words: str, *, called: bool) -> int:
    """Return the Q.850 cause; normal clearing where it was this side that gave up.

    A call that is cancelled has no cause of its own: PJSIP says 127, chan_sip nothing.
    """
    cause = q850_cause(inputs[v.HANGUPCAUSE])
    if cause not in (0, _INTERWORKING):
        return cause
    # The far end rang and said nothing more, or the caller left the Dial.
    gave_up = 0 < sip_status(words) < 200 if called else inputs[v.DIALSTATUS] == "CANCEL"
    return _NORMAL_CLEARING if gave_up else cause


def _source(inputs: Inputs, *, called: bool) -> "HangupSource.ValueType":
    """Return who ended the channel: Asterisk names the channel that hung up first."""
    source = inputs[v.HANGUP_SOURCE]
    if not source:
        return HANGUP_SOURCE_UNSPECIFIED
    if source.startswith(("dialplan/", "core", "cdr")) or "/" not in source:
        return HANGUP_SOURCE_SYSTEM
    own = source == inputs.env("agi_channel")
    return HANGUP_SOURCE_CALLED if own == called else HANGUP_SOURCE_CALLER
