"""GetDeck: one rate deck."""

from dialplane_service.application.errors import UnknownDeckError
from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import DeckSummary


class GetDeck:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(self, deck_id: int) -> DeckSummary:
        """Give a deck.

        Raises:
            UnknownDeckError: there is none of this id.
            DatabaseUnavailableError: it cannot be read now.
        """
        for deck in await self._store.decks():
            if deck.id == deck_id:
                return deck
        raise UnknownDeckError(deck_id)
