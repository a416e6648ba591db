"""What the engine must answer, by brute force: every row looked at, exact fractions, no index."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.offers import Bidder
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    RoutingPlan,
    Strategy,
)
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.ranking.share import waiting_time
from dialplane_service.domain.rates.records import Deck, ExchangeRate, RateRow, RateStep
from dialplane_service.domain.trace import DropReason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Price = Fraction
Offer = tuple[Bidder, Price | None, int | None]
Sale = Price | DropReason | None


@dataclass
class Span:
    """Days (0 is Monday) and minutes of the day; an end not after the start is on the next day."""

    days: set[int]
    start: int
    end: int


@dataclass
class RatesWorld:
    """Everything that prices depend on."""

    decks: list[Deck] = field(default_factory=list)
    rows: dict[int, list[RateRow]] = field(default_factory=dict)
    hours: dict[int, tuple[str, list[Span]]] = field(default_factory=dict)
    steps: dict[int, tuple[RateStep, ...]] = field(default_factory=dict)
    exchange: list[ExchangeRate] = field(default_factory=list)
    figures: list[QualityFigure] = field(default_factory=list)
    bidders: list[Bidder] = field(default_factory=list)


@dataclass
class Asked:
    """One question."""

    call_id: str
    digits: str
    tier: Tier
    at: datetime
    seconds: int
    tariff_id: int | None
    plan: RoutingPlan
    without: dict[int, DropReason]


@dataclass
class Answered:
    """Eligible providers in order, with cost in base currency and the rate's row; the others with why."""

    routes: list[tuple[int, Price | None, int | None]]
    dropped: dict[int, DropReason]


def oracle(world: RatesWorld, asked: Asked) -> Answered:
    """The answer."""
    sale = _sale(world, asked)
    dropped, eligible = {}, []
    for bidder in world.bidders:
        found = _offer(world, asked, bidder, sale)
        if isinstance(found, DropReason):
            dropped[bidder.provider_id] = found
        else:
            eligible.append((bidder, *found))
    priced = [offer for offer in eligible if offer[1] is not None]
    unpriced = [offer for offer in eligible if offer[1] is None]
    ordered = _order(world, asked, priced, list(asked.plan.strategies))
    ordered += _order(world, asked, unpriced, [Priority()])
    return Answered([(bidder.provider_id, cost, row) for bidder, cost, row in ordered], dropped)


def _offer(  # noqa: C901 - one reason after the other, as the engine documents them
    world: RatesWorld, asked: Asked, bidder: Bidder, sale: Sale
) -> tuple[Price | None, int | None] | DropReason:
    plan = asked.plan
    if bidder.refusal:
        return bidder.refusal[0]
    if plan.allowed_tiers is not None and asked.tier not in plan.allowed_tiers:
        return DropReason.TIER_NOT_ALLOWED
    deck = _deck(world, asked, provider_id=bidder.provider_id)
    ever = any(deck.provider_id == bidder.provider_id for deck in world.decks)
    if deck is None and (ever or plan.demands_prices):
        return DropReason.NO_RATE_DECK
    if bidder.provider_id in asked.without:
        return asked.without[bidder.provider_id]
    if sale is DropReason.PREFIX_BLOCKED:
        return DropReason.PREFIX_BLOCKED
    if deck is None:
        return None, None
    row = _row(world, deck, asked)
    if isinstance(row, DropReason):
        return row
    if row.blocked:
        return DropReason.PREFIX_BLOCKED
    worth = _worth(world, deck.currency, asked.at)
    if worth is None:
        return DropReason.NO_EXCHANGE_RATE
    highest = plan.highest_price_per_minute
    minutes = [
        row.price_per_minute,
        *(s.price_per_minute for s in world.steps.get(row.steps_id, ())),
    ]
    if highest is not None and Fraction(max(minutes), 10**8) * worth > Fraction(highest):
        return DropReason.PRICE_TOO_HIGH
    cost = call_cost(row, world.steps.get(row.steps_id, ()), asked.seconds) * worth
    if plan.minimum_margin_percent is not None:
        if sale is None:
            return DropReason.MARGIN_TOO_LOW
        if sale - cost < sale * Fraction(plan.minimum_margin_percent) / 100:
            return DropReason.MARGIN_TOO_LOW
    return cost, row.id


def _sale(world: RatesWorld, asked: Asked) -> Sale:
    deck = None if asked.tariff_id is None else _deck(world, asked, tariff_id=asked.tariff_id)
    row = None if deck is None else _row(world, deck, asked)
    if row is None or isinstance(row, DropReason):
        return None
    if row.blocked:
        return DropReason.PREFIX_BLOCKED
    worth = _worth(world, deck.currency, asked.at)
    if worth is None:
        return None
    return call_cost(row, world.steps.get(row.steps_id, ()), asked.seconds) * worth


def _deck(
    world: RatesWorld, asked: Asked, provider_id: int | None = None, tariff_id: int | None = None
) -> Deck | None:
    for tier in (asked.tier, None):
        found = [
            deck
            for deck in world.decks
            if (deck.provider_id, deck.tariff_id, deck.tier) == (provider_id, tariff_id, tier)
            and deck.valid_from <= asked.at
            and (deck.valid_to is None or asked.at < deck.valid_to)
        ]
        if found:
            return max(found, key=lambda deck: (deck.valid_from, deck.id))
    return None


