"""Script `create_channel_record`: a channel was created."""

from collections.abc import Mapping

from dialplane.routing.v1.channel_pb2 import LEG_CALLED
from dialplane.routing.v1.record_channel_pb2 import CHANNEL_EVENT_CREATED, RecordChannelRequest
from dialplane_shims import recording
from dialplane_shims import variables as v
from dialplane_shims.inputs import Inputs, sip_call_id
from dialplane_shims.variables import Variable

RPC, REPLY, confirmed = recording.RPC, recording.REPLY, recording.confirmed


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables that this step reads."""
    return (*recording.READS, v.LEG_CREATED_AT, *sip_call_id(environment))


def request(inputs: Inputs) -> RecordChannelRequest:
    """Return the event."""
    return recording.request(inputs, CHANNEL_EVENT_CREATED, v.LEG_CREATED_AT)


def notes(asked: RecordChannelRequest) -> tuple[tuple[Variable, str], ...]:
    """Return what the channel keeps of itself for its later steps."""
    called = asked.leg == LEG_CALLED
    leg = (
        (v.LEG, "called"),
        (v.LEG_ROUTE_ID, asked.route_id),
        (v.LEG_ATTEMPT, str(asked.attempt)),
    )
    return (
        *(leg if called else ((v.LEG, "calling"),)),
        (v.LEG_CREATED_AT, asked.occurred_at.ToJsonString()),
    )
