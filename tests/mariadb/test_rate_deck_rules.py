"""Rate decks over MariaDB: what may be merged, what takes over from what, and what a comparison says."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
import pytest_asyncio

from dialplane_service.application.errors import DeckStateError
from dialplane_service.application.upload_deck import Part, UploadDeck
from dialplane_service.bootstrap import SystemClock
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rate_decks import (
    COMPARED_S,
    DeckHeader,
    DeckOwner,
    DeckProblem,
    DeckState,
    RateChunk,
    Uploaded,
)
from dialplane_service.domain.rate_sheets.records import StepText, Terms
from dialplane_service.domain.rates.amounts import PRICE_SCALE, scaled
from dialplane_service.domain.rates.cost import cost
from dialplane_service.domain.rates.records import Rate, RateStep
from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_deck_store import MariaDBRateDeckStore
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

Sold = tuple[str, str, Terms]
_numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    async with migrated_database(mariadb_server, demo=True) as migrated:
        yield migrated


@pytest_asyncio.fixture
async def store(demo: MigratedDatabase) -> AsyncIterator[MariaDBRateDeckStore]:
    pool = ConnectionPool(demo.service, connect_s=10, query_s=20)
    yield MariaDBRateDeckStore(pool, SystemClock())
    await pool.close()


@pytest_asyncio.fixture
async def provider(demo: MigratedDatabase) -> str:
    """A provider of this test's own, without any deck."""
    name = f"provider {next(_numbers)}"
    connection = await connect(demo.admin, timeout_s=10)
    await execute(
        connection,
        "INSERT INTO providers (providername, country, currency_id) VALUES (%s, 'US', 122)",
        (name,),
    )
    await close(connection)
    return name


def sold(prefix: str, price: str, fee: str = "0") -> Sold:
    return prefix, price, Terms(connect_fee=Decimal(fee))


async def upload(
    store: MariaDBRateDeckStore,
    provider: str,
    rates: Sequence[Sold],
    *,
    currency: str = "USD",
    tier: Tier | None = None,
    merge: bool = False,
    valid_from: datetime | None = None,
) -> Uploaded:
    async def parts() -> AsyncIterator[Part]:
        groups = [(terms, [(prefix, "", price)]) for prefix, price, terms in rates]
        yield RateChunk(groups, len(groups))

    owner = DeckOwner(provider=provider)
    header = DeckHeader(owner, tier, currency, valid_from, None, "test", merge=merge)
    return await UploadDeck(store, SystemClock())(header, parts())


async def active(
    store: MariaDBRateDeckStore, provider: str, rates: Sequence[Sold], tier: Tier | None = None
) -> int:
    deck_id = (await upload(store, provider, rates, tier=tier)).deck.id
    await store.activate(deck_id)
    return deck_id


async def prices(store: MariaDBRateDeckStore, deck_id: int) -> dict[str, str]:
    return {
        prefix: price
        async for chunk in store.rates(deck_id, "")
        for _, rates in chunk.groups
        for prefix, _, price in rates
    }


async def holding(store: MariaDBRateDeckStore, provider: str, tier: Tier | None = None) -> int:
    (found,) = [
        deck.id
        for deck in await store.decks()
        if deck.in_force and deck.owner.provider == provider and deck.tier is tier
    ]
    return found


