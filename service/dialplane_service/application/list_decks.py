"""ListDecks: the rate decks there are."""

from collections.abc import Sequence

from dialplane_service.application.ports import RateDeckStore
from dialplane_service.domain.rate_decks import DeckOwner, DeckState, DeckSummary


class ListDecks:
    """The use case."""

    def __init__(self, store: RateDeckStore) -> None:
        self._store = store

    async def __call__(
        self, owner: DeckOwner | None, *, include_retired: bool = False
    ) -> Sequence[DeckSummary]:
        """List decks by owner and tier, the newest first; those that are still loading too.

        Raises:
            DatabaseUnavailableError: they cannot be read now.
        """
        return sorted(
            (
                deck
                for deck in await self._store.decks()
                if owner in (None, deck.owner)
                and (include_retired or deck.state is not DeckState.RETIRED)
            ),
            key=lambda deck: (deck.owner.tariff, deck.owner.provider, deck.tier or "", -deck.id),
        )
