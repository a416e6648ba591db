"""Script `incoming`: a call from a provider, or, in the sister servers' context, from a sister."""

from collections.abc import Mapping

from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    ClassifyCallResponse,
    ProviderOrigin,
    SisterOrigin,
)
from dialplane_shims import classification
from dialplane_shims import variables as v
from dialplane_shims.answer import Answer, LocalRefusal
from dialplane_shims.inputs import Inputs, sip_call_id
from dialplane_shims.targets import peer_address
from dialplane_shims.text import cut, id_or_empty
from dialplane_shims.variables import Variable

RPC, REPLY = classification.RPC, classification.REPLY


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables that this step reads."""
    return (
        *classification.READS,
        *sip_call_id(environment),
        v.FROM_IP,
        v.ORIGIN,
        v.IN_FORWARDED_ADDRESS,
        v.IN_CALL_ID,
        v.IN_DECIDED_AT,
        v.IN_ROUTE_ID,
        v.IN_ACCOUNT,
    )


def request(inputs: Inputs) -> ClassifyCallRequest:
    """Return the question. Raises LocalRefusal if there is no peer address to believe."""
    message = classification.base_request(inputs)
    sister = inputs[v.ORIGIN] == "sister"
    address, port = peer_address(inputs[v.FROM_IP])
    if not address:
        who = "SISTER" if sister else "PEER"
        raise LocalRefusal(f"{who}_ADDRESS_UNKNOWN", 21, 403)
    if not sister:
        message.provider.CopyFrom(
            ProviderOrigin(
                peer_address=address,
                peer_port=port,
                forwarded_address=_forwarded(inputs[v.IN_FORWARDED_ADDRESS].strip()),
            )
        )
        return message
    route_id = inputs[v.IN_ROUTE_ID]
    # A broken route id must not turn into "classify the number": that is another call.
    if route_id and not id_or_empty(route_id):
        raise LocalRefusal("CARRIED_ROUTE_UNKNOWN", 25, 483)
    message.call_id = id_or_empty(inputs[v.IN_CALL_ID])
    # One instant for the whole call; one that is none is as good as none.
    decided_at = inputs.instant(v.IN_DECIDED_AT)
    if decided_at is not None and decided_at.seconds >= 0:
        message.decided_at.CopyFrom(decided_at)
    message.sister.CopyFrom(
        SisterOrigin(peer_address=address, route_id=route_id, account=inputs[v.IN_ACCOUNT][:50])
    )
    return message


def _forwarded(text: str) -> str:
    """Return the header's address, or what stands there instead: nothing would mean no header."""
    return peer_address(text)[0] or cut(text, 100)


def answer(reply: ClassifyCallResponse, asked: ClassifyCallRequest, inputs: Inputs) -> Answer:
    """Return what the dialplan is told. Raises NonsenseReplyError."""
    return classification.answer(reply, inputs, asked.caller)
