"""Records that the file of decision data keeps in another form: MessagePack has no union and no large number."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from dialplane_service.domain.kinds import CallerIdFallback, Tier
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.plan_text import read_strategies, write_strategies
from dialplane_service.domain.rates.records import ExchangeRate


class _Plan(msgspec.Struct, frozen=True):
    """A routing plan; its strategies as they are written in SQL."""

    id: int
    planname: str
    strategies: str
    expected_duration_s: int
    minimum_margin_percent: Decimal | None
    highest_price_per_minute: Decimal | None
    allowed_tiers: frozenset[Tier] | None
    prices_required: bool
    caller_id_fallback: CallerIdFallback
    weights: dict[int, int]


class _Rate(msgspec.Struct, frozen=True):
    """An exchange rate; its units as digits, for they can be more than 64 bits."""

    currency: str
    valid_from: datetime
    rate: str


class Form(NamedTuple):
    """How a table's records are kept: as a tuple of what, and how there and back.

    ``back`` raises ``ValueError`` for what makes no record.
    """

    kept: Any
    there: Callable[[Any], Any]
    back: Callable[[Any], Any]


def _keep_plan(plan: RoutingPlan) -> _Plan:
    values = {field.name: getattr(plan, field.name) for field in fields(plan)}
    values["strategies"] = write_strategies(plan.strategies)
    return _Plan(**{**values, "weights": dict(plan.weights)})


def _plan(kept: _Plan) -> RoutingPlan:
    values = msgspec.structs.asdict(kept)
    return RoutingPlan(**{**values, "strategies": read_strategies(kept.strategies)})


def _keep_rate(rate: ExchangeRate) -> _Rate:
    return _Rate(rate.currency, rate.valid_from, str(rate.rate))


def _rate(kept: _Rate) -> ExchangeRate:
    return ExchangeRate(kept.currency, kept.valid_from, int(kept.rate))


FORMS: Final[dict[str, Form]] = {
    "routing_plans": Form(tuple[_Plan, ...], _keep_plan, _plan),
    "exchange_rates": Form(tuple[_Rate, ...], _keep_rate, _rate),
}
"""By the field of ``DecisionRows``; the others are kept as they are."""