def _row(world: RatesWorld, deck: Deck, asked: Asked) -> RateRow | DropReason:
    fitting = [row for row in world.rows[deck.id] if asked.digits.startswith(row.prefix)]
    if not fitting:
        return DropReason.NO_RATE
    now = [row for row in fitting if not row.hours_id or _holds(world, row.hours_id, asked.at)]
    if not now:
        return DropReason.OUTSIDE_HOURS
    longest = max(len(row.prefix) for row in now)
    best = [row for row in now if len(row.prefix) == longest]
    return best[0] if len(best) == 1 else min(best, key=lambda row: _width(world, row.hours_id))


def spec(spans: list[Span]) -> str:
    """As an operator writes it."""
    return "; ".join(
        f"{','.join(DAYS[day] for day in sorted(span.days))} "
        f"{span.start // 60:02}:{span.start % 60:02}-{span.end // 60:02}:{span.end % 60:02}"
        for span in spans
    )


def _width(world: RatesWorld, hours_id: int) -> tuple[int, str, str, int]:
    """How many minutes of a week; the text where that says nothing."""
    if not hours_id:
        return 7 * 1440 + 1, "", "", 0
    zone, spans = world.hours[hours_id]
    minutes = {
        (day * 1440 + minute) % (7 * 1440)
        for span in spans
        for day in span.days
        for minute in range(span.start, span.end + (0 if span.start < span.end else 1440))
    }
    return len(minutes), spec(spans), zone, hours_id


def _holds(world: RatesWorld, hours_id: int, at: datetime) -> bool:
    zone, spans = world.hours[hours_id]
    local = at.astimezone(ZoneInfo(zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    for span in spans:
        if span.start < span.end:
            if today in span.days and span.start <= minute < span.end:
                return True
        elif (today in span.days and minute >= span.start) or (
            (today - 1) % 7 in span.days and minute < span.end
        ):
            return True
    return False


def _worth(world: RatesWorld, currency: str, at: datetime) -> Price | None:
    if currency == "EUR":
        return Fraction(1)
    known = [row for row in world.exchange if row.currency == currency and row.valid_from <= at]
    return Fraction(max(known, key=lambda row: row.valid_from).rate, 10**12) if known else None


def call_cost(rate: RateRow, steps: Sequence[RateStep], seconds: int) -> Price:
    """Increment by increment."""
    if seconds == 0:
        return Fraction(0)
    terms = [(0, rate.price_per_minute, rate.next_increment_s)]
    terms += [(step.from_s, step.price_per_minute, step.increment_s) for step in steps]
    lasting = max(seconds, rate.minimum_s, rate.first_increment_s)
    total, at = Fraction(rate.connect_fee, 10**8), 0
    while at < lasting:
        _, price, increment = [term for term in terms if term[0] <= at][-1]
        later = [term[0] for term in terms if term[0] > at]
        size = rate.first_increment_s if at == 0 else increment
        size = min([size] + [start - at for start in later])
        total += Fraction(price, 10**8) * size / 60
        at += size
    return total


def _order(
    world: RatesWorld, asked: Asked, offers: list[Offer], strategies: list[Strategy]
) -> list[Offer]:
    def tie(offer: Offer) -> tuple[int, int]:
        return -asked.plan.weights.get(offer[0].provider_id, 1), offer[0].provider_id

    if not strategies or len(offers) < 2:
        return sorted(offers, key=tie)
    first, *rest = strategies
    if isinstance(first, LeastCost):
        limit = min(offer[1] for offer in offers) * (1 + Fraction(first.within_percent) / 100)
        near = [offer for offer in offers if offer[1] <= limit]
    else:
        value = {offer[0].provider_id: _value(world, asked, first, offer) for offer in offers}
        best = min(value.values())
        near = [offer for offer in offers if value[offer[0].provider_id] == best]
    others = [offer for offer in offers if offer not in near]
    return _order(world, asked, near, rest) + _order(world, asked, others, strategies)


def _value(world: RatesWorld, asked: Asked, strategy: Strategy, offer: Offer) -> Any:
    provider_id = offer[0].provider_id
    if isinstance(strategy, Priority):
        return offer[0].priority
    if isinstance(strategy, Quality):
        return _penalty(world, strategy, provider_id, asked.digits)
    weight = asked.plan.weights.get(provider_id, 1)
    return (weight == 0, waiting_time(asked.call_id, provider_id, weight) if weight else 0)


def _penalty(world: RatesWorld, targets: Quality, provider_id: int, digits: str) -> int:
    enough = [
        figure
        for figure in world.figures
        if figure.provider_id == provider_id
        and digits.startswith(figure.prefix)
        and figure.attempts >= targets.minimum_sample
    ]
    if not enough:
        return 0
    figure = max(enough, key=lambda figure: len(figure.prefix))
    missed = Fraction(0)
    if targets.asr_percent is not None:
        asr = Fraction(100 * figure.answered, figure.attempts)
        missed += max(Fraction(0), 1 - asr / Fraction(targets.asr_percent))
    if targets.acd_s is not None:
        acd = Fraction(figure.talk_ms, 1000 * figure.answered) if figure.answered else Fraction(0)
        missed += max(Fraction(0), 1 - acd / targets.acd_s)
    if targets.pdd_ms is not None and figure.pdd_attempts >= targets.minimum_sample:
        pdd = Fraction(figure.pdd_ms, figure.pdd_attempts)
        missed += max(Fraction(0), pdd / targets.pdd_ms - 1)
    return missed * 10**6 // 1
