"""``BuildDialString``: the request becomes a query, the answer the response."""

from dialplane.routing.v1.build_dial_string_pb2 import AttemptOutcome as AttemptOutcomeMessage
from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
    DialInstruction,
)
from dialplane.routing.v1.no_more_routes_pb2 import NoMoreRoutes as NoMoreRoutesMessage
from dialplane_service.domain.answers import Dial, DialAnswer, LocationTarget, NoMoreRoutes
from dialplane_service.domain.queries import AttemptOutcome, DialQuery
from dialplane_service.rpc.conversion.instants import to_instant
from dialplane_service.rpc.conversion.money import to_money_message
from dialplane_service.rpc.conversion.parties import (
    to_caller,
    to_number,
    to_presented_caller_message,
)
from dialplane_service.rpc.conversion.targets import to_location_message
from dialplane_service.rpc.conversion.trace import to_trace_message
from dialplane_service.rpc.conversion.words import DIAL_STATUS, NO_ROUTE_REASON, TIER


def to_dial_query(request: BuildDialStringRequest) -> DialQuery:
    """Convert a valid request."""
    return DialQuery(
        call_id=request.call_id,
        decided_at=to_instant(request.decided_at),
        server=request.server,
        account=request.account,
        called=to_number(request.called),
        target_ids=tuple(request.target_ids),
        caller=to_caller(request.caller),
        tier=TIER.word(request.tier),
        attempt=request.attempt,
        tried_route_ids=tuple(request.tried_route_ids),
        last_outcome=(
            _to_outcome(request.last_outcome) if request.HasField("last_outcome") else None
        ),
        ringing_spent_ms=request.ringing_spent_ms,
        endpoint=request.endpoint,
        simulate=request.simulate,
        explain=request.explain,
        calling_unique_id=request.channel.unique_id,
    )


def to_build_dial_string_response(answer: DialAnswer, *, explain: bool) -> BuildDialStringResponse:
    """Convert the answer; with ``explain`` the trace is filled."""
    response = BuildDialStringResponse(data_version=answer.data_version)
    match answer.answer:
        case Dial() as dial:
            response.dial.CopyFrom(_to_instruction(dial))
        case LocationTarget() as location:
            response.location.CopyFrom(to_location_message(location))
        case NoMoreRoutes() as end:
            response.no_more_routes.CopyFrom(_to_end(end))
    if explain:
        response.trace.CopyFrom(to_trace_message((), answer.candidates, answer.basis))
    return response


def _to_outcome(message: AttemptOutcomeMessage) -> AttemptOutcome:
    return AttemptOutcome(
        dial_status=DIAL_STATUS.word(message.dial_status),
        q850_cause=message.q850_cause or None,
        sip_status=message.sip_status or None,
    )


def _to_instruction(dial: Dial) -> DialInstruction:
    return DialInstruction(
        dial_string=dial.dial_string,
        route_id=dial.route_id,
        caller=to_presented_caller_message(dial.caller),
        dial_options=dial.dial_options,
        ring_timeout_s=dial.ring_timeout_s,
        longest_duration_s=dial.longest_duration_s,
        provider=dial.provider,
        tier=TIER.wire(dial.tier),
        sent_number=dial.sent_number,
        via_server=dial.via_server,
        carried_route_id=dial.carried_route_id,
        rate_id=dial.rate_id,
        price_per_minute=to_money_message(dial.price_per_minute),
    )


def _to_end(end: NoMoreRoutes) -> NoMoreRoutesMessage:
    return NoMoreRoutesMessage(
        reason=NO_ROUTE_REASON.wire(end.reason),
        q850_cause=end.q850_cause,
        sip_status=end.sip_status,
        detail=end.detail,
    )
