"""Script `incoming_dialer`: the next thing to dial, once per attempt."""

from collections.abc import Mapping

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
    DialInstruction,
    EarlyMediaPolicy,
)
from dialplane.routing.v1.caller_pb2 import Caller, Presentation, PresentedCaller
from dialplane.routing.v1.classify_call_pb2 import RecordingDecision
from dialplane.routing.v1.no_more_routes_pb2 import NoRouteReason
from dialplane.routing.v1.refusal_pb2 import RefusalReason
from dialplane.routing.v1.target_pb2 import LocationKind
from dialplane.routing.v1.tier_pb2 import TIER_UNSPECIFIED, Tier
from dialplane_shims import reply_checks as check
from dialplane_shims import variables as v
from dialplane_shims.answer import (
    DIAL,
    LOCATION,
    NO_MORE_ROUTES,
    Answer,
    LocalRefusal,
    NonsenseReplyError,
    next_location,
    refused,
)
from dialplane_shims.attempt import outcome, ringing_ms
from dialplane_shims.inputs import ALWAYS, Inputs, number_from_text
from dialplane_shims.text import clean_name, cut, id_or_empty, is_id, whole_number
from dialplane_shims.variables import Variable

RPC = "BuildDialString"
REPLY = BuildDialStringResponse

# The eleventh question is always answered with "attempts exhausted".
_LAST_QUESTION = 11


def reads(environment: Mapping[str, str]) -> tuple[Variable, ...]:  # noqa: ARG001
    """Return the variables that this step reads."""
    return (
        *ALWAYS,
        v.DECIDED_AT,
        v.ACCOUNT,
        v.CALLED,
        v.TARGET_IDS,
        v.TIER,
        v.ENDPOINT,
        v.ROUTE_ID,
        v.TRIED,
        v.RINGING_SPENT_MS,
        v.DIALLED_AT,
        v.DIALSTATUS,
        v.HANGUPCAUSE,
        v.HANGUPCAUSE_KEYS,
        v.DIALLED_MS,
        v.RING_MS,
        v.PROGRESS_MS,
        v.ORIGINAL_NUMBER,
        v.ORIGINAL_NAME,
        v.ORIGINAL_PRESENTATION,
        v.IN_ASSERTED_IDENTITY,
        v.IN_DIVERSION,
        v.IN_ATTESTATION,
    )


def reads_after(inputs: Inputs) -> tuple[Variable, ...]:
    """Return what is worth asking once the rest is known: the words of a Dial of one channel."""
    keys = inputs[v.HANGUPCAUSE_KEYS]
    return (v.TECH_CAUSE_OF_DIAL,) if keys and "," not in keys else ()


def request(inputs: Inputs) -> BuildDialStringRequest:
    """Return the question. Raises LocalRefusal if the call was never classified."""
    decided_at = inputs.instant(v.DECIDED_AT)
    targets = _ids(inputs[v.TARGET_IDS])
    if decided_at is None or not targets or not is_id(inputs[v.CALL_ID]):
        raise LocalRefusal("NOT_CLASSIFIED", 111, 500)
    tried = _tried(inputs)
    message = BuildDialStringRequest(
        call_id=inputs[v.CALL_ID],
        decided_at=decided_at,
        server=inputs.server,
        account=inputs[v.ACCOUNT],
        called=number_from_text(inputs[v.CALLED]),
        target_ids=targets,
        caller=_caller(inputs),
        tier=_tier(inputs[v.TIER]),
        attempt=min(len(tried) + 1, _LAST_QUESTION),
        tried_route_ids=tried,
        ringing_spent_ms=_ringing_spent_ms(inputs),
        endpoint=cut(inputs[v.ENDPOINT], 80),
        channel=inputs.channel(),
    )
    if tried:
        message.last_outcome.CopyFrom(outcome(inputs))
    return message


def answer(reply: BuildDialStringResponse, asked: BuildDialStringRequest, inputs: Inputs) -> Answer:
    """Return what the dialplan is told. Raises NonsenseReplyError."""
    so_far = (
        (v.TRIED, ",".join(asked.tried_route_ids)),
        (v.RINGING_SPENT_MS, str(asked.ringing_spent_ms)),
    )
    what = reply.WhichOneof("answer")
    if what == "dial":
        attempt = check.within("an attempt to dial", asked.attempt, 1, 10)
        values = _dial(reply.dial, attempt, reply.data_version)
        now = (v.DIALLED_AT, inputs.now().ToJsonString())
        return Answer(DIAL, (*so_far, *values, now))
    if what == "location":
        place = check.location(reply.location)
        kind = check.enum_name(LocationKind, place.kind, "LOCATION_KIND_")
        where = next_location(place.context, place.extension, place.priority)
        return Answer(LOCATION, ((v.REASON, ""), (v.LOCATION_KIND, kind), *where))
    if what == "no_more_routes":
        end = reply.no_more_routes
        check.within("the cause", end.q850_cause, 1, 127)
        check.within("the SIP status", end.sip_status, 400, 699)
        reason = check.enum_name(NoRouteReason, end.reason, "NO_ROUTE_REASON_")
        return refused(NO_MORE_ROUTES, reason, end.q850_cause, end.sip_status)
    raise NonsenseReplyError("neither a dial string nor a location nor an end")


