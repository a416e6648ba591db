"""Rate decks as people handle them: what one is, what changes from one to another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.plan import DEFAULT_DURATION_S
from dialplane_service.domain.rate_sheets.records import Terms

LARGEST_CHANGES = 10
"""How many of the largest changes are shown."""
COMPARED_S = DEFAULT_DURATION_S
"""Rates are compared by the cost of a call of so many seconds: what a plan expects where it says nothing else."""


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
    OTHER_CURRENCY = "OTHER_CURRENCY"
    OTHER_BASE = "OTHER_BASE"


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
    """A deck without its rates. ``base_deck_id``: the deck that changes were merged into; 0: none."""

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
    base_deck_id: int = 0


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
    """A rate whose cost changed. ``old_cost``, ``new_cost``: of a call of ``COMPARED_S``, rounded to eight decimals."""

    prefix: str
    destination: str
    old: Decimal
    new: Decimal
    old_cost: Decimal
    new_cost: Decimal


@dataclass(frozen=True, slots=True)
class DeckChanges:
    """How many rates became what, and those whose cost changed most in proportion.

    ``not_compared``: rates in both decks, where the currencies differ; then none is dearer, cheaper,
    unchanged or otherwise.
    """

    new: int = 0
    gone: int = 0
    dearer: int = 0
    cheaper: int = 0
    unchanged: int = 0
    blocked: int = 0
    otherwise: int = 0
    not_compared: int = 0
    largest: Sequence[PriceChange] = ()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload; ``compared_with`` 0: there was no deck before it.

    ``hidden_rates``: rates of the deck for every tier that hold no longer for the deck's tier, because a
    deck for a tier goes before it, and has none of that prefix and hours.
    """

    deck: DeckSummary
    changes: DeckChanges
    compared_with: int
    hidden_rates: int = 0


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


def pricing(
    decks: Iterable[DeckSummary], owner: DeckOwner, tier: Tier | None, instant: datetime
) -> DeckSummary | None:
    """The deck that prices a tier at an instant: its own, without one that for every tier."""
    holding = _holding(decks, instant)
    return holding.get((owner, tier)) or holding.get((owner, None))


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
