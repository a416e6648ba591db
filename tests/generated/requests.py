"""Calls and questions as requests of the contract, and answers held against what was expected."""

import re
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.call_class_pb2 import CallClass
from dialplane.routing.v1.caller_pb2 import Presentation
from dialplane.routing.v1.channel_pb2 import DialStatus
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.no_more_routes_pb2 import NoRouteReason
from dialplane.routing.v1.refusal_pb2 import RefusalReason
from dialplane.routing.v1.tier_pb2 import Tier
from tests.generated.asks import Ask
from tests.generated.calls import Call
from tests.generated.classify_oracle import SIP, Decision, decide
from tests.generated.dial_oracle import Step, step
from tests.generated.hostile import MARK
from tests.generated.world import World

DIAL_STRING = re.compile(r"[A-Za-z0-9+._:@/&*#\[\]-]{1,900}")
ROUTE_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")
PRESENTED = re.compile(r"\+?[0-9]{0,20}")
_DIAL_STATUS = {"NOANSWER": "NO_ANSWER", "": "UNSPECIFIED"}
DECIDED_AT = Timestamp(seconds=1_795_000_000, nanos=123_456_000)


def classify_request(call: Call) -> ClassifyCallRequest:
    """The call as a request."""
    request = ClassifyCallRequest(
        server=call.server.servername, dialled=call.dialled, call_id=call.call_id
    )
    request.channel.unique_id = call.unique_id
    request.caller.number = call.caller_text
    if call.origin == "provider":
        request.provider.peer_address = call.peer
        request.provider.forwarded_address = call.forwarded
        request.provider.peer_port = call.port
    elif call.origin == "sister":
        request.sister.peer_address = call.peer
        request.sister.route_id = call.route_id
        request.sister.account = call.account
    else:
        request.endpoint.endpoint = call.endpoint
        request.endpoint.forwarding_endpoint = call.forwarding
    return request


def classify_complaint(world: World, call: Call, reply: ClassifyCallResponse) -> str:
    """What is wrong with the answer to a call; empty: nothing."""
    expected = decide(world, call)
    found = decision_of(reply)
    if found != expected:
        return f"{call.origin}: expected {expected}, got {found} for {call}"
    if expected.reason and (reply.refusal.q850_cause, reply.refusal.sip_status) != (
        expected.cause,
        SIP[expected.cause],
    ):
        return f"{expected.reason} with cause {reply.refusal.q850_cause}"
    carried = call.call_id if call.origin != "provider" else ""
    if carried and reply.call_id != carried:
        return f"call id {call.call_id} became {reply.call_id}"
    if not carried and re.fullmatch("[0-9a-f]{32}", reply.call_id) is None:
        return f"call id {reply.call_id!r}"
    account = world.account.get(expected.account)
    tier = Tier.Name(reply.tier).removeprefix("TIER_")
    if tier != (account.default_tier if account else "UNSPECIFIED"):
        return f"tier {tier} of account {expected.account!r}"
    return "" if reply.HasField("decided_at") and reply.data_version else "no instant or version"


def decision_of(reply: ClassifyCallResponse) -> Decision:
    """The answer in the oracle's words."""
    found = Decision(account=reply.account)
    found.call_class = CallClass.Name(reply.call_class).removeprefix("CALL_CLASS_")
    if reply.HasField("called"):
        kind = reply.called.WhichOneof("kind") or ""
        found.called = (kind, getattr(reply.called, kind))
    found.caller = reply.caller.e164
    if reply.WhichOneof("outcome") == "refusal":
        found.reason = RefusalReason.Name(reply.refusal.reason).removeprefix("REFUSAL_REASON_")
    found.targets = tuple(
        (target.target_id, target.WhichOneof("kind") or "", _name(target))
        for target in reply.targets.targets
    )
    return found


def _name(target: Any) -> str:
    kind = target.WhichOneof("kind")
    column = {
        "endpoint": "endpoint",
        "server": "forward_path",
        "carried_route": "route_id",
        "emergency": "number",
    }
    if kind == "external_number":
        return str(target.external_number.number.e164)
    if kind == "echo_test":
        return ""
    return str(getattr(getattr(target, kind), column.get(kind, "name")))


