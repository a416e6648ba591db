"""A routing plan in words, for whoever asks why a route was chosen."""

from decimal import Decimal

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Quality,
    RoutingPlan,
    Strategy,
    WeightedShare,
)


def strategies_in_words(plan: RoutingPlan) -> tuple[str, ...]:
    """The strategies, in order."""
    return tuple(map(_strategy, plan.strategies))


def demands_in_words(plan: RoutingPlan, base: str) -> tuple[str, ...]:
    """What routes must meet; prices are in the ``base`` currency."""
    demands = []
    if plan.allowed_tiers is not None:
        allowed = ", ".join(tier for tier in Tier if tier in plan.allowed_tiers)
        demands.append(f"tiers {allowed} only")
    if plan.minimum_margin_percent is not None:
        demands.append(f"a margin of {_plain(plan.minimum_margin_percent)} % at least")
    if plan.highest_price_per_minute is not None:
        demands.append(f"{_plain(plan.highest_price_per_minute)} {base} a minute at most")
    if plan.prices_required:
        demands.append("no provider without prices")
    return tuple(demands)


def _plain(number: Decimal) -> str:
    """Without zeros that say nothing."""
    return f"{number.normalize():f}"


def _strategy(strategy: Strategy) -> str:
    if isinstance(strategy, LeastCost):
        within = strategy.within_percent
        return f"least cost within {_plain(within)} %" if within else "least cost"
    if isinstance(strategy, Quality):
        return f"quality ({', '.join(_targets(strategy))})"
    return "weighted share" if isinstance(strategy, WeightedShare) else "priority"


def _targets(strategy: Quality) -> list[str]:
    targets = []
    if strategy.asr_percent is not None:
        targets.append(f"ASR {_plain(strategy.asr_percent)} %")
    if strategy.acd_s is not None:
        targets.append(f"ACD {strategy.acd_s} s")
    if strategy.pdd_ms is not None:
        targets.append(f"PDD {strategy.pdd_ms} ms")
    return [*targets, f"from {strategy.minimum_sample} attempts on"]
