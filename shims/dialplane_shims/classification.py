"""What `incoming` and `make_a_route` have in common: ClassifyCall's reply, as channel variables."""

from dialplane.routing.v1.call_class_pb2 import CALL_CLASS_FORWARD, CallClass
from dialplane.routing.v1.caller_pb2 import Caller, Presentation
from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    ClassifyCallResponse,
    RecordingDecision,
)
from dialplane.routing.v1.refusal_pb2 import RefusalReason
from dialplane.routing.v1.tier_pb2 import Tier
from dialplane_shims import reply_checks as check
from dialplane_shims import variables as v
from dialplane_shims.answer import (
    REFUSED,
    TARGETS,
    Answer,
    LocalRefusal,
    NonsenseReplyError,
    next_location,
    refused,
)
from dialplane_shims.inputs import ALWAYS, Inputs, number_digits, number_to_text
from dialplane_shims.text import cut
from dialplane_shims.variables import Variable

RPC = "ClassifyCall"
REPLY = ClassifyCallResponse

READS = (
    *ALWAYS,
    v.EXTEN,
    v.IN_DIALLED,
    v.IN_ASSERTED_IDENTITY,
    v.IN_DIVERSION,
    v.IN_ATTESTATION,
    v.LEG_CREATED_AT,
    v.TRIED,
    v.ROUTE_ID,
    v.RINGING_SPENT_MS,
)


def base_request(inputs: Inputs) -> ClassifyCallRequest:
    """Return what a request says whatever its origin."""
    if not inputs.unique_id:
        raise LocalRefusal("NO_CHANNEL", 111, 400)
    return ClassifyCallRequest(
        server=inputs.server,
        channel=inputs.channel(),
        dialled=cut(inputs[v.IN_DIALLED] or inputs[v.EXTEN] or inputs.env("agi_extension"), 1024),
        caller=inputs.caller(),
    )


def answer(reply: ClassifyCallResponse, inputs: Inputs, caller: Caller) -> Answer:
    """Return the variables and the next location that the reply means."""
    known = _call(reply, inputs)
    outcome = reply.WhichOneof("outcome")
    if outcome == "refusal":
        reason = check.enum_name(RefusalReason, reply.refusal.reason, "REFUSAL_REASON_")
        check.within("the refusal's cause", reply.refusal.q850_cause, 1, 127)
        check.within("the refusal's SIP status", reply.refusal.sip_status, 400, 699)
        no = refused(REFUSED, reason, reply.refusal.q850_cause, reply.refusal.sip_status)
        return Answer(REFUSED, (*known, *no.values))
    if outcome != "targets":
        raise NonsenseReplyError("neither targets nor a refusal")
    targets = reply.targets.targets
    check.within("the number of targets", len(targets), 1, 10)
    ids = [check.identifier("a target id", target.target_id) for target in targets]
    servers = [target.server for target in targets if target.WhichOneof("kind") == "server"]
    called = number_to_text(check.number(reply.called))
    forwards = reply.call_class == CALL_CLASS_FORWARD
    fresh: list[tuple[Variable, str]] = []
    # A call that was forwarded or transferred starts its attempts anew.
    if inputs[v.TRIED] or inputs[v.ROUTE_ID] or inputs[v.RINGING_SPENT_MS]:
        fresh = [(v.TRIED, ""), (v.ROUTE_ID, ""), (v.RINGING_SPENT_MS, "0")]
    values = (
        *known,
        (v.REASON, ""),
        (v.CALLED, called),
        (v.TARGET_IDS, ",".join(ids)),
        (v.CALL_CLASS, check.enum_name(CallClass, reply.call_class, "CALL_CLASS_")),
        (v.TIER, check.enum_name(Tier, reply.tier, "TIER_")),
        (v.RECORDING, check.enum_name(RecordingDecision, reply.recording, "RECORDING_DECISION_")),
        (v.FORWARD_PATH, check.forward_path(servers[0].forward_path) if servers else ""),
        (v.ORIGINAL_NUMBER, caller.number),
        (v.ORIGINAL_NAME, caller.name),
        (v.ORIGINAL_PRESENTATION, Presentation.Name(caller.presentation).partition("_")[2]),
        *fresh,
        *next_location("redirect" if forwards else "make_a_call", number_digits(called) or "s", 1),
    )
    # A channel that was never classified has nothing to empty: each variable is a round trip.
    first = not inputs[v.CALL_ID]
    return Answer(TARGETS, tuple((name, value) for name, value in values if value or not first))


def _call(reply: ClassifyCallResponse, inputs: Inputs) -> tuple[tuple[Variable, str], ...]:
    """Return what identifies the call from here on, refused or not."""
    check.identifier("call_id", reply.call_id)
    if not reply.HasField("decided_at"):
        raise NonsenseReplyError("no decided_at")
    try:
        decided_at = reply.decided_at.ToJsonString()
    except ValueError as error:
        raise NonsenseReplyError("decided_at is no instant") from error
    created = ((v.LEG_CREATED_AT, inputs.now().ToJsonString()),)
    return (
        (v.CALL_ID, reply.call_id),
        (v.DECIDED_AT, decided_at),
        (v.ACCOUNT, check.label(reply.account)),
        (v.CALLING_UNIQUE_ID, inputs.unique_id),
        *(() if inputs[v.LEG_CREATED_AT] else created),
    )