def dial_request(ask: Ask) -> BuildDialStringRequest:
    """The question as a request."""
    request = BuildDialStringRequest(
        call_id=ask.call_id,
        decided_at=DECIDED_AT,
        server=ask.server.servername,
        account=ask.account.accountname if ask.account else "",
        target_ids=ask.target_ids,
        attempt=len(ask.tried) + 1,
        tried_route_ids=ask.tried,
        ringing_spent_ms=ask.ringing_spent_ms,
        endpoint=ask.endpoint.endpointname if ask.endpoint else "",
        tier=Tier.Value(f"TIER_{ask.tier or 'UNSPECIFIED'}"),
    )
    setattr(request.called, ask.called[0], ask.called[1])
    request.caller.number, request.caller.name = ask.caller, ask.name
    request.caller.presentation = Presentation.Value(f"PRESENTATION_{ask.presentation}")
    request.channel.unique_id = ask.unique_id
    if ask.tried:
        outcome = request.last_outcome
        outcome.SetInParent()
        word = _DIAL_STATUS.get(ask.dial_status, ask.dial_status)
        outcome.dial_status = DialStatus.Value(f"DIAL_STATUS_{word}")
        outcome.q850_cause, outcome.sip_status = ask.q850_cause, ask.sip_status
    return request


def dial_complaint(world: World, ask: Ask, reply: BuildDialStringResponse) -> str:
    """What is wrong with the answer to a question; empty: nothing."""
    expected = step(world, ask)
    found = facts_of(reply)
    if found != (wanted := facts_of_step(expected)):
        return f"expected {wanted}, got {found} for {ask}"
    if reply.HasField("trace"):
        ranked = tuple(item.route_id for item in reply.trace.candidates if item.rank)
        if ranked != expected.ranked:
            return f"ranked {ranked} instead of {expected.ranked} for {ask}"
    return ""


def facts_of(reply: BuildDialStringResponse) -> dict[str, Any]:
    """The answer in plain words."""
    what = reply.WhichOneof("answer")
    if what == "no_more_routes":
        end = reply.no_more_routes
        reason = NoRouteReason.Name(end.reason).removeprefix("NO_ROUTE_REASON_")
        return {"reason": reason, "cause": end.q850_cause, "sip": end.sip_status}
    if what == "location":
        place = reply.location
        return {"location": (place.name, place.context, place.extension, place.priority)}
    dial = reply.dial
    return {
        "route_id": dial.route_id,
        "dial_string": dial.dial_string,
        "number": dial.caller.number,
        "name": dial.caller.name,
        "asserted": dial.caller.asserted_identity,
        "diversion": dial.caller.diversion,
        "presentation": Presentation.Name(dial.caller.presentation).removeprefix("PRESENTATION_"),
        "options": dial.dial_options,
        "timeout": dial.ring_timeout_s,
        "provider": dial.provider,
        "tier": Tier.Name(dial.tier).removeprefix("TIER_").replace("UNSPECIFIED", ""),
        "sent": dial.sent_number,
        "via": dial.via_server,
        "carried": dial.carried_route_id,
        "longest": dial.longest_duration_s,
    }


def facts_of_step(expected: Step) -> dict[str, Any]:
    """The expected answer in the same words."""
    route = expected.route
    if route is None:
        return {"reason": expected.reason, "cause": expected.cause, "sip": expected.sip}
    if route.location is not None:
        return {"location": route.location}
    same = "route_id dial_string number name asserted diversion presentation options tier sent via"
    to_server = route.route_id[:1] == "s" and route.route_id[1:].isdigit()
    return {
        **{name: getattr(route, name) for name in same.split()},
        "timeout": expected.timeout,
        "provider": route.provider.providername if route.provider else "",
        "carried": route.route_id if route.via and not to_server else "",
        "longest": 0,
    }


def dial_string_fault(reply: BuildDialStringResponse) -> str:
    """What breaks the contract's alphabets whatever was asked; empty: nothing."""
    strings = [item.dial_string for item in reply.trace.candidates if item.dial_string]
    if reply.WhichOneof("answer") == "dial":
        strings.append(reply.dial.dial_string)
        caller = reply.dial.caller
        for text in (caller.number, caller.asserted_identity, caller.diversion):
            if PRESENTED.fullmatch(text) is None:
                return f"presented number {text!r}"
        if ROUTE_ID.fullmatch(reply.dial.route_id) is None:
            return f"route id {reply.dial.route_id!r}"
    wrong = [text for text in strings if DIAL_STRING.fullmatch(text) is None or MARK in text]
    return f"dial string {wrong[0]!r}" if wrong else ""
