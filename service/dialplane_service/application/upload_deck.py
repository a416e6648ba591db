"""UploadDeck: rates stream in, and become a deck when the last has come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from uuid import uuid4

from dialplane_service.application.errors import DeckStateError, DialplaneError, UnknownDeckError
from dialplane_service.application.ports import Clock, RateDeckStore
from dialplane_service.domain.rate_decks import (
    DeckHeader,
    DeckProblem,
    DeckSummary,
    RateChunk,
    RemovedChunk,
    Uploaded,
    in_force,
    pricing,
)
from dialplane_service.domain.rate_sheets.text import chunk_text

Part = RateChunk | RemovedChunk


class UploadDeck:
    """The use case. Whatever ends it early, no deck comes of it."""

    def __init__(self, store: RateDeckStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._discarding: set[asyncio.Task[None]] = set()

    async def __call__(self, header: DeckHeader, parts: AsyncIterator[Part]) -> Uploaded:
        """Load a deck from its parts.

        Raises:
            UnknownProviderError, UnknownTariffError, UnknownCurrencyError: see the header.
            DeckStateError: there is nothing to merge into, it is in another currency, or the upload stood
                still too long.
            DatabaseUnavailableError: it could not be written.
        """
        await self._store.sweep()
        before = await self._before(header)
        if header.merge:
            _check_base(header, before)
        # Whoever uploads may go away at any await, this one too: the deck is remembered all the same.
        begun = asyncio.ensure_future(self._store.begin(header, uuid4().hex))
        try:
            deck_id = await asyncio.shield(begun)
            uploaded = await self._load(deck_id, header, before, parts)
        except BaseException:
            self._discard(begun)
            raise
        if header.dry_run:
            await self._store.discard(deck_id)
        return uploaded

    async def _load(
        self,
        deck_id: int,
        header: DeckHeader,
        before: DeckSummary | None,
        parts: AsyncIterator[Part],
    ) -> Uploaded:
        count, removed, digest = 0, list[str](), sha256()
        writing: asyncio.Task[None] | None = None
        try:
            async for part in parts:
                if isinstance(part, RemovedChunk):
                    removed += part.prefixes
                    continue
                # One chunk is written while the next one arrives and is checked.
                digest.update(chunk_text(part))
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._store.load(deck_id, count, part))
                count += part.count
        finally:
            if writing is not None:
                await writing
        if header.merge and before is not None:
            await self._store.copy(deck_id, before.id, count)
            await self._store.remove(deck_id, removed)
            digest.update(f"{before.sha256}{sorted(removed)}".encode())
        if not header.dry_run:
            await self._store.finish(deck_id, digest.hexdigest())
        compared = 0 if before is None else before.id
        changes = await self._store.changes(compared, deck_id)
        hides = before is not None and before.tier is not header.tier
        return Uploaded(await self._deck(deck_id), changes, compared, changes.gone if hides else 0)

    async def _before(self, header: DeckHeader) -> DeckSummary | None:
        instant = header.valid_from or self._clock.now()
        # Changes go into a deck of the very tier; a whole list is compared with whatever prices the tier.
        found = in_force if header.merge else pricing
        return found(await self._store.decks(), header.owner, header.tier, instant)

    async def _deck(self, deck_id: int) -> DeckSummary:
        for deck in await self._store.decks():
            if deck.id == deck_id:
                return deck
        raise UnknownDeckError(deck_id)

    def _discard(self, begun: "asyncio.Future[int]") -> None:
        """Not waited for: whoever uploaded has gone. What is left over, a later sweep finds."""

        async def discard() -> None:
            with suppress(DialplaneError):
                await self._store.discard(await begun)

        task = asyncio.create_task(discard())
        self._discarding.add(task)
        task.add_done_callback(self._discarding.discard)


def _check_base(header: DeckHeader, base: DeckSummary | None) -> None:
    if base is None:
        raise DeckStateError(DeckProblem.NOTHING_TO_MERGE_INTO)
    # What is copied keeps its numbers, so they must mean the same.
    if base.currency != header.currency:
        raise DeckStateError(
            DeckProblem.OTHER_CURRENCY,
            f"{base.name} is in {base.currency}, the changes are in {header.currency}",
        )
