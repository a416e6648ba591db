"""How a decision came about."""

from collections.abc import Iterable

from dialplane.routing.v1 import trace_pb2
from dialplane_service.domain.trace import Candidate, Step
from dialplane_service.rpc.conversion.words import DROP_REASON, TIER


def to_trace_message(
    steps: Iterable[Step] = (), candidates: Iterable[Candidate] = ()
) -> trace_pb2.Trace:
    """Convert a trace."""
    return trace_pb2.Trace(
        steps=[
            trace_pb2.Step(rule=step.rule, finding=step.finding, row=step.row) for step in steps
        ],
        candidates=[_to_candidate_message(candidate) for candidate in candidates],
    )


def _to_candidate_message(candidate: Candidate) -> trace_pb2.Candidate:
    return trace_pb2.Candidate(
        route_id=candidate.route_id,
        provider=candidate.provider,
        tier=TIER.wire(candidate.tier),
        dial_string=candidate.dial_string,
        rank=candidate.rank,
        drop_reason=DROP_REASON.wire(candidate.drop_reason),
        detail=candidate.detail,
        row=candidate.row,
        caller_number=candidate.caller_number,
        priority=candidate.priority,
    )
