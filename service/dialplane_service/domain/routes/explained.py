"""What a decision was made of, as data: every candidate with its price, and what they were ranked by."""

from collections.abc import Iterable, Sequence

from dialplane_service.domain.ranking.offers import Prices, Quote
from dialplane_service.domain.ranking.plan_words import demands_in_words, strategies_in_words
from dialplane_service.domain.rates.amounts import (
    BASE_COST_SCALE,
    EXCHANGE_SCALE,
    PRICE_SCALE,
    shown,
)
from dialplane_service.domain.rates.records import NO_STEPS, Deck, Rate
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.trace import Basis, Candidate, OwnPrice, RatePrice


def candidates_of(context: RouteContext, routes: Iterable[RouteOption]) -> tuple[Candidate, ...]:
    """Every route as a candidate: the eligible ones with their ranks, then those dropped."""
    prices = context.market.prices
    eligible: list[RouteOption] = []
    rest: list[RouteOption] = []
    for route in routes:
        (eligible if route.drop_reason is None else rest).append(route)
    ranked = [_candidate(prices, route, rank) for rank, route in enumerate(eligible, start=1)]
    return (*ranked, *(_candidate(prices, route, 0) for route in rest))


def basis_of(context: RouteContext, routes: Sequence[RouteOption]) -> Basis | None:
    """What the routes were ranked by, each number's own price once; ``None``: none was to be bought."""
    if all(route.priced is None for route in routes):
        return None
    plan, base = context.plan, context.data.exchange.base
    own: dict[str, OwnPrice] = {}
    for route in routes:
        priced = route.priced
        digits = priced.quotes.leg.digits if priced is not None else ""
        if priced is None or digits in own:
            continue
        sale = priced.quotes.sale()
        if sale is not None:
            price = _price(context.market.prices, digits, *sale)
            own[digits] = OwnPrice(digits, price)
    return Basis(
        planname=plan.planname,
        strategies=strategies_in_words(plan),
        demands=demands_in_words(plan, base),
        expected_duration_s=plan.expected_duration_s,
        base_currency=base,
        rate_table_version=context.market.prices.version,
        own_prices=tuple(own.values()),
    )


def _candidate(prices: Prices, route: RouteOption, rank: int) -> Candidate:
    priced = route.priced
    quote = priced.quote if priced is not None else None
    price = margin = None
    if priced is not None and quote is not None and quote.deck is not None:
        digits = priced.quotes.leg.digits
        price = _price(prices, digits, quote.deck, quote.rate, quote.cost, quote.exchange)
        sale = priced.quotes.sale()
        if sale is not None and sale.cost is not None and quote.cost is not None:
            margin = shown(sale.cost - quote.cost, BASE_COST_SCALE)
    return Candidate(
        route_id=route.route_id,
        provider=route.provider,
        tier=route.tier,
        dial_string=route.reached.dial_string,
        rank=rank,
        drop_reason=route.drop_reason,
        detail=route.reached.detail or _why(route, quote),
        row=route.row,
        caller_number=route.caller.number,
        priority=route.priority,
        price=price,
        expected_margin=margin,
    )


def _price(
    prices: Prices,
    digits: str,
    deck: Deck,
    rate: Rate | None,
    cost: int | None,
    exchange: int | None,
) -> RatePrice:
    if rate is None:
        return RatePrice(deck.deckname, deck.currency)
    found = RatePrice(
        deck.deckname,
        deck.currency,
        rate_id=rate.id,
        prefix=digits[: rate.prefix_length],
        destination=prices.destination(rate),
    )
    if rate.blocked:
        return found
    converted = None
    if exchange is not None:
        converted = shown(rate.price_per_minute * exchange, PRICE_SCALE * EXCHANGE_SCALE)
    return found._replace(
        price_per_minute=shown(rate.price_per_minute, PRICE_SCALE),
        connect_fee=shown(rate.connect_fee, PRICE_SCALE),
        first_increment_s=rate.first_increment_s,
        next_increment_s=rate.next_increment_s,
        minimum_s=rate.minimum_s,
        converted_price_per_minute=converted,
        expected_cost=None if cost is None else shown(cost, BASE_COST_SCALE),
    )


def _why(route: RouteOption, quote: Quote | None) -> str:
    """What an eligible route's place depends on besides the price of a minute."""
    if quote is None:
        return f"priority {route.priority}" if route.priority else "on-net"
    rate, deck = quote.rate, quote.deck
    if rate is None or deck is None:
        words = [f"no rate deck, so by priority {route.priority}", route.note]
        return ", ".join(filter(None, words))
    words = [f"{rate.first_increment_s}/{rate.next_increment_s}"]
    if rate.minimum_s:
        words.append(f"at least {rate.minimum_s} s")
    if rate.connect_fee:
        words.append(
            f"connect fee {shown(rate.connect_fee, PRICE_SCALE).normalize():f} {deck.currency}"
        )
    if rate.steps_id != NO_STEPS:
        words.append("the price changes during the call")
    if route.note:
        words.append(route.note)
    return ", ".join(words)
