"""Puts priced runners in the order in which they are tried."""

from collections.abc import Callable
from itertools import groupby

from dialplane_service.domain.ranking.offers import Leg, Quote
from dialplane_service.domain.ranking.plan import LeastCost, Priority, Quality, Strategy, ratio
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.quotes import Quotes
from dialplane_service.domain.ranking.share import waiting_time

Group = list[int]
"""Runners' places in the field that no strategy so far has told apart, in the order of ties."""


def ranked(quotes: Quotes, figures: QualityFigures) -> list[int]:
    """The eligible runners' places in the order in which they are tried.

    Each strategy of the plan decides between those that the ones before it left equal; what they all
    leave equal goes by weight, the higher first, then by provider id. Time grows as that of sorting.
    """
    places = range(len(quotes.field.runners))
    groups = [[place for place in places if place not in quotes.refusals]]
    *before, last = quotes.field.plan.strategies
    for strategy in before:
        groups = [
            part
            for group in groups
            for part in (_parted(strategy, group, quotes, figures) if len(group) > 1 else (group,))
        ]
    return [place for group in groups for place in _ordered(last, group, quotes, figures)]


def all_quotes(quotes: Quotes, order: list[int]) -> list[Quote]:
    """Everybody: those in order, then the eligible without a price, then those refused by provider id."""
    field = quotes.field
    unpriced = [
        Quote(bidder, quotes.unpriced_refusals.get(bidder.provider_id)) for bidder in field.unpriced
    ]
    refused = [quotes.quote(place) for place in quotes.refusals]
    refused += [quote for quote in unpriced if quote.refusal is not None]
    refused += field.refused
    refused.sort(key=lambda quote: quote.bidder.provider_id)
    eligible = [quotes.quote(place) for place in order]
    return [*eligible, *(quote for quote in unpriced if quote.refusal is None), *refused]


def _parted(
    strategy: Strategy, group: Group, quotes: Quotes, figures: QualityFigures
) -> list[Group]:
    if isinstance(strategy, LeastCost) and strategy.within_percent:
        return _within(strategy, group, quotes.costs)
    value = _value(strategy, quotes, figures)
    # Sorting is stable, so equals stay in the order of ties.
    return [list(equals) for _, equals in groupby(sorted(group, key=value), key=value)]


def _ordered(strategy: Strategy, group: Group, quotes: Quotes, figures: QualityFigures) -> Group:
    """What the parts of the last strategy come to, without making them."""
    if isinstance(strategy, LeastCost) and strategy.within_percent:
        return [place for part in _parted(strategy, group, quotes, figures) for place in part]
    return sorted(group, key=_value(strategy, quotes, figures))


def _value(strategy: Strategy, quotes: Quotes, figures: QualityFigures) -> Callable[[int], int]:
    """What a strategy sorts a place by, the less the earlier."""
    if isinstance(strategy, LeastCost):
        return quotes.costs.__getitem__
    runners, leg = quotes.field.runners, quotes.leg
    if isinstance(strategy, Priority):
        return lambda place: runners[place].priority
    if isinstance(strategy, Quality):
        return lambda place: figures.penalty(strategy, runners[place].provider_id, leg.digits)
    return _lots(quotes, leg)


def _lots(quotes: Quotes, leg: Leg) -> Callable[[int], int]:
    runners, weights = quotes.field.runners, quotes.field.weights
    kept: dict[int, int] = {}

    def lot(place: int) -> int:
        if place not in kept:
            kept[place] = waiting_time(leg.call_id, runners[place].provider_id, weights[place])
        return kept[place]

    return lot


def _within(strategy: LeastCost, group: Group, costs: list[int]) -> list[Group]:
    """Groups of nearly equal cost, each back in the order of ties."""
    more, parts = ratio(strategy.within_percent)
    groups: list[Group] = []
    limit = 0
    for place in sorted(group, key=costs.__getitem__):
        if not groups or costs[place] * parts > limit:
            groups.append([])
            limit = costs[place] * (parts + more)
        groups[-1].append(place)
    return [sorted(near) for near in groups]
