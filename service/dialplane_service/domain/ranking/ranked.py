"""Puts priced runners in the order in which they are tried, no further than somebody asks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from dialplane_service.domain.ranking.offers import Quote
from dialplane_service.domain.ranking.plan import LeastCost, Priority, Quality, Strategy, ratio
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.quotes import Quotes
from dialplane_service.domain.ranking.share import waiting_time

Group = list[int]
"""Runners' places in the field that no strategy so far has told apart, in the order of ties."""


def _any(place: int) -> bool:  # noqa: ARG001
    return True


def ranked(
    quotes: Quotes, figures: QualityFigures, usable: Callable[[int], bool] = _any
) -> Iterator[int]:
    """The eligible runners' places in the order in which they are tried.

    Each strategy of the plan decides between those that the ones before it left equal; what they all
    leave equal goes by weight, the higher first, then by provider id. Time grows as that of sorting.

    ``usable``: whether a runner can carry the leg at all. One that cannot is left out as if it had been
    refused before. It is asked of no more runners than the answer so far depends on, always the same.
    """
    group = list(range(len(quotes.field.runners)))
    if quotes.refusals:
        group = [place for place in group if place not in quotes.refusals]
    return _Order(quotes, figures, usable).of(group, quotes.field.plan.strategies)


def all_quotes(quotes: Quotes, order: Iterable[int]) -> Iterator[Quote]:
    """Everybody: those in order, then the eligible without a price, then those refused by provider id."""
    for place in order:
        yield quotes.quote(place)
    field, why = quotes.field, quotes.unpriced_refusals
    for bidder in field.unpriced:
        if bidder.provider_id not in why:
            yield Quote(bidder, None)
    refused = [quotes.quote(place) for place in quotes.refusals]
    refused += (
        Quote(bidder, why[bidder.provider_id])
        for bidder in field.unpriced
        if bidder.provider_id in why
    )
    refused += field.refused
    yield from sorted(refused, key=lambda quote: quote.bidder.provider_id)


@dataclass(frozen=True, slots=True)
class _Order:
    """What the strategies of one plan make of one leg's quotes."""

    quotes: Quotes
    figures: QualityFigures
    usable: Callable[[int], bool]

    def of(self, group: Group, strategies: tuple[Strategy, ...]) -> Iterator[int]:
        """The usable places of a group in order."""
        if len(group) < 2 or not strategies:
            return filter(self.usable, group)
        first, rest = strategies[0], strategies[1:]
        if isinstance(first, LeastCost) and first.within_percent:
            return self._each(self._nearly_equal(first, group), rest)
        value = self._value(first)
        # Sorting is stable, so equals stay in the order of ties.
        if not rest:
            return filter(self.usable, sorted(group, key=value))
        equals = (list(same) for _, same in groupby(sorted(group, key=value), key=value))
        return self._each(equals, rest)

    def _each(self, groups: Iterable[Group], strategies: tuple[Strategy, ...]) -> Iterator[int]:
        for group in groups:
            yield from self.of(group, strategies)

    def _nearly_equal(self, strategy: LeastCost, group: Group) -> Iterator[Group]:
        """Groups of nearly equal cost, each back in the order of ties.

        How dear the cheapest is decides who is near it, so only usable ones count.
        """
        more, parts = ratio(strategy.within_percent)
        costs = self.quotes.costs
        near: Group = []
        limit = 0
        for place in filter(self.usable, sorted(group, key=costs.__getitem__)):
            if near and costs[place] * parts > limit:
                yield sorted(near)
                near = []
            if not near:
                limit = costs[place] * (parts + more)
            near.append(place)
        if near:
            yield sorted(near)

    def _value(self, strategy: Strategy) -> Callable[[int], int]:
        """What a strategy sorts a place by, the less the earlier."""
        if isinstance(strategy, LeastCost):
            return self.quotes.costs.__getitem__
        runners, leg = self.quotes.field.runners, self.quotes.leg
        if isinstance(strategy, Priority):
            return lambda place: runners[place].priority
        if isinstance(strategy, Quality):
            figures = self.figures
            return lambda place: figures.penalty(strategy, runners[place].provider_id, leg.digits)
        return self._lots()

    def _lots(self) -> Callable[[int], int]:
        runners, weights = self.quotes.field.runners, self.quotes.field.weights
        call_id = self.quotes.leg.call_id
        kept: dict[int, int] = {}

        def lot(place: int) -> int:
            if place not in kept:
                kept[place] = waiting_time(call_id, runners[place].provider_id, weights[place])
            return kept[place]

        return lot
