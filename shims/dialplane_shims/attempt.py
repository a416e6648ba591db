"""How the last attempt ended, as a channel tells it."""

import re

from dialplane.routing.v1 import channel_pb2
from dialplane.routing.v1.build_dial_string_pb2 import AttemptOutcome
from dialplane_shims import variables as v
from dialplane_shims.inputs import Inputs
from dialplane_shims.text import whole_number

# HANGUPCAUSE(channel,tech) on chan_sip and PJSIP: "SIP 486 Busy Here"
_SIP_STATUS = re.compile(r"SIP ([1-6][0-9][0-9])\b")

# The contract's longest ring timeout.
_LONGEST_RINGING_MS = 120_000

_DIAL_STATUSES = {
    "ANSWER": channel_pb2.DIAL_STATUS_ANSWER,
    "BUSY": channel_pb2.DIAL_STATUS_BUSY,
    "NOANSWER": channel_pb2.DIAL_STATUS_NO_ANSWER,
    "CANCEL": channel_pb2.DIAL_STATUS_CANCEL,
    "CONGESTION": channel_pb2.DIAL_STATUS_CONGESTION,
    "CHANUNAVAIL": channel_pb2.DIAL_STATUS_CHANUNAVAIL,
    "DONTCALL": channel_pb2.DIAL_STATUS_DONTCALL,
    "TORTURE": channel_pb2.DIAL_STATUS_TORTURE,
    "INVALIDARGS": channel_pb2.DIAL_STATUS_INVALIDARGS,
}


def dial_status(text: str) -> "channel_pb2.DialStatus.ValueType":
    """Return Dial's own word; unspecified if it is not one of them."""
    return _DIAL_STATUSES.get(text, channel_pb2.DIAL_STATUS_UNSPECIFIED)


def q850_cause(text: str) -> int:
    """Return a Q.850 cause, 0 if `text` is none."""
    return whole_number(text, 127) or 0


def sip_status(tech_cause: str) -> int:
    """Return the SIP status in the technology's own text, 0 if there is none."""
    found = _SIP_STATUS.match(tech_cause)
    return int(found.group(1)) if found else 0


def outcome(inputs: Inputs) -> AttemptOutcome:
    """Return how the last Dial ended."""
    return AttemptOutcome(
        dial_status=dial_status(inputs[v.DIALSTATUS]),
        q850_cause=q850_cause(inputs[v.HANGUPCAUSE]),
        # Asked for only where Dial called one channel: the far end's words are then its own.
        sip_status=sip_status(inputs.values.get(v.TECH_CAUSE_OF_DIAL, "")),
    )


def ringing_ms(inputs: Inputs) -> int:
    """Return how long the last Dial rang, in milliseconds."""
    dialled = whole_number(inputs[v.DIALLED_MS], 2**31) or _elapsed_ms(inputs)
    heard = [whole_number(inputs[variable], 2**31) for variable in (v.RING_MS, v.PROGRESS_MS)]
    starts = [start for start in heard if start is not None]
    if starts:
        return max(0, dialled - min(starts))
    # Timed out without a sign of life: the caller waited as if it rang.
    return dialled if inputs[v.DIALSTATUS] == "NOANSWER" else 0


def _elapsed_ms(inputs: Inputs) -> int:
    """Return the milliseconds since the last dial string was given.

    Asterisk itself tells Dial's time only if it was answered. What the steps in between took is
    counted too, a tenth of a second or so; a clock that was set does no more harm than one attempt.
    """
    given = inputs.instant(v.DIALLED_AT)
    if given is None:
        return 0
    elapsed = (inputs.now_ns - given.ToNanoseconds()) // 10**6
    return min(max(0, elapsed), _LONGEST_RINGING_MS)