async def test_changes_in_another_currency_are_refused(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    base = await active(store, provider, [sold("44", "0.6"), sold("49", "0.5")])
    before = await store.decks()
    with pytest.raises(DeckStateError, match="is in USD, the changes are in RUB") as refused:
        await upload(store, provider, [sold("44", "60")], currency="RUB", merge=True)
    assert refused.value.problem is DeckProblem.OTHER_CURRENCY
    assert await store.decks() == before
    merged = await upload(store, provider, [sold("44", "0.7")], merge=True)
    assert merged.deck.base_deck_id == base
    assert await prices(store, merged.deck.id) == {"44": "0.7", "49": "0.5"}


async def test_prices_in_two_currencies_are_not_compared(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    await active(store, provider, [sold("44", "0.6"), sold("49", "0.5"), sold("1", "1")])
    blocked = ("49", "0", Terms(blocked=True))
    done = await upload(
        store, provider, [sold("44", "0.5"), blocked, sold("7", "1")], currency="RUB"
    )
    found = done.changes
    assert (found.not_compared, found.new, found.gone, found.blocked) == (1, 1, 1, 1)
    assert (found.dearer, found.cheaper, found.unchanged, found.otherwise) == (0, 0, 0, 0)
    assert found.largest == ()
    again = await upload(store, provider, [sold("44", "0.5")])
    assert (again.changes.cheaper, again.changes.not_compared) == (1, 0)


async def test_a_second_merge_into_the_same_deck_does_not_undo_the_first(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    base = await active(store, provider, [sold("44", "0.6"), sold("49", "0.5")])
    first = (await upload(store, provider, [sold("44", "0.7")], merge=True)).deck.id
    second = (await upload(store, provider, [sold("49", "0.4")], merge=True)).deck.id
    # The later one first too: the earlier one began before it, and would not even be in force.
    for one, other in ((first, second), (second, first)):
        await store.activate(one)
        with pytest.raises(DeckStateError, match="import the changes again") as refused:
            await store.activate(other)
        assert refused.value.problem is DeckProblem.OTHER_BASE
        await store.activate(one)
        assert await holding(store, provider) == one
        assert await store.roll_back(one) == base
    await store.activate(first)
    again = (await upload(store, provider, [sold("49", "0.4")], merge=True)).deck
    await store.activate(again.id)
    assert await prices(store, again.id) == {"44": "0.7", "49": "0.4"}
    assert await holding(store, provider) == again.id


async def test_of_merges_at_once_one_takes_over(store: MariaDBRateDeckStore, provider: str) -> None:
    base = await active(store, provider, [sold("44", "0.6"), sold("49", "0.5")])
    for _ in range(5):
        merges = [
            (await upload(store, provider, [sold(prefix, "0.1")], merge=True)).deck.id
            for prefix in ("44", "49", "7")
        ]
        done = await asyncio.gather(*map(store.activate, merges), return_exceptions=True)
        refused = [answer for answer in done if answer is not None]
        assert len(refused) == 2
        assert all(isinstance(answer, DeckStateError) for answer in refused), refused
        (won,) = [deck for deck, answer in zip(merges, done, strict=True) if answer is None]
        assert await holding(store, provider) == won
        assert await store.roll_back(won) == base


async def test_a_merge_of_a_later_date_follows_what_holds_then(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    await active(store, provider, [sold("44", "0.6")])
    then = datetime.now(UTC) + timedelta(days=30)
    early = (await upload(store, provider, [sold("1", "1")], merge=True, valid_from=then)).deck
    between = await upload(
        store, provider, [sold("44", "0.5")], valid_from=then - timedelta(days=1)
    )
    await store.activate(between.deck.id)
    with pytest.raises(DeckStateError, match="import the changes again"):
        await store.activate(early.id)
    late = await upload(store, provider, [sold("1", "1")], merge=True, valid_from=then)
    assert late.deck.base_deck_id == between.deck.id
    await store.activate(late.deck.id)


async def test_the_first_deck_of_a_tier_gives_way_to_the_one_for_all(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    whole = await active(store, provider, [sold("44", "0.6"), sold("49", "0.5"), sold("1", "1")])
    partial = await upload(store, provider, [sold("44", "0.5"), sold("7", "1")], tier=Tier.CLI)
    assert (partial.compared_with, partial.hidden_rates) == (whole, 2)
    assert (partial.changes.cheaper, partial.changes.new, partial.changes.gone) == (1, 1, 2)
    tier_deck = partial.deck.id
    await store.activate(tier_deck)
    next_one = await upload(store, provider, [sold("44", "0.4")], tier=Tier.CLI)
    assert (next_one.compared_with, next_one.hidden_rates) == (tier_deck, 0)
    for _ in range(2):
        assert await store.roll_back(tier_deck) == whole
    retired = {deck.id: deck.state for deck in await store.decks()}[tier_deck]
    assert retired is DeckState.RETIRED
    with pytest.raises(DeckStateError, match="into") as nothing:
        await upload(store, provider, [sold("44", "0.4")], tier=Tier.CLI, merge=True)
    assert nothing.value.problem is DeckProblem.NOTHING_TO_MERGE_INTO


async def test_a_tier_without_any_other_deck_keeps_its_own(
    store: MariaDBRateDeckStore, provider: str
) -> None:
    deck_id = await active(store, provider, [sold("44", "0.6")], tier=Tier.CLI)
    with pytest.raises(DeckStateError) as refused:
        await store.roll_back(deck_id)
    assert refused.value.problem is DeckProblem.NO_EARLIER_DECK


async def test_fees_count(store: MariaDBRateDeckStore, provider: str) -> None:
    await active(
        store, provider, [sold("44", "0.6"), sold("49", "0.02"), sold("1", "1"), sold("7", "1")]
    )
    done = await upload(
        store,
        provider,
        # 3 minutes: 1.8 → 1.5 + 0.5; 0.06 → 0.06 + 3; 3 → 2.7 + 0.3; 3 → 2.4 + 0.3
        [
            sold("44", "0.5", "0.5"),
            sold("49", "0.02", "3"),
            sold("1", "0.9", "0.3"),
            sold("7", "0.8", "0.3"),
        ],
    )
    found = done.changes
    assert (found.dearer, found.otherwise, found.cheaper, found.unchanged) == (2, 1, 1, 0)
    shown_changes = [(one.prefix, one.old_cost, one.new_cost) for one in found.largest]
    assert shown_changes == [
        ("49", Decimal("0.06"), Decimal("3.06")),
        ("44", Decimal("1.8"), Decimal(2)),
        ("7", Decimal(3), Decimal("2.7")),
    ]


async def test_costs_are_those_of_the_engine(
    store: MariaDBRateDeckStore, provider: str, seed: int
) -> None:
    chance = random.Random(f"{seed}/costs")
    prefixes = [str(prefix) for prefix in range(1000, 1400)]
    old = [_any(chance, prefix) for prefix in prefixes]
    new = [rate if chance.random() < 0.1 else _any(chance, rate[0]) for rate in old]
    await active(store, provider, old)
    done = await upload(store, provider, new)
    counts = {"dearer": 0, "cheaper": 0, "otherwise": 0, "unchanged": 0}
    for before, after in zip(old, new, strict=True):
        was, now = _engine_cost(before), _engine_cost(after)
        alike = before == after
        word = (
            "dearer"
            if now > was
            else "cheaper"
            if now < was
            else "unchanged"
            if alike
            else "otherwise"
        )
        counts[word] += 1
    assert all(counts.values()), counts
    assert {name: getattr(done.changes, name) for name in counts} == counts


_LISTS = (
    (),
    (),
    (StepText(60, Decimal("0.02"), 6),),
    (
        StepText(30, Decimal("0.01"), 60),
        StepText(100, Decimal("0.03"), 7),
        StepText(179, Decimal(0), 1),
    ),
    (StepText(180, Decimal(9), 1),),
    (StepText(200, Decimal(9), 60), StepText(300, Decimal(1), 60)),
)


def _any(chance: random.Random, prefix: str) -> Sold:
    terms = Terms(
        connect_fee=chance.choice((Decimal(0), Decimal("0.00000001"))),
        first_increment_s=chance.choice((1, 60, 170, 181, 240)),
        next_increment_s=chance.choice((1, 7, 60)),
        minimum_s=chance.choice((0, 0, 250)),
        steps=chance.choice(_LISTS),
    )
    return prefix, chance.choice(("0", "0.01", "0.01000001", "9999999")), terms


def _engine_cost(rate: Sold) -> int:
    _, price, terms = rate
    steps = [
        RateStep(step.from_s, scaled(step.price_per_minute, PRICE_SCALE), step.increment_s)
        for step in terms.steps
    ]
    return cost(
        Rate(
            price_per_minute=scaled(Decimal(price), PRICE_SCALE),
            connect_fee=scaled(terms.connect_fee, PRICE_SCALE),
            id=1,
            steps_id=0,
            destination_at=0,
            first_increment_s=terms.first_increment_s,
            next_increment_s=terms.next_increment_s,
            minimum_s=terms.minimum_s,
            blocked=0,
            prefix_length=4,
        ),
        steps,
        COMPARED_S,
    )
