"""Which decks hold at an instant: next month's deck may be there long before it takes over."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rates.records import Deck

Owner = tuple[int | None, int | None]
"""Provider id and tariff id, one of them set."""


class Lineup(NamedTuple):
    """The decks that a leg of one tier is priced by, providers' in the order of their ids.

    ``position``: where in ``decks`` and ``deck_ids`` a provider's deck is. The last deck is the
    selling tariff's where ``sold`` says that it has one.
    """

    decks: tuple[Deck, ...]
    deck_ids: tuple[int, ...]
    position: dict[int, int]
    sold: bool


class DecksInForce:
    """The decks that hold between two changes."""

    __slots__ = ("_by_owner", "_lineups", "_owners")

    def __init__(self, decks: Iterable[Deck], owners: frozenset[Owner]) -> None:
        self._owners = owners
        self._by_owner: dict[tuple[Owner, Tier | None], Deck] = {}
        self._lineups: dict[tuple[Tier, int | None], Lineup] = {}
        # The one that began last wins, of equals the highest id; a dictionary keeps what comes last.
        for deck in sorted(decks, key=lambda deck: (deck.valid_from, deck.id)):
            self._by_owner[(deck.provider_id, deck.tariff_id), deck.tier] = deck

    def lineup(self, tier: Tier, tariff_id: int | None) -> Lineup:
        """The decks for a tier, for accounts of a tariff (``None``: of none). Made once, then kept.

        An owner without a deck for the tier itself has its deck for all tiers.
        """
        found = self._lineups.get((tier, tariff_id))
        if found is None:
            found = self._lineups[tier, tariff_id] = self._line_up(tier, tariff_id)
        return found

    def ever_of_provider(self, provider_id: int) -> bool:
        """Whether the provider has any deck at all, at whatever time and for whatever tier."""
        return (provider_id, None) in self._owners

    def _line_up(self, tier: Tier, tariff_id: int | None) -> Lineup:
        providers = sorted(owner for owner, _ in self._owners if owner is not None)
        bought = [(key, self._of((key, None), tier)) for key in providers]
        position: dict[int, int] = {}
        decks: list[Deck] = []
        for provider_id, deck in bought:
            if deck is not None:
                position[provider_id] = len(decks)
                decks.append(deck)
        selling = None if tariff_id is None else self._of((None, tariff_id), tier)
        if selling is not None:
            decks.append(selling)
        ids = tuple(deck.id for deck in decks)
        return Lineup(tuple(decks), ids, position, selling is not None)

    def _of(self, owner: Owner, tier: Tier) -> Deck | None:
        return self._by_owner.get((owner, tier)) or self._by_owner.get((owner, None))


class DeckTimeline:
    """All decks, asked by instant. What holds changes only where a deck begins or ends."""

    __slots__ = ("_changes", "_decks", "_owners", "_periods")

    def __init__(self, decks: Iterable[Deck]) -> None:
        self._decks = tuple(decks)
        self._owners = frozenset((deck.provider_id, deck.tariff_id) for deck in self._decks)
        ends = {deck.valid_to for deck in self._decks if deck.valid_to is not None}
        self._changes = sorted({deck.valid_from for deck in self._decks} | ends)
        self._periods: dict[int, DecksInForce] = {}

    def at(self, instant: datetime) -> DecksInForce:
        """What holds at an instant: ``valid_from`` included, ``valid_to`` not."""
        period = bisect_right(self._changes, instant)
        found = self._periods.get(period)
        if found is None:
            found = self._periods[period] = DecksInForce(
                (deck for deck in self._decks if _holds(deck, instant)), self._owners
            )
        return found


def _holds(deck: Deck, instant: datetime) -> bool:
    return deck.valid_from <= instant and (deck.valid_to is None or instant < deck.valid_to)
