"""RollbackDeck: the rate deck before takes over again."""

from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import DeckSummary


class RollbackDeck:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(self, deck_id: int) -> DeckSummary | None:
        """Take a deck out of force; gives the one in force then, if any.

        Raises:
            UnknownDeckError: there is none of this id.
            DeckStateError: it is not active, or none is before it.
            DatabaseUnavailableError: it is not known whether it went out of force; ask again.
        """
        now_in_force = await self._store.roll_back(deck_id)
        return next((deck for deck in await self._store.decks() if deck.id == now_in_force), None)
