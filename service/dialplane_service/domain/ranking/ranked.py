"""Puts priced bidders in the order in which they are tried."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dialplane_service.domain.ranking.offers import Quote
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    RoutingPlan,
    Strategy,
    ratio,
)
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.share import waiting_time

Key = tuple[int, ...]
_Keys = list[Key]


class Seen(NamedTuple):
    """What ranking looks at besides the prices."""

    call_id: str
    digits: str
    quality: QualityFigures


def ranked(quotes: Sequence[Quote], plan: RoutingPlan, seen: Seen) -> list[Quote]:
    """The eligible quotes in the order in which they are tried.

    Each strategy of the plan decides between those that the ones before it left equal; what they all
    leave equal goes by weight, the higher first, then by provider id. Quotes without a price come after
    all others, by priority, then the same. Time grows as that of sorting.
    """
    priced = [quote for quote in quotes if quote.refusal is None and quote.cost is not None]
    unpriced = [quote for quote in quotes if quote.refusal is None and quote.cost is None]
    return _in_order(priced, plan.strategies, plan, seen) + _in_order(
        unpriced, (Priority(),), plan, seen
    )


def _in_order(
    quotes: list[Quote], strategies: tuple[Strategy, ...], plan: RoutingPlan, seen: Seen
) -> list[Quote]:
    keys: _Keys = [()] * len(quotes)
    for strategy in strategies:
        if len(set(keys)) == len(quotes):
            break
        keys = _refined(strategy, quotes, keys, plan, seen)
    keys = [
        (*key, -plan.weight(quote.bidder.provider_id), quote.bidder.provider_id)
        for key, quote in zip(keys, quotes, strict=True)
    ]
    return [quote for _, quote in sorted(zip(keys, quotes, strict=True), key=_first)]


def _first(pair: tuple[Key, Quote]) -> Key:
    return pair[0]


def _refined(
    strategy: Strategy, quotes: list[Quote], keys: _Keys, plan: RoutingPlan, seen: Seen
) -> _Keys:
    if isinstance(strategy, LeastCost) and strategy.within_percent:
        return _within(strategy, quotes, keys)
    value = _value(strategy, plan, seen)
    return [(*key, *value(quote)) for key, quote in zip(keys, quotes, strict=True)]


def _value(strategy: Strategy, plan: RoutingPlan, seen: Seen) -> Callable[[Quote], Key]:
    """What a strategy sorts a quote by."""
    if isinstance(strategy, LeastCost):
        return lambda quote: (quote.cost or 0,)
    if isinstance(strategy, Priority):
        return lambda quote: (quote.bidder.priority,)
    if isinstance(strategy, Quality):
        penalty = seen.quality.penalty
        return lambda quote: (penalty(strategy, quote.bidder.provider_id, seen.digits),)

    def lot(quote: Quote) -> Key:
        weight = plan.weight(quote.bidder.provider_id)
        if weight < 1:
            return (1, 0)
        return (0, waiting_time(seen.call_id, quote.bidder.provider_id, weight))

    return lot


def _within(strategy: LeastCost, quotes: list[Quote], keys: _Keys) -> _Keys:
    """Number the groups of nearly equal cost, among those that were equal so far."""
    more, parts = ratio(strategy.within_percent)
    order = sorted(range(len(quotes)), key=lambda at: (keys[at], quotes[at].cost or 0))
    numbered = list(keys)
    before: Key | None = None
    group = limit = 0
    for at in order:
        cost = quotes[at].cost or 0
        if keys[at] != before:
            before, group, limit = keys[at], 0, cost * (parts + more)
        elif cost * parts > limit:
            group, limit = group + 1, cost * (parts + more)
        numbered[at] = (*keys[at], group)
    return numbered
