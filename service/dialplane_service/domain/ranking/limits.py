"""The most that a route may cost, as the plan says."""

from dataclasses import dataclass

from dialplane_service.domain.ranking.plan import RoutingPlan, ratio
from dialplane_service.domain.rates.amounts import EXCHANGE_SCALE, PRICE_SCALE


@dataclass(frozen=True, slots=True)
class Bound:
    """A highest amount as a ratio of whole numbers; ``why``: the sentence when one is above it."""

    numerator: int
    denominator: int
    why: str

    def exceeded_by(self, amount: int) -> bool:
        """Whether an amount is above it."""
        return amount * self.denominator > self.numerator


def highest_price(plan: RoutingPlan, base: str) -> Bound | None:
    """The bound on a minute's price, in price units times exchange units."""
    highest = plan.highest_price_per_minute
    if highest is None:
        return None
    numerator, denominator = highest.as_integer_ratio()
    why = f"a minute may cost {highest} {base} at most"
    return Bound(numerator * PRICE_SCALE * EXCHANGE_SCALE, denominator, why)


def highest_cost(plan: RoutingPlan, sale: int | None) -> Bound | None:
    """The bound on the call's cost in base cost units; ``sale``: what the account is expected to pay for it.

    Without a selling price no margin can be shown, so a plan that demands one lets nothing pass.
    """
    demanded = plan.minimum_margin_percent
    if demanded is None:
        return None
    if sale is None:
        return Bound(-1, 1, "the account's tariff has no price to take the plan's margin from")
    numerator, denominator = ratio(demanded)
    why = f"less than {demanded} % of what the account pays would be left"
    return Bound(sale * (denominator - numerator), denominator, why)
