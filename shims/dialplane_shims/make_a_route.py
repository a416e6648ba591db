"""Script `make_a_route`: a call from a user's device."""

from collections.abc import Mapping

from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    ClassifyCallResponse,
    EndpointOrigin,
)
from dialplane_shims import classification
from dialplane_shims import variables as v
from dialplane_shims.answer import Answer, LocalRefusal
from dialplane_shims.inputs import Inputs, sip_call_id, technology
from dialplane_shims.text import clean, id_or_empty
from dialplane_shims.variables import Variable

RPC, REPLY = classification.RPC, classification.REPLY

# Where each technology keeps the device's name; the caller ID and From are never asked.
_ENDPOINTS = {
    "PJSIP": v.ENDPOINT_PJSIP,
    "SIP": v.ENDPOINT_PEERNAME,
    "IAX2": v.ENDPOINT_PEERNAME,
}


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables that this step reads."""
    endpoint = _ENDPOINTS.get(technology(environment))
    return (
        *classification.READS,
        *sip_call_id(environment),
        v.IN_FORWARDING_ENDPOINT,
        *((endpoint,) if endpoint else ()),
    )


def request(inputs: Inputs) -> ClassifyCallRequest:
    """Return the question. Raises LocalRefusal if no device is behind the channel."""
    message = classification.base_request(inputs)
    # A believed id keeps a forwarded or transferred call one call.
    message.call_id = id_or_empty(inputs[v.CALL_ID])
    variable = _ENDPOINTS.get(technology(inputs.environment))
    own = clean(inputs[variable])[:80] if variable else ""
    forwarding = endpoint_name(inputs[v.IN_FORWARDING_ENDPOINT])
    # A forwarded call arrives on a Local channel, which no device is behind but the forwarding one.
    if not (own or forwarding):
        raise LocalRefusal("UNKNOWN_ENDPOINT", 21, 403)
    message.endpoint.CopyFrom(
        EndpointOrigin(endpoint=own or forwarding, forwarding_endpoint=forwarding)
    )
    return message


def answer(reply: ClassifyCallResponse, asked: ClassifyCallRequest, inputs: Inputs) -> Answer:
    """Return what the dialplan is told. Raises NonsenseReplyError."""
    told = classification.answer(reply, inputs, asked.caller)
    pays = asked.endpoint.forwarding_endpoint or asked.endpoint.endpoint
    return Answer(told.status, ((v.ENDPOINT, pays), *told.values))


def endpoint_name(text: str) -> str:
    """Return the device's name from its name or its channel's ("PJSIP/msk-101-0000002a")."""
    name = clean(text)
    if "/" in name:
        name = name.partition("/")[2].rpartition("-")[0]
    return name[:80]
