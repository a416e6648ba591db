"""``ClassifyCall``: the request becomes a query, the classification the response."""

from ipaddress import IPv4Address
from typing import Final

from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    ClassifyCallResponse,
    ProviderOrigin,
)
from dialplane.routing.v1.refusal_pb2 import Refusal as RefusalMessage
from dialplane_service.domain.addresses import Address, address
from dialplane_service.domain.answers import Classification, Refusal
from dialplane_service.domain.queries import (
    CallQuery,
    FromEndpoint,
    FromProvider,
    FromSister,
    Origin,
)
from dialplane_service.rpc.conversion.instants import to_instant, to_timestamp
from dialplane_service.rpc.conversion.parties import to_caller, to_number_message
from dialplane_service.rpc.conversion.targets import to_target_message
from dialplane_service.rpc.conversion.trace import to_trace_message
from dialplane_service.rpc.conversion.words import CALL_CLASS, REFUSAL_REASON, TIER

_NOBODYS_ADDRESS: Final = IPv4Address("0.0.0.0")  # noqa: S104 - a peer, nothing listens on it


def to_call_query(request: ClassifyCallRequest) -> CallQuery:
    """Convert a valid request."""
    return CallQuery(
        server=request.server,
        unique_id=request.channel.unique_id,
        dialled=request.dialled,
        caller=to_caller(request.caller),
        origin=_to_origin(request),
        call_id=request.call_id,
        decided_at=to_instant(request.decided_at) if request.HasField("decided_at") else None,
    )


def to_classify_call_response(
    classification: Classification, *, explain: bool
) -> ClassifyCallResponse:
    """Convert the answer; with ``explain`` the trace is filled."""
    response = ClassifyCallResponse(
        call_id=classification.call_id,
        decided_at=to_timestamp(classification.decided_at),
        data_version=classification.data_version,
        call_class=CALL_CLASS.wire(classification.call_class),
        caller=to_number_message(classification.caller),
        account=classification.account,
        tier=TIER.wire(classification.tier),
    )
    if classification.called is not None:
        response.called.CopyFrom(to_number_message(classification.called))
    if classification.refusal is not None:
        response.refusal.CopyFrom(_to_refusal_message(classification.refusal))
    else:
        response.targets.targets.extend(map(to_target_message, classification.targets))
    if explain:
        response.trace.CopyFrom(to_trace_message(steps=classification.steps))
    return response


def _to_origin(request: ClassifyCallRequest) -> Origin:
    match request.WhichOneof("origin"):
        case "provider":
            return FromProvider(
                address(request.provider.peer_address), _forwarded(request.provider)
            )
        case "sister":
            sister = request.sister
            return FromSister(address(sister.peer_address), sister.route_id, sister.account)
        case _:
            endpoint = request.endpoint
            return FromEndpoint(endpoint.endpoint, endpoint.forwarding_endpoint)


def _forwarded(origin: ProviderOrigin) -> Address | None:
    """Read the header's address.

    What is no address was perhaps written by a far end: it must not pass for "no header", which
    would put the session border controller's own address in its place, so it becomes an address
    that no provider has.
    """
    if not origin.forwarded_address:
        return None
    try:
        return address(origin.forwarded_address)
    except ValueError:
        return _NOBODYS_ADDRESS


def _to_refusal_message(refusal: Refusal) -> RefusalMessage:
    return RefusalMessage(
        reason=REFUSAL_REASON.wire(refusal.reason),
        q850_cause=refusal.q850_cause,
        sip_status=refusal.sip_status,
        detail=refusal.detail,
    )
