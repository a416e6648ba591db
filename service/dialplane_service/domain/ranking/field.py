"""The bidders of all legs of a kind, sorted by how they stand before any price is known.

Drawn up once while the same data and the same decks hold; each decision then prices only the runners.
"""

from collections.abc import Iterable
from typing import Final

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.offers import Bidder, Conditions, Quote
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.rates.in_force import DecksInForce
from dialplane_service.domain.rates.records import Deck  # noqa: TC001 - as in the other files
from dialplane_service.domain.trace import DropReason, Refusal

_LACKS: Final = {
    DropReason.NO_RATE: "prefix for",
    DropReason.OUTSIDE_HOURS: "rate at this hour for",
}


class Field:
    """Runners have a deck in force and are in the order of ties: the higher weight, then the lower id.

    ``decks`` are the runners', and last the selling tariff's where ``sold``. ``unpriced``: providers that
    never had a deck, in the order they are tried. ``refused``: those out of the question, with why.
    ``unmatched``: by reason and place, what is told when a deck has no rate for a number.
    """

    __slots__ = (
        "currencies",
        "currency_by_place",
        "deck_ids",
        "decks",
        "plan",
        "refused",
        "runners",
        "sold",
        "unmatched",
        "unpriced",
        "weights",
    )

    def __init__(
        self,
        bidders: Iterable[Bidder],
        plan: RoutingPlan,
        in_force: DecksInForce,
        conditions: Conditions,
    ) -> None:
        def tie(bidder: Bidder) -> tuple[int, int]:
            return -plan.weight(bidder.provider_id), bidder.provider_id

        self.plan: RoutingPlan = plan
        runners: list[Bidder] = []
        decks: list[Deck] = []
        unpriced: list[Bidder] = []
        refused: list[Quote] = []
        for bidder in sorted(bidders, key=tie):
            tier = bidder.tier or conditions.tier
            refusal = bidder.refusal or _not_allowed(plan, tier)
            deck = in_force.of_provider(bidder.provider_id, tier)
            if refusal is None and deck is None:
                refusal = _no_deck(bidder, plan, in_force, tier)
            if refusal is not None:
                refused.append(Quote(bidder, refusal, deck=deck))
            elif deck is None:
                unpriced.append(bidder)
            else:
                runners.append(bidder)
                decks.append(deck)
        tariff_id = conditions.tariff_id
        sale = None if tariff_id is None else in_force.of_tariff(tariff_id, conditions.tier)
        if sale is not None:
            decks.append(sale)
        self.sold = sale is not None
        self.runners = tuple(runners)
        self.weights = tuple(plan.weight(bidder.provider_id) for bidder in runners)
        self.decks = tuple(decks)
        self.deck_ids = tuple(deck.id for deck in decks)
        self.currency_by_place = tuple(deck.currency for deck in decks)
        self.currencies = frozenset(self.currency_by_place)
        self.unmatched = {
            reason: tuple((reason, f"{deck.deckname} has no {lacks} the number") for deck in decks)
            for reason, lacks in _LACKS.items()
        }
        self.unpriced = tuple(sorted(unpriced, key=lambda bidder: bidder.priority))
        self.refused = tuple(refused)


def _not_allowed(plan: RoutingPlan, tier: Tier) -> Refusal | None:
    if plan.allowed_tiers is None or tier in plan.allowed_tiers:
        return None
    return DropReason.TIER_NOT_ALLOWED, f"the account may not use {tier}"


def _no_deck(
    bidder: Bidder, plan: RoutingPlan, in_force: DecksInForce, tier: Tier
) -> Refusal | None:
    if in_force.ever_of_provider(bidder.provider_id):
        return DropReason.NO_RATE_DECK, f"it has no deck for {tier} in force"
    if plan.demands_prices:
        return DropReason.NO_RATE_DECK, "it has no deck, and the account's plan demands prices"
    return None
