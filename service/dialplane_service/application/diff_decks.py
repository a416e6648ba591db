"""DiffDecks: what changes from one rate deck to another."""

from dialplane_service.application.errors import UnknownDeckError
from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import DeckChanges


class DiffDecks:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(self, old_deck_id: int, new_deck_id: int) -> DeckChanges:
        """Compare two decks.

        Raises:
            UnknownDeckError: one of them does not exist.
            DatabaseUnavailableError: they cannot be read now.
        """
        known = {deck.id for deck in await self._store.decks()}
        for deck_id in (old_deck_id, new_deck_id):
            if deck_id not in known:
                raise UnknownDeckError(deck_id)
        return await self._store.changes(old_deck_id, new_deck_id)
