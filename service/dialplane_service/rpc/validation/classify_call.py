"""The rules of ``ClassifyCallRequest``."""

from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest
from dialplane_service.rpc.validation.parties import check_caller
from dialplane_service.rpc.validation.violations import (
    LONGEST_ACCOUNT,
    LONGEST_ID,
    LONGEST_SERVER,
    Violations,
)


def validate_classify_call(request: ClassifyCallRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.identifier("server", request.server, LONGEST_SERVER)
    if request.HasField("channel"):
        check.channel("channel", request.channel)
    elif not request.simulate:
        check.add("channel", "is required unless simulate is set")
    check.octets("dialled", request.dialled, 1024)
    check_caller(check, "caller", request.caller)
    check.identifier("call_id", request.call_id, LONGEST_ID, optional=True)
    if request.HasField("decided_at"):
        check.instant("decided_at", request.decided_at)
        if not request.simulate and request.WhichOneof("origin") != "sister":
            check.add("decided_at", "may only be set with simulate, or from a sister server")
    _check_origin(check, request)
    check.raise_if_any()


def _check_origin(check: Violations, request: ClassifyCallRequest) -> None:
    match request.WhichOneof("origin"):
        case "provider":
            # The forwarded address is a header's: a far end may have written it.
            check.address("provider.peer_address", request.provider.peer_address)
            check.between("provider.peer_port", request.provider.peer_port, 0, 65535)
        case "sister":
            sister = request.sister
            check.address("sister.peer_address", sister.peer_address)
            check.identifier("sister.route_id", sister.route_id, LONGEST_ID, optional=True)
            check.characters("sister.account", sister.account, LONGEST_ACCOUNT)
        case "endpoint":
            endpoint = request.endpoint
            check.characters("endpoint.endpoint", endpoint.endpoint, 80, shortest=1)
            check.characters("endpoint.forwarding_endpoint", endpoint.forwarding_endpoint, 80)
        case _:
            check.add("origin", "is required: provider, sister or endpoint")
