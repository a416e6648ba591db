"""What each provider would charge for a leg, or why it may not carry it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialplane_service.domain.ranking.offers import Bidder, Leg, Match, Prices, Quote
from dialplane_service.domain.ranking.plan import RoutingPlan, ratio
from dialplane_service.domain.rates.amounts import EXCHANGE_SCALE, PRICE_SCALE
from dialplane_service.domain.rates.cost import cost, dearest_minute
from dialplane_service.domain.rates.exchange import ExchangeRates
from dialplane_service.domain.rates.in_force import DecksInForce, Lineup
from dialplane_service.domain.rates.records import NO_STEPS, Deck, Rate, RateStep
from dialplane_service.domain.trace import DropReason, Refusal

_NO_STEPS: tuple[RateStep, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bound:
    """The most that a route may come to, as a ratio of whole numbers; ``why``: the sentence when it is more."""

    numerator: int
    denominator: int
    why: str


@dataclass(frozen=True, slots=True)
class _Pricing:
    """What the bidders of one leg have in common. ``exchange``: each currency's rate at ``decided_at``."""

    leg: Leg
    plan: RoutingPlan
    prices: Prices
    in_force: DecksInForce
    lineup: Lineup
    found: list[Match]
    exchange: dict[str, int | None]

    def steps(self, rate: Rate) -> Sequence[RateStep]:
        return _NO_STEPS if rate.steps_id == NO_STEPS else self.prices.steps(rate.steps_id)


def quotes(
    leg: Leg,
    bidders: Sequence[Bidder],
    plan: RoutingPlan,
    prices: Prices,
    exchange: ExchangeRates,
) -> list[Quote]:
    """Price every bidder, in the order given. Of several reasons against one, the first of these is told.

    Its own refusal; TIER_NOT_ALLOWED; PREFIX_BLOCKED by the selling tariff; NO_RATE_DECK; NO_RATE or
    OUTSIDE_HOURS; PREFIX_BLOCKED by its own deck; NO_EXCHANGE_RATE; PRICE_TOO_HIGH; MARGIN_TOO_LOW.

    A provider that never had a deck is eligible without a price, unless the plan demands prices.
    """
    if plan.allowed_tiers is not None and leg.tier not in plan.allowed_tiers:
        refusal = (DropReason.TIER_NOT_ALLOWED, f"the account may not use {leg.tier}")
        return [Quote(bidder, bidder.refusal or refusal) for bidder in bidders]
    in_force = prices.in_force(leg.decided_at)
    lineup = in_force.lineup(leg.tier, leg.tariff_id)
    found = prices.matches(leg.digits, leg.decided_at, lineup.deck_ids)
    currencies = {deck.currency for deck in lineup.decks}
    rates = {currency: exchange.at(currency, leg.decided_at) for currency in currencies}
    pricing = _Pricing(leg, plan, prices, in_force, lineup, found, rates)
    blocked = _sale_blocked(pricing)
    if blocked is not None:
        return [Quote(bidder, bidder.refusal or blocked) for bidder in bidders]
    highest, most = _highest_price(plan, exchange.base), _highest_cost(pricing)
    return [_quote(pricing, bidder, highest, most) for bidder in bidders]


def _quote(pricing: _Pricing, bidder: Bidder, highest: _Bound | None, most: _Bound | None) -> Quote:
    if bidder.refusal is not None:
        return Quote(bidder, bidder.refusal)
    position = pricing.lineup.position.get(bidder.provider_id)
    if position is None:
        return Quote(bidder, _no_deck(pricing, bidder))
    deck, rate = pricing.lineup.decks[position], pricing.found[position]
    if not isinstance(rate, tuple):
        return Quote(bidder, (rate, _no_rate(deck, rate)), deck=deck)
    exchange = pricing.exchange[deck.currency]
    if rate.blocked:
        detail = f"its deck blocks {pricing.leg.digits[: rate.prefix_length]}…"
        return Quote(bidder, (DropReason.PREFIX_BLOCKED, detail), None, exchange, deck, rate)
    if exchange is None:
        detail = f"{deck.currency} has no exchange rate at this time"
        return Quote(bidder, (DropReason.NO_EXCHANGE_RATE, detail), None, None, deck, rate)
    steps = pricing.steps(rate)
    expected = cost(rate, steps, pricing.leg.seconds) * exchange
    refusal: Refusal | None = None
    if highest is not None:
        minute = dearest_minute(rate, steps) * exchange
        if minute * highest.denominator > highest.numerator:
            refusal = (DropReason.PRICE_TOO_HIGH, highest.why)
    if refusal is None and most is not None and expected * most.denominator > most.numerator:
        refusal = (DropReason.MARGIN_TOO_LOW, most.why)
    return Quote(bidder, refusal, expected, exchange, deck, rate)


def _no_deck(pricing: _Pricing, bidder: Bidder) -> Refusal | None:
    if pricing.in_force.ever_of_provider(bidder.provider_id):
        return DropReason.NO_RATE_DECK, f"no deck for {pricing.leg.tier} is in force"
    if pricing.plan.demands_prices:
        return DropReason.NO_RATE_DECK, "it has no deck, and the account's plan demands prices"
    return None


def _no_rate(deck: Deck, reason: DropReason) -> str:
    if reason is DropReason.NO_RATE:
        return f"{deck.deckname} has no prefix for the number"
    return f"{deck.deckname} has no rate for the number at this hour"


def _sale_blocked(pricing: _Pricing) -> Refusal | None:
    if not pricing.lineup.sold:
        return None
    rate = pricing.found[-1]
    if not isinstance(rate, tuple) or not rate.blocked:
        return None
    prefix = pricing.leg.digits[: rate.prefix_length]
    return DropReason.PREFIX_BLOCKED, f"the account's tariff blocks {prefix}…"


def _highest_price(plan: RoutingPlan, base: str) -> _Bound | None:
    """The bound on a minute's price in price units times exchange units."""
    highest = plan.highest_price_per_minute
    if highest is None:
        return None
    numerator, denominator = highest.as_integer_ratio()
    why = f"a minute may cost {highest} {base} at most"
    return _Bound(numerator * PRICE_SCALE * EXCHANGE_SCALE, denominator, why)


def _highest_cost(pricing: _Pricing) -> _Bound | None:
    """The bound on the call's cost in base cost units, from what the account is expected to pay.

    Without a selling price no margin can be shown, so a plan that demands one lets nothing pass.
    """
    demanded = pricing.plan.minimum_margin_percent
    if demanded is None:
        return None
    rate = pricing.found[-1] if pricing.lineup.sold else DropReason.NO_RATE
    exchange = pricing.exchange[pricing.lineup.decks[-1].currency] if pricing.lineup.sold else None
    if not isinstance(rate, tuple) or exchange is None:
        return _Bound(
            -1, 1, "the account's tariff has no price for the number to take a margin from"
        )
    sale = cost(rate, pricing.steps(rate), pricing.leg.seconds) * exchange
    numerator, denominator = ratio(demanded)
    why = f"less than {demanded} % of the account's own price would be left"
    return _Bound(sale * (denominator - numerator), denominator, why)
