"""Prices: decks that cannot be compared, accounts without a price of their own."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import Findings, error, warning
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.rates.in_force import DeckTimeline

_DEFAULT = RoutingPlan()


def without_exchange_rate(data: DecisionData) -> Findings:
    """Decks that hold now or later in a currency whose worth is not known then."""
    now = data.rows.loaded_at
    for deck in data.rows.rate_decks:
        if deck.valid_to is not None and deck.valid_to <= now:
            continue
        since = max(deck.valid_from, now)
        if data.exchange.at(deck.currency, since) is None:
            yield warning(
                "rate_deck_without_exchange_rate",
                f"rate_decks#{deck.id}",
                f"{deck.deckname} is in {deck.currency}, which has no exchange rate into"
                f" {data.exchange.base} from {since:%Y-%m-%d} on: nothing is routed by it.",
                f"Set one with `dialplane fx set {deck.currency} RATE`.",
            )


def account_without_price(data: DecisionData) -> Findings:
    """Accounts whose own price is not known though they have a tariff or must leave a margin."""
    decks = DeckTimeline(data.rows.rate_decks).at(data.rows.loaded_at)
    for account in data.rows.accounts:
        plan = data.plan.get(account.routing_plan_id or 0, _DEFAULT)
        tariff_id, tier = account.tariff_id, account.default_tier
        if not account.enabled or (tariff_id is None and plan.minimum_margin_percent is None):
            continue
        if tariff_id is None:
            why = "has no tariff"
        elif decks.of_tariff(tariff_id, tier) is None:
            why = f"pays by tariff {tariff_id}, which has no rate deck in force for tier {tier}"
        else:
            continue
        subject, remedy = (
            f"accounts#{account.id}",
            "Set its tariff_id, or import and activate a rate deck of the tariff.",
        )
        if plan.minimum_margin_percent is None:
            yield warning(
                "account_without_price",
                subject,
                f"{account.accountname} {why}: what its calls cost it is not known.",
                remedy,
            )
        else:
            yield error(
                "account_without_margin",
                subject,
                f"{account.accountname} {why}, but its plan {plan.planname} demands a margin: no"
                " provider carries its calls.",
                remedy,
            )
