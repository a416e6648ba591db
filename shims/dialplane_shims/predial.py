"""Script `predial`: the called party answered, and is about to be connected."""

from collections.abc import Mapping

from dialplane.routing.v1.record_channel_pb2 import CHANNEL_EVENT_ANSWERED, RecordChannelRequest
from dialplane_shims import recording
from dialplane_shims import variables as v
from dialplane_shims.inputs import Inputs
from dialplane_shims.variables import Variable

RPC, REPLY, confirmed = recording.RPC, recording.REPLY, recording.confirmed


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:  # noqa: ARG001
    """Return the variables that this step reads."""
    return (*recording.READS, v.LEG_ANSWERED_AT)


def request(inputs: Inputs) -> RecordChannelRequest:
    """Return the event."""
    return recording.request(inputs, CHANNEL_EVENT_ANSWERED, v.LEG_ANSWERED_AT)


def notes(asked: RecordChannelRequest) -> tuple[tuple[Variable, str], ...]:
    """Return what the channel keeps of itself for its later steps."""
    return ((v.LEG_ANSWERED_AT, asked.occurred_at.ToJsonString()),)
