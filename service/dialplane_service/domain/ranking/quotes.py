"""What each runner of a field would charge for a leg, or why it may not carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final

import numpy as np

from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.limits import highest_cost, highest_price
from dialplane_service.domain.ranking.offers import Leg, Prices, Quote, Sale
from dialplane_service.domain.rates.columns import Matches, costs
from dialplane_service.domain.rates.cost import cost, dearest_minute
from dialplane_service.domain.rates.exchange import ExchangeRates
from dialplane_service.domain.rates.records import NO_STEPS, Rate, RateStep
from dialplane_service.domain.trace import DropReason, Refusal

_NO_STEPS: Final[tuple[RateStep, ...]] = ()
_Refusals = dict[int, Refusal]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The runners' prices by their places in the field. ``costs`` in base cost units, 0 where unknown.

    ``refusals``: by place, why a runner is not eligible. ``unpriced_refusals``: the same by provider id
    for those without a price.
    """

    leg: Leg
    field: Field
    matches: Matches
    exchange: Mapping[str, int | None]
    costs: list[int]
    refusals: Mapping[int, Refusal]
    unpriced_refusals: Mapping[int, Refusal]

    def quote(self, place: int) -> Quote:
        """One runner's price, with where it came from."""
        deck, refusal = self.field.decks[place], self.refusals.get(place)
        exchange, rate = self.exchange[deck.currency], self.matches.rate(place)
        known = exchange is not None and rate is not None and not rate.blocked
        amount = self.costs[place] if known else None
        return Quote(self.field.runners[place], refusal, amount, exchange, deck, rate)

    def sale(self) -> Sale | None:
        """What the account pays; ``None``: it has no tariff, or that has no price for the number."""
        rate = self.matches.rate(len(self.field.runners)) if self.field.sold else None
        if rate is None or rate.blocked:
            return None
        deck = self.field.decks[-1]
        exchange = self.exchange[deck.currency]
        return Sale(deck, rate, None if exchange is None else self.costs[-1], exchange)


def price(
    leg: Leg,
    field: Field,
    prices: Prices,
    exchange: ExchangeRates,
    without: Mapping[int, Refusal] | None = None,
) -> Quotes:
    """Price the runners. ``without``: by provider id, who may not carry this one leg, and why.

    Of several reasons against one the first of these is told: its own; TIER_NOT_ALLOWED; NO_RATE_DECK;
    then what ``without`` says; PREFIX_BLOCKED by the selling tariff; NO_RATE or OUTSIDE_HOURS;
    PREFIX_BLOCKED by its own deck; NO_EXCHANGE_RATE; PRICE_TOO_HIGH; MARGIN_TOO_LOW.
    """
    matches = prices.matches(leg.digits, leg.decided_at, field.deck_ids)
    worth = {currency: exchange.at(currency, leg.decided_at) for currency in field.currencies}
    in_base = _in_base(leg, field, matches, prices, worth)
    refusals: _Refusals = {}
    unpriced: _Refusals = {}
    if without:
        unpriced = dict(without)
        for place, bidder in enumerate(field.runners):
            if bidder.provider_id in without:
                refusals[place] = without[bidder.provider_id]
    blocked = _sale_blocked(leg, field, matches)
    if blocked is not None:
        every = {place: refusals.get(place, blocked) for place in range(len(field.runners))}
        unpriced = {
            bidder.provider_id: unpriced.get(bidder.provider_id, blocked)
            for bidder in field.unpriced
        }
        return Quotes(leg, field, matches, worth, in_base, every, unpriced)
    _refuse_unmatched(leg, field, matches, worth, refusals)
    _refuse_too_dear(field, matches, prices, exchange.base, worth, refusals)
    _refuse_without_margin(field, matches, worth, in_base, refusals)
    return Quotes(leg, field, matches, worth, in_base, refusals, unpriced)


def steps_of(prices: Prices, rate: Rate) -> Sequence[RateStep]:
    """A rate's later steps."""
    return _NO_STEPS if rate.steps_id == NO_STEPS else prices.steps(rate.steps_id)


def _in_base(
    leg: Leg, field: Field, matches: Matches, prices: Prices, worth: Mapping[str, int | None]
) -> list[int]:
    """Every deck's cost of the call, the selling deck's last; in base cost units, 0 where unknown."""
    own = costs(matches, leg.seconds)
    if np.count_nonzero(matches.rates["steps_id"]):
        for place in matches.rates["steps_id"].nonzero()[0].tolist():
            rate = matches.rate(place)
            if rate is not None:
                own[place] = cost(rate, steps_of(prices, rate), leg.seconds)
    known = {currency: rate or 0 for currency, rate in worth.items()}
    return list(map(mul, own, map(known.__getitem__, field.currency_by_place)))


def _sale_blocked(leg: Leg, field: Field, matches: Matches) -> Refusal | None:
    rate = matches.rate(len(field.runners)) if field.sold else None
    if rate is None or not rate.blocked:
        return None
    prefix = leg.digits[: rate.prefix_length]
    return DropReason.PREFIX_BLOCKED, f"the account's tariff blocks {prefix}…"


def _refuse_unmatched(
    leg: Leg,
    field: Field,
    matches: Matches,
    worth: Mapping[str, int | None],
    refusals: _Refusals,
) -> None:
    runners = len(field.runners)
    for place, reason in matches.missing.items():
        if place < runners:
            refusals.setdefault(place, field.unmatched[reason][place])
    if np.count_nonzero(matches.rates["blocked"]):
        for place in matches.rates["blocked"].nonzero()[0].tolist():
            if place < runners:
                prefix = leg.digits[: int(matches.rates["prefix_length"][place])]
                detail = f"{field.decks[place].deckname} blocks {prefix}…"
                refusals.setdefault(place, (DropReason.PREFIX_BLOCKED, detail))
    if None in worth.values():
        for place, deck in enumerate(field.decks[:runners]):
            if worth[deck.currency] is None:
                detail = f"{deck.currency} has no exchange rate at this time"
                refusals.setdefault(place, (DropReason.NO_EXCHANGE_RATE, detail))


def _refuse_too_dear(
    field: Field,
    matches: Matches,
    prices: Prices,
    base: str,
    worth: Mapping[str, int | None],
    refusals: _Refusals,
) -> None:
    bound = highest_price(field.plan, base)
    if bound is None:
        return
    for place, deck in enumerate(field.decks[: len(field.runners)]):
        rate = None if place in refusals else matches.rate(place)
        if rate is not None:
            minute = dearest_minute(rate, steps_of(prices, rate)) * (worth[deck.currency] or 0)
            if bound.exceeded_by(minute):
                refusals[place] = (DropReason.PRICE_TOO_HIGH, bound.why)


def _refuse_without_margin(
    field: Field,
    matches: Matches,
    worth: Mapping[str, int | None],
    in_base: list[int],
    refusals: _Refusals,
) -> None:
    sale: int | None = None
    runners = len(field.runners)
    if (
        field.sold
        and runners not in matches.missing
        and worth[field.decks[-1].currency] is not None
    ):
        sale = in_base[-1]
    bound = highest_cost(field.plan, sale)
    if bound is None:
        return
    for place, amount in enumerate(in_base[:runners]):
        if place not in refusals and bound.exceeded_by(amount):
            refusals[place] = (DropReason.MARGIN_TOO_LOW, bound.why)
