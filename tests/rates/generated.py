"""Small crowded worlds: few digits, few prices, so that prefixes nest, prices tie and hours overlap."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.offers import Bidder
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    RoutingPlan,
    WeightedShare,
)
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.rates.records import Deck, ExchangeRate, RateRow, RateStep
from dialplane_service.domain.trace import DropReason
from tests.rates.oracle import Asked, RatesWorld, Span

START = datetime(2026, 3, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "Europe/Berlin")
PRICES = (0, 1, 600_000, 1_000_000, 1_010_000, 1_020_000, 1_050_000, 10**8, 10**18 - 1)
QUIET = (600_000, 1_000_000, 1_010_000, 1_020_000, 1_050_000)


def _span(rng: random.Random) -> Span:
    days = set(rng.sample(range(7), rng.randint(1, 7)))
    return Span(days, rng.randrange(0, 1440, 30), rng.randrange(30, 1441, 30))


def _digits(rng: random.Random, least: int, most: int) -> str:
    return "".join(rng.choice("120") for _ in range(rng.randint(least, most)))


def _row(rng: random.Random, world: RatesWorld, row_id: int, prices: tuple[int, ...]) -> RateRow:
    return RateRow(
        prefix=_digits(rng, 1, rng.choice((2, 3, 5, 15))),
        hours_id=rng.choice([0, 0, 0, *world.hours]),
        id=row_id,
        destination=rng.choice(("", "Moscow", "Ελλάδα", "x" * 100)),
        price_per_minute=rng.choice(prices),
        connect_fee=rng.choice((0, 0, 100_000)),
        first_increment_s=rng.choice((1, 1, 30, 60)),
        next_increment_s=rng.choice((1, 6, 60)),
        minimum_s=rng.choice((0, 0, 20, 90)),
        blocked=int(rng.random() < 0.1),
        steps_id=rng.choice([0, 0, 0, *world.steps]),
    )


def _instant(rng: random.Random) -> datetime:
    return START + timedelta(hours=rng.randrange(24 * 60))


def rates_world(rng: random.Random) -> RatesWorld:
    """A world."""
    world = RatesWorld()
    for hours_id in rng.sample(range(1, 9), rng.randrange(4)):
        world.hours[hours_id] = (rng.choice(ZONES), [_span(rng) for _ in range(rng.randint(1, 2))])
    for steps_id in range(1, rng.randint(1, 3)):
        seconds = sorted(rng.sample(range(1, 300), rng.randint(1, 3)))
        world.steps[steps_id] = tuple(
            RateStep(second, rng.choice(QUIET), rng.choice((1, 30, 60))) for second in seconds
        )
    for currency in ("USD", "RUB"):
        # A currency has one rate from an instant on: so says the table's key.
        for since in {_instant(rng): None for _ in range(rng.randrange(3))}:
            rate = rng.choice((10**10, 920_000_000_000, 10**12))
            world.exchange.append(ExchangeRate(currency, since, rate))
    providers = range(1, rng.randint(2, 9))
    for provider_id in providers:
        refused = rng.random() < 0.1
        refusal = (DropReason.PROVIDER_DISABLED, "") if refused else None
        world.bidders.append(Bidder(provider_id, rng.randrange(3), refusal))
        for prefix in rng.sample(("", "1", "12", "2"), rng.randrange(3)):
            attempts = rng.choice((1, 5, 50))
            answered = rng.randint(0, attempts)
            rang = rng.choice((attempts, rng.randint(0, attempts)))
            talk, pdd = answered * rng.randrange(200_000), rang * rng.randrange(9000)
            figure = QualityFigure(provider_id, prefix, attempts, answered, talk, pdd, rang)
            world.figures.append(figure)
    owners = [(key, None) for key in providers for _ in range(rng.randrange(4))]
    owners += [(None, key) for key in (1, 2) for _ in range(rng.randrange(3))]
    rng.shuffle(owners)
    for deck_id, owner in enumerate(owners, start=1):
        _add_deck(rng, world, deck_id, owner)
    return world


def _add_deck(
    rng: random.Random, world: RatesWorld, deck_id: int, owner: tuple[int | None, int | None]
) -> None:
    prices = PRICES if rng.random() < 0.2 else QUIET
    if owner[1] is not None:
        prices = tuple(price * 2 for price in QUIET)
    rows: dict[tuple[str, int], RateRow] = {}
    for place in range(rng.choice((0, 3, 12, 30))):
        row = _row(rng, world, deck_id * 1000 + place, prices)
        rows[row.prefix, row.hours_id] = row
    begins = START + timedelta(hours=rng.choice((-1000, -1000, 0, rng.randrange(1440))))
    ends = rng.choice((None, None, begins + timedelta(hours=rng.randint(1, 1440))))
    tier = rng.choice((None, None, *Tier))
    currency = rng.choice(("EUR", "EUR", "USD", "RUB"))
    world.rows[deck_id] = list(rows.values())
    world.decks.append(
        Deck(
            deck_id, f"deck {deck_id}", *owner, tier, currency, 1, begins, ends, len(rows),
            f"{deck_id:064x}",
        )
    )  # fmt: skip


def _asked_at(rng: random.Random, world: RatesWorld) -> datetime:
    """Any time, or the very instant at which something changes."""
    changes = [row.valid_from for row in (*world.decks, *world.exchange)]
    changes += [deck.valid_to for deck in world.decks if deck.valid_to is not None]
    return rng.choice(changes) if changes and rng.random() < 0.2 else _instant(rng)


def question(rng: random.Random, world: RatesWorld) -> Asked:
    """A question."""
    strategies = rng.sample(
        (
            LeastCost(),
            LeastCost(Decimal(rng.choice(("1", "2", "2.5", "50")))),
            Priority(),
            WeightedShare(),
            Quality(
                rng.choice((1, 10)), Decimal(40), rng.choice((None, 60)), rng.choice((None, 4000))
            ),
        ),
        rng.randint(1, 4),
    )
    plan = RoutingPlan(strategies=tuple(strategies))
    if rng.random() < 0.2:
        margin = Decimal(rng.choice(("0", "10", "33.3", "-20")))
        plan = replace(plan, minimum_margin_percent=margin)
    if rng.random() < 0.2:
        plan = replace(plan, highest_price_per_minute=Decimal(rng.choice(("0.01", "0.0101", "1"))))
    if rng.random() < 0.1:
        plan = replace(plan, allowed_tiers=frozenset(rng.sample(list(Tier), 2)))
    plan = replace(plan, prices_required=rng.random() < 0.2)
    providers = [bidder.provider_id for bidder in world.bidders]
    weights = {key: rng.randrange(4) for key in providers if rng.random() < 0.5}
    without = {key: DropReason.ALREADY_TRIED for key in providers if rng.random() < 0.1}
    return Asked(
        call_id=f"call-{rng.random()}",
        digits=_digits(rng, 3, 15),
        tier=rng.choice(list(Tier)),
        at=_asked_at(rng, world),
        seconds=rng.choice((0, 1, 30, 59, 60, 61, 180, 1000)),
        tariff_id=rng.choice((None, 1, 2)),
        plan=replace(plan, weights=weights),
        without=without,
    )
