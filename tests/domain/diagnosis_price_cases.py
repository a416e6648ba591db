"""Faults of prices, one at a time; like `diagnosis_cases.py`."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dialplane_service.domain.findings import Severity
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.rates.records import Deck, ExchangeRate
from tests.domain.diagnosis_cases import ERROR, WARNING, Change, add, both, change
from tests.domain.world import ACME, LOADED_AT

HOUR = timedelta(hours=1)
USD = Deck(5, "Voxbeam v1", 8, None, None, "USD", 1, LOADED_AT - HOUR, None, 1, "a" * 64)
RETAIL = replace(USD, id=6, provider_id=None, tariff_id=1, tier=Tier.CLI, currency="EUR")
MARGIN = add("routing_plans", RoutingPlan(3, "careful", minimum_margin_percent=Decimal(5)))


def worth(since: timedelta) -> Change:
    """A dollar has an exchange rate from so long after the data were loaded on."""
    return add("exchange_rates", ExchangeRate("USD", LOADED_AT + since, 10**12))


PRICE_CASES: list[tuple[str, str, Severity, Change]] = [
    ("rate_deck_without_exchange_rate", "rate_decks#5", WARNING, add("rate_decks", USD)),
    (
        "rate_deck_without_exchange_rate",
        "rate_decks#5",
        WARNING,
        both(add("rate_decks", USD), worth(HOUR)),
    ),
    ("account_without_price", f"accounts#{ACME}", WARNING, change("accounts", ACME, tariff_id=1)),
    (
        "account_without_price",
        f"accounts#{ACME}",
        WARNING,
        both(
            change("accounts", ACME, tariff_id=1),
            add("rate_decks", replace(RETAIL, valid_from=LOADED_AT + HOUR)),
        ),
    ),
    (
        "account_without_margin",
        f"accounts#{ACME}",
        ERROR,
        both(MARGIN, change("accounts", ACME, routing_plan_id=3)),
    ),
]
SOUND_PRICES: list[Change] = [
    both(add("rate_decks", USD), worth(-HOUR)),
    add("rate_decks", replace(USD, currency="EUR")),
    add("rate_decks", replace(USD, valid_to=LOADED_AT)),
    both(add("rate_decks", replace(USD, valid_from=LOADED_AT + HOUR)), worth(HOUR)),
    both(add("rate_decks", RETAIL), change("accounts", ACME, tariff_id=1)),
    both(
        MARGIN,
        add("rate_decks", replace(RETAIL, tier=None)),
        change("accounts", ACME, tariff_id=1, routing_plan_id=3),
    ),
    both(MARGIN, change("accounts", ACME, enabled=False, routing_plan_id=3)),
]
"""Changes after which nothing about prices is wrong."""
