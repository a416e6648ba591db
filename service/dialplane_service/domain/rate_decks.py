"""Rate decks as people handle them: what one is, what changes from one to another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rate_sheets.records import Terms

LARGEST_CHANGES = 10
"""How many of the largest changes are shown."""


class DeckState(StrEnum):
    """Where a deck stands (column ``rate_decks.state``)."""

    LOADING = "LOADING"
    READY = "READY"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class DeckProblem(StrEnum):
    """Why a deck in its state cannot be used so."""

    NOT_READY = "NOT_READY"
    NOT_ACTIVE = "NOT_ACTIVE"
    NO_EARLIER_DECK = "NO_EARLIER_DECK"
    NOTHING_TO_MERGE_INTO = "NOTHING_TO_MERGE_INTO"
    NOT_LOADING = "NOT_LOADING"


@dataclass(frozen=True, slots=True)
class DeckOwner:
    """Whose prices a deck holds: exactly one of both names is set."""

    provider: str = ""
    tariff: str = ""


@dataclass(frozen=True, slots=True)
class DeckHeader:
    """What a deck is to be. ``valid_from`` unset: from now on; ``tier`` unset: every tier."""

    owner: DeckOwner
    tier: Tier | None
    currency: str
    valid_from: datetime | None
    valid_to: datetime | None
    source: str
    merge: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class DeckSummary:
    """A deck without its rates."""

    id: int
    name: str
    owner: DeckOwner
    tier: Tier | None
    currency: str
    version: int
    state: DeckState
    valid_from: datetime
    valid_to: datetime | None
    rate_count: int
    sha256: str
    source: str
    created_at: datetime
    activated_at: datetime | None
    in_force: bool = False


RateText = tuple[str, str, str]
"""Prefix, destination and price per minute; the price as decimal text, exact as it came."""


@dataclass(frozen=True, slots=True)
class RateChunk:
    """Some rates, in groups that share their terms; rising by prefix within each group."""

    groups: Sequence[tuple[Terms, Sequence[RateText]]]
    count: int


@dataclass(frozen=True, slots=True)
class RemovedChunk:
    """Prefixes that a merge takes away."""

    prefixes: Sequence[str]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price per minute that changed."""

    prefix: str
    destination: str
    old: Decimal
    new: Decimal


@dataclass(frozen=True, slots=True)
class DeckChanges:
    """How many rates became what, and the prices that changed most in proportion."""

    new: int = 0
    gone: int = 0
    dearer: int = 0
    cheaper: int = 0
    unchanged: int = 0
    blocked: int = 0
    otherwise: int = 0
    largest: Sequence[PriceChange] = ()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload; ``compared_with`` 0: there was no deck before it."""

    deck: DeckSummary
    changes: DeckChanges
    compared_with: int


@dataclass(frozen=True, slots=True)
class DatedRate:
    """Units of the base currency for one unit of ``currency``, from ``valid_from`` on."""

    currency: str
    valid_from: datetime
    rate: Decimal


def with_force(decks: Iterable[DeckSummary], instant: datetime) -> list[DeckSummary]:
    """The decks, with those marked that hold at an instant."""
    found = list(decks)
    holding = {deck.id for deck in _holding(found, instant).values()}
    return [replace(deck, in_force=deck.id in holding) for deck in found]


def in_force(
    decks: Iterable[DeckSummary], owner: DeckOwner, tier: Tier | None, instant: datetime
) -> DeckSummary | None:
    """The deck of an owner and tier that holds at an instant."""
    return _holding(decks, instant).get((owner, tier))


def _holding(
    decks: Iterable[DeckSummary], instant: datetime
) -> Mapping[tuple[DeckOwner, Tier | None], DeckSummary]:
    """The one that began last wins, of equals the highest id: the dictionary keeps what comes last."""
    return {
        (deck.owner, deck.tier): deck
        for deck in sorted(decks, key=lambda deck: (deck.valid_from, deck.id))
        if deck.state is DeckState.ACTIVE
        and deck.valid_from <= instant
        and (deck.valid_to is None or instant < deck.valid_to)
    }
