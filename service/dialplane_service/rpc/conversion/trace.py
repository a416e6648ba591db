"""How a decision came about."""

from collections.abc import Iterable
from typing import Any

from dialplane.routing.v1 import trace_pb2
from dialplane_service.domain.trace import Basis, Candidate, RatePrice, Step
from dialplane_service.rpc.conversion.money import amount_message
from dialplane_service.rpc.conversion.words import DROP_REASON, TIER


def to_trace_message(
    steps: Iterable[Step] = (), candidates: Iterable[Candidate] = (), basis: Basis | None = None
) -> trace_pb2.Trace:
    """Convert a trace; candidates that were priced come with the basis of their prices."""
    base = basis.base_currency if basis is not None else ""
    return trace_pb2.Trace(
        steps=[
            trace_pb2.Step(rule=step.rule, finding=step.finding, row=step.row) for step in steps
        ],
        candidates=[_to_candidate_message(candidate, base) for candidate in candidates],
        basis=None if basis is None else _to_basis_message(basis),
    )


def to_rate_price_message(price: RatePrice, base: str = "") -> trace_pb2.RatePrice:
    """Convert what a deck says of a number; ``base``: the base currency, where anything is converted."""
    return trace_pb2.RatePrice(**_price_fields(price, base))


def _price_fields(price: RatePrice, base: str) -> dict[str, Any]:
    """What ``RatePrice`` and ``Candidate`` say alike, by the names that both give it."""
    return {
        "rate_deck": price.deck,
        "rate_row": f"rates#{price.rate_id}" if price.rate_id else "",
        "matched_prefix": price.prefix,
        "destination": price.destination,
        "price_per_minute": amount_message(price.currency, price.price_per_minute),
        "connect_fee": amount_message(price.currency, price.connect_fee),
        "first_increment_s": price.first_increment_s,
        "next_increment_s": price.next_increment_s,
        "minimum_s": price.minimum_s,
        "converted_price_per_minute": amount_message(base, price.converted_price_per_minute),
        "expected_cost": amount_message(base, price.expected_cost),
    }


def _to_basis_message(basis: Basis) -> trace_pb2.Basis:
    return trace_pb2.Basis(
        routing_plan=basis.planname,
        strategies=basis.strategies,
        demands=basis.demands,
        expected_duration_s=basis.expected_duration_s,
        base_currency=basis.base_currency,
        rate_table_version=basis.rate_table_version,
        own_prices=[
            trace_pb2.OwnPrice(
                number=own.number, price=to_rate_price_message(own.price, basis.base_currency)
            )
            for own in basis.own_prices
        ],
    )


def _to_candidate_message(candidate: Candidate, base: str) -> trace_pb2.Candidate:
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
        expected_margin=amount_message(base, candidate.expected_margin),
        **({} if candidate.price is None else _price_fields(candidate.price, base)),
    )