def _dial(dial: DialInstruction, attempt: int, data_version: int) -> list[tuple[Variable, str]]:
    route_id = check.identifier("route_id", dial.route_id)
    carried = dial.carried_route_id
    longest = check.within("longest_duration_s", dial.longest_duration_s, 0, 10**7)
    headers = [
        f"{check.header_name(header.name)}: {check.header_value(header.value)}"
        for header in dial.headers
    ]
    check.within("the number of headers", len(headers), 0, len(v.HEADERS))
    admission = check.enum_name(RefusalReason, dial.admission_reason, "REFUSAL_REASON_")
    return [
        (v.REASON, admission),
        (v.DIALSTRING, check.dial_string(dial.dial_string)),
        (v.DIAL_OPTIONS, check.dial_options(dial.dial_options)),
        (v.RING_TIMEOUT, str(check.within("ring_timeout_s", dial.ring_timeout_s, 1, 120))),
        (v.LONGEST_DURATION, str(longest) if longest else ""),
        *_presented(dial.caller),
        (v.PROVIDER, check.label(dial.provider)),
        (v.ROUTE_TIER, check.enum_name(Tier, dial.tier, "TIER_")),
        (v.SENT_NUMBER, check.sent_number(dial.sent_number)),
        (v.VIA_SERVER, check.label(dial.via_server)),
        (v.CARRIED_ROUTE_ID, check.identifier("carried_route_id", carried) if carried else ""),
        (v.RECORDING, check.enum_name(RecordingDecision, dial.recording, "RECORDING_DECISION_")),
        (v.EARLY_MEDIA, check.enum_name(EarlyMediaPolicy, dial.early_media, "EARLY_MEDIA_POLICY_")),
        (v.HEADER_COUNT, str(len(headers))),
        *zip(v.HEADERS, headers, strict=False),
        (v.DATA_VERSION, str(data_version)),
        (v.RATE_ID, str(dial.rate_id) if dial.rate_id else ""),
        (v.ROUTE_ID, route_id),
        (v.LOOP_COUNT, str(attempt)),
    ]


def _presented(caller: PresentedCaller) -> list[tuple[Variable, str]]:
    presentation = check.enum_name(Presentation, caller.presentation, "PRESENTATION_")
    shown = {"": "allowed_passed_screen", "ALLOWED": "allowed_passed_screen"}
    words = {**shown, "UNAVAILABLE": "unavailable"}
    return [
        (v.CALLER_NUMBER, check.presented_number(caller.number)),
        (v.CALLER_NAME, clean_name(caller.name)),
        (v.CALLER_PRESENTATION, words.get(presentation, "prohib_passed_screen")),
        (v.ASSERTED_IDENTITY, check.presented_number(caller.asserted_identity)),
        (v.DIVERSION, check.presented_number(caller.diversion)),
        # A presentation that this release does not know is not shown.
        (v.PRIVACY, "" if presentation in words else "id"),
    ]


def _tried(inputs: Inputs) -> list[str]:
    """Return the routes of all earlier attempts: those noted, and the one that was just dialled."""
    tried = _ids(inputs[v.TRIED])
    last = id_or_empty(inputs[v.ROUTE_ID])
    if last and tried[-1:] != [last]:
        tried.append(last)
    return tried[: _LAST_QUESTION - 1]


def _ids(text: str) -> list[str]:
    return [part for part in text.split(",") if is_id(part)]


def _ringing_spent_ms(inputs: Inputs) -> int:
    before = whole_number(inputs[v.RINGING_SPENT_MS], 2**31) or 0
    last = ringing_ms(inputs) if inputs[v.ROUTE_ID] else 0
    return min(before + last, 2**31)


def _tier(text: str) -> "Tier.ValueType":
    known = f"TIER_{text}" in Tier.keys()  # noqa: SIM118  # an enum, not a mapping
    return Tier.Value(f"TIER_{text}") if known else TIER_UNSPECIFIED


def _caller(inputs: Inputs) -> Caller:
    """Return the caller as received: the dialplan has presented another one since."""
    caller = inputs.caller()
    if original := inputs[v.ORIGINAL_PRESENTATION]:
        caller.number = cut(inputs[v.ORIGINAL_NUMBER], 256)
        caller.name = cut(inputs[v.ORIGINAL_NAME], 256)
        if f"PRESENTATION_{original}" in Presentation.keys():  # noqa: SIM118
            caller.presentation = Presentation.Value(f"PRESENTATION_{original}")
    return caller
