"""A routing plan: what an account demands of its routes, and how those that are left are ranked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from dialplane_service.domain.kinds import CallerIdFallback, Tier

DEFAULT_DURATION_S: Final = 180
"""The expected duration of a call where neither the plan nor the destination says otherwise."""
DEFAULT_WEIGHT: Final = 1
"""The weight of a provider that the plan gives none."""


@dataclass(frozen=True, slots=True)
class LeastCost:
    """The cheapest first, by the expected cost of the whole call.

    Routes within ``within_percent`` of the cheapest are equals, then those within it of the cheapest
    that is left, and so on; what follows in the plan decides between equals.
    """

    within_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quality:
    """The best measured first, by how far a provider falls short of the plan's targets.

    Targets: ``asr_percent`` answered of all attempts, ``acd_s`` mean seconds of talk, ``pdd_ms`` mean
    milliseconds until ringing; unset: not looked at. A figure of fewer than ``minimum_sample``
    attempts counts for nothing.
    """

    minimum_sample: int = 100
    asr_percent: Decimal | None = None
    acd_s: int | None = None
    pdd_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """The provider's configured priority, the lower the earlier."""


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """By lot, in proportion to the plan's weights: 1 and 2 give a third and two thirds of first places.

    The lot is drawn from ``call_id``, so every replica and every attempt draws the same. Weight 0
    comes after all others.
    """


Strategy = LeastCost | Quality | Priority | WeightedShare


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """A plan (table ``routing_plans``). The default: the cheapest first, nothing demanded.

    ``minimum_margin_percent``: what must be left of the account's expected price of the call; negative
    is the loss that is allowed. ``highest_price_per_minute``: in the base currency.
    ``allowed_tiers`` unset: all. ``prices_required``: a provider without any rate deck is not used.
    ``caller_id_fallback``: what becomes of a route over which the caller ID may not be shown.
    """

    id: int = 0
    planname: str = ""
    strategies: tuple[Strategy, ...] = (LeastCost(),)
    expected_duration_s: int = DEFAULT_DURATION_S
    minimum_margin_percent: Decimal | None = None
    highest_price_per_minute: Decimal | None = None
    allowed_tiers: frozenset[Tier] | None = None
    prices_required: bool = False
    caller_id_fallback: CallerIdFallback = CallerIdFallback.DROP
    weights: Mapping[int, int] = field(default_factory=dict)

    @property
    def demands_prices(self) -> bool:
        """Whether a route of unknown price cannot meet the plan."""
        return (
            self.prices_required
            or self.minimum_margin_percent is not None
            or self.highest_price_per_minute is not None
        )

    @property
    def order_depends_on_who_is_left(self) -> bool:
        """Whether a provider that drops out may change the order of the others."""
        return any(
            isinstance(strategy, LeastCost) and strategy.within_percent
            for strategy in self.strategies
        )

    def weight(self, provider_id: int) -> int:
        """A provider's weight."""
        return self.weights.get(provider_id, DEFAULT_WEIGHT)


def ratio(percent: Decimal) -> tuple[int, int]:
    """A percentage as numerator and denominator, exactly."""
    exact = Fraction(percent) / 100
    return exact.numerator, exact.denominator
