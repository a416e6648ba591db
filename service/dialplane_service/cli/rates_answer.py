"""What ``dialplane rates`` shows."""

from collections.abc import Sequence
from typing import Final

from dialplane.admin.v1.rate_pb2 import Deck, DeckChanges, DeckState, RateChange
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.rates_export import HEADER
from dialplane_service.cli.screen import Screen

_LIST: Final = (
    "id",
    "deck",
    "tier",
    "currency",
    "rates",
    "state",
    "valid from",
    "valid to",
    "source",
)
_CHANGES: Final = (
    "new",
    "gone",
    "dearer",
    "cheaper",
    "unchanged",
    "blocked",
    "otherwise",
    "not_compared",
)
_OF_PRICES: Final = ("dearer", "cheaper", "unchanged", "otherwise")
_LARGEST: Final = ("prefix", "destination", "a minute", "now", "a call", "now")


def deck_document(deck: Deck) -> Document:
    """A deck for programs."""
    return {
        "deck_id": deck.deck_id,
        "name": deck.name,
        "provider": deck.owner.provider or None,
        "tariff": deck.owner.tariff or None,
        "tier": documents.tier(deck.tier),
        "currency_code": deck.currency_code,
        "version": deck.version,
        "state": documents.word(DeckState, deck.state),
        "in_force": deck.in_force,
        "valid_from": documents.instant(deck, "valid_from"),
        "valid_to": documents.instant(deck, "valid_to"),
        "rate_count": deck.rate_count,
        "sha256": deck.sha256 or None,
        "source": deck.source or None,
        "created_at": documents.instant(deck, "created_at"),
        "activated_at": documents.instant(deck, "activated_at"),
        "base_deck_id": deck.base_deck_id or None,
    }


def changes_document(changes: DeckChanges) -> Document:
    """What changes, for programs."""
    counts: Document = {name: getattr(changes, name) for name in _CHANGES}
    return counts | {"largest": [_change(change) for change in changes.largest]}


def show_decks(screen: Screen, decks: Sequence[Deck], *, as_json: bool) -> None:
    """Write a list of decks."""
    if as_json:
        screen.document({"decks": [deck_document(deck) for deck in decks]})
        return
    if not decks:
        screen.line("No rate decks.")
        return
    screen.table(_LIST, [_row(deck) for deck in decks])


def show_deck(screen: Screen, deck: Deck) -> None:
    """Write one deck."""
    found = deck_document(deck)
    screen.facts(
        {
            "Deck": f"{deck.name} (id {deck.deck_id})",
            "Tier": found["tier"] or "every tier",
            "State": _state(deck),
            "Valid": f"from {found['valid_from']} to {found['valid_to'] or 'the next deck'}",
            "Rates": f"{deck.rate_count}, in {deck.currency_code}",
            "Source": deck.source,
            **({"Changes to": f"deck {deck.base_deck_id}"} if deck.base_deck_id else {}),
            "Loaded": found["created_at"] or "",
            "Activated": found["activated_at"] or "never",
            "SHA-256": deck.sha256,
        }
    )


def show_rates(screen: Screen, rates: Sequence[Sequence[str]]) -> None:
    """Write rates."""
    screen.line()
    screen.line("Rates:" if rates else "Rates: none")
    if rates:
        shown = [place for place in range(len(HEADER)) if any(row[place] for row in rates)]
        screen.table(
            [HEADER[place].replace("_", " ") for place in shown],
            [[row[place] for place in shown] for row in rates],
        )


def show_changes(screen: Screen, changes: DeckChanges) -> None:
    """Write what changes."""
    # Where the currencies differ there is nothing to say of prices, else nothing that was not compared.
    silent = _OF_PRICES if changes.not_compared else ("not_compared",)
    screen.facts(
        {
            name.capitalize().replace("_", " "): str(getattr(changes, name))
            for name in _CHANGES
            if name not in silent
        }
    )
    if changes.not_compared:
        screen.line("The decks have different currencies: their prices are not compared.")
    if changes.largest:
        screen.line()
        screen.line("Largest changes, by what a call of 180 seconds costs:")
        screen.table(_LARGEST, [list(_change(change).values()) for change in changes.largest])


def _change(change: RateChange) -> Document:
    return {
        "prefix": change.prefix,
        "destination": change.destination,
        "old_price_per_minute": change.old_price_per_minute,
        "new_price_per_minute": change.new_price_per_minute,
        "old_cost": change.old_cost,
        "new_cost": change.new_cost,
    }


def _row(deck: Deck) -> list[str]:
    found = deck_document(deck)
    return [
        str(deck.deck_id),
        deck.name,
        found["tier"] or "all",
        deck.currency_code,
        str(deck.rate_count),
        _state(deck),
        found["valid_from"] or "",
        found["valid_to"] or "",
        deck.source,
    ]


def _state(deck: Deck) -> str:
    word = (documents.word(DeckState, deck.state) or "").lower()
    if word != "active":
        return word
    return "active, in force" if deck.in_force else "active, not now"
