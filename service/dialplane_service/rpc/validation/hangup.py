"""The rules of ``HangupRequest``."""

from dialplane.routing.v1.channel_pb2 import DialStatus, HangupSource
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane_service.rpc.validation.events import check_event
from dialplane_service.rpc.validation.violations import Violations


def validate_hangup(request: HangupRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check_event(check, request)
    check.q850_cause("q850_cause", request.q850_cause)
    check.sip_status("sip_status", request.sip_status)
    check.octets("tech_cause", request.tech_cause, 255)
    check.known("hangup_source", request.hangup_source, HangupSource.DESCRIPTOR)
    check.known("dial_status", request.dial_status, DialStatus.DESCRIPTOR)
    if request.HasField("created_at"):
        check.instant("created_at", request.created_at)
    if request.HasField("answered_at"):
        check.instant("answered_at", request.answered_at)
    check.raise_if_any()
