"""What `create_channel_record` and `predial` have in common: RecordChannel."""

from dialplane.routing.v1.channel_pb2 import LEG_CALLED
from dialplane.routing.v1.record_channel_pb2 import (
    ChannelEvent,
    RecordChannelRequest,
    RecordChannelResponse,
)
from dialplane_shims import variables as v
from dialplane_shims.answer import LocalRefusal
from dialplane_shims.inputs import ALWAYS, Inputs, number_digits
from dialplane_shims.text import cut, id_or_empty, whole_number
from dialplane_shims.variables import Variable

RPC = "RecordChannel"
REPLY = RecordChannelResponse

READS = (
    *ALWAYS,
    v.DECIDED_AT,
    v.ACCOUNT,
    v.CALLED,
    v.LOOP_COUNT,
    v.ROUTE_ID,
    v.DIALSTRING,
    v.SENT_NUMBER,
    v.CALLER_NUMBER,
    v.DATA_VERSION,
    v.RATE_ID,
    v.LEG,
    v.LEG_ROUTE_ID,
    v.LEG_ATTEMPT,
)


def request(
    inputs: Inputs, event: "ChannelEvent.ValueType", noted: Variable
) -> RecordChannelRequest:
    """Return the event, at the instant in `noted`, else now.

    Raises LocalRefusal if Asterisk did not say which channel it is.
    """
    if not inputs.unique_id:
        raise LocalRefusal("NO_CHANNEL", 111, 400)
    leg = inputs.leg()
    message = RecordChannelRequest(
        server=inputs.server,
        channel=inputs.channel(),
        event=event,
        occurred_at=inputs.instant(noted) or inputs.now(),
        call_id=inputs.call_id,
        leg=leg,
        account=inputs[v.ACCOUNT][:50],
        called_number=number_digits(inputs[v.CALLED])[:32],
        decided_at=inputs.instant(v.DECIDED_AT),
    )
    if leg == LEG_CALLED:
        message.attempt, message.route_id = route_of_leg(inputs)
        message.dial_string = cut(inputs[v.DIALSTRING], 1023)
        message.sent_number = inputs[v.SENT_NUMBER][:64]
        message.caller_number = inputs[v.CALLER_NUMBER][:32]
        message.data_version = whole_number(inputs[v.DATA_VERSION], 2**63) or 0
        message.rate_id = whole_number(inputs[v.RATE_ID], 2**63) or 0
        message.calling_unique_id = id_or_empty(inputs[v.CALLING_UNIQUE_ID], 150)
    return message


def route_of_leg(inputs: Inputs) -> tuple[int, str]:
    """Return the attempt and the route that a called leg was created for.

    What the leg noted of itself counts: a transfer may have given its channel another route since.
    """
    attempt = whole_number(inputs[v.LEG_ATTEMPT] or inputs[v.LOOP_COUNT], 10) or 0
    return attempt, id_or_empty(inputs[v.LEG_ROUTE_ID] or inputs[v.ROUTE_ID])


def confirmed(reply: RecordChannelResponse) -> bool:
    """Say whether the reply proves that the event is committed."""
    return reply.HasField("recorded_at")
