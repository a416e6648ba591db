"""ExportDeck: the rates of a rate deck, however many."""

from collections.abc import AsyncIterator

from dialplane_service.application.errors import UnknownDeckError
from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import RateChunk


class ExportDeck:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(self, deck_id: int, number: str) -> AsyncIterator[RateChunk]:
        """Give the rates in chunks, rising by prefix; ``number``: only those on its way.

        Raises:
            UnknownDeckError: there is none of this id.
            DatabaseUnavailableError: they cannot be read now.
        """
        if all(deck.id != deck_id for deck in await self._store.decks()):
            raise UnknownDeckError(deck_id)
        async for chunk in self._store.rates(deck_id, number):
            yield chunk
