"""ActivateDeck: a rate deck comes into force, whole and at once."""

from dialplane_service.application.errors import UnknownDeckError
from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import DeckSummary


class ActivateDeck:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(self, deck_id: int) -> DeckSummary:
        """Activate a deck for its dates.

        Raises:
            UnknownDeckError: there is none of this id.
            DeckStateError: it is still loading, or its changes were merged into another deck than the one
                that it would take over from.
            DatabaseUnavailableError: it is not known whether it came into force; ask again.
        """
        await self._store.activate(deck_id)
        for deck in await self._store.decks():
            if deck.id == deck_id:
                return deck
        raise UnknownDeckError(deck_id)
