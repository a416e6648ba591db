"""Which decks hold at an instant: next month's deck may be there long before it takes over."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rates.records import Deck

Owner = tuple[int | None, int | None]
"""Provider id and tariff id, one of them set."""


class DecksInForce:
    """The decks that hold between two changes. Compared by identity: a key for what is derived from it."""

    __slots__ = ("__weakref__", "_by_owner", "_owners")

    def __init__(self, decks: Iterable[Deck], owners: frozenset[Owner]) -> None:
        self._owners = owners
        self._by_owner: dict[tuple[Owner, Tier | None], Deck] = {}
        # The one that began last wins, of equals the highest id; a dictionary keeps what comes last.
        for deck in sorted(decks, key=lambda deck: (deck.valid_from, deck.id)):
            self._by_owner[(deck.provider_id, deck.tariff_id), deck.tier] = deck

    def of_provider(self, provider_id: int, tier: Tier) -> Deck | None:
        """The provider's deck for a tier; without one, its deck for all tiers."""
        return self._of((provider_id, None), tier)

    def of_tariff(self, tariff_id: int, tier: Tier) -> Deck | None:
        """The tariff's deck for a tier; without one, its deck for all tiers."""
        return self._of((None, tariff_id), tier)

    def ever_of_provider(self, provider_id: int) -> bool:
        """Whether the provider has any deck at all, at whatever time and for whatever tier."""
        return (provider_id, None) in self._owners

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
