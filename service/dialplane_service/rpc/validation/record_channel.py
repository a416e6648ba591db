"""The rules of ``RecordChannelRequest``."""

from dialplane.routing.v1.record_channel_pb2 import ChannelEvent, RecordChannelRequest
from dialplane_service.rpc.validation.events import check_event
from dialplane_service.rpc.validation.violations import Violations


def validate_record_channel(request: RecordChannelRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check_event(check, request)
    check.known("event", request.event, ChannelEvent.DESCRIPTOR, required=True)
    check.octets("dial_string", request.dial_string, 1023)
    check.characters("called_number", request.called_number, 32)
    check.characters("sent_number", request.sent_number, 64)
    check.characters("caller_number", request.caller_number, 32)
    if request.HasField("decided_at"):
        check.instant("decided_at", request.decided_at)
    check.raise_if_any()
