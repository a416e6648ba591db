"""Which deck holds at an instant, and what a currency is worth then."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rates.amounts import EXCHANGE_SCALE
from dialplane_service.domain.rates.exchange import ExchangeRates
from dialplane_service.domain.rates.in_force import DeckTimeline
from dialplane_service.domain.rates.records import Deck, ExchangeRate

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def deck(row_id: int, begins: datetime, ends: datetime | None = None, **changes: Any) -> Deck:
    values: dict[str, Any] = {"provider_id": 1, "tariff_id": None, "tier": None} | changes
    return Deck(
        row_id, f"deck {row_id}", currency="EUR", version=1, valid_from=begins, valid_to=ends,
        row_count=0, sha256="", **values,
    )  # fmt: skip


def in_force(timeline: DeckTimeline, at: datetime, tier: Tier = Tier.CLI) -> int | None:
    found = timeline.at(at).of_provider(1, tier)
    return None if found is None else found.id


def test_next_months_deck_takes_over_at_its_instant() -> None:
    timeline = DeckTimeline([deck(1, NOW - timedelta(days=9)), deck(2, NOW)])
    assert in_force(timeline, NOW - TICK) == 1
    assert in_force(timeline, NOW) == 2


def test_a_deck_ends_before_its_end_and_the_older_one_holds_again() -> None:
    timeline = DeckTimeline([deck(1, NOW), deck(2, NOW + TICK, NOW + 2 * TICK)])
    assert [in_force(timeline, NOW + n * TICK) for n in (-1, 0, 1, 2)] == [None, 1, 2, 1]


def test_of_two_that_begin_together_the_higher_id_holds() -> None:
    assert in_force(DeckTimeline([deck(5, NOW), deck(4, NOW)]), NOW) == 5


def test_a_deck_for_the_tier_goes_before_one_for_all_tiers() -> None:
    timeline = DeckTimeline([deck(1, NOW, tier=Tier.CLI), deck(2, NOW + TICK)])
    at = NOW + TICK
    assert in_force(timeline, at, Tier.CLI) == 1
    assert in_force(timeline, at, Tier.NON_CLI) == 2


def test_a_provider_with_a_deck_at_another_time_is_not_one_without() -> None:
    found = DeckTimeline([deck(1, NOW + TICK)]).at(NOW)
    assert found.of_provider(1, Tier.CLI) is None
    assert found.ever_of_provider(1)
    assert not found.ever_of_provider(2)


def test_providers_and_tariffs_of_one_id_are_two_owners() -> None:
    found = DeckTimeline([deck(1, NOW, provider_id=None, tariff_id=1)]).at(NOW)
    assert found.of_provider(1, Tier.CLI) is None
    assert found.of_tariff(1, Tier.CLI) is not None


def test_the_same_period_is_the_same_object() -> None:
    timeline = DeckTimeline([deck(1, NOW)])
    assert timeline.at(NOW) is timeline.at(NOW + timedelta(days=1))
    assert timeline.at(NOW) is not timeline.at(NOW - TICK)


def test_a_currency_is_worth_its_last_rate_and_nothing_is_assumed() -> None:
    rates = ExchangeRates(
        "EUR",
        [
            ExchangeRate("USD", NOW, 2),
            ExchangeRate("USD", NOW - timedelta(days=1), 1),
            ExchangeRate("EUR", NOW, 7),
            ExchangeRate("GBP", NOW, 0),
        ],
    )
    days = (NOW - timedelta(days=2), NOW - TICK, NOW, NOW + timedelta(days=900))
    assert [rates.at("USD", day) for day in days] == [None, 1, 2, 2]
    assert rates.at("EUR", days[0]) == EXCHANGE_SCALE
    assert rates.at("GBP", NOW) is None
    assert rates.at("XXX", NOW) is None
