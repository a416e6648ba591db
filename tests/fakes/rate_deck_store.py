from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dialplane_service.application.errors import DeckStateError, UnknownDeckError
from dialplane_service.domain.rate_decks import (
    DatedRate,
    DeckChanges,
    DeckHeader,
    DeckProblem,
    DeckState,
    DeckSummary,
    RateChunk,
    with_force,
)


class FakeRateDeckStore:
    """Port `RateDeckStore`: in memory; it compares nothing."""

    def __init__(self) -> None:
        self.known: dict[int, DeckSummary] = {}
        self.chunks: dict[int, list[RateChunk]] = {}
        self.uploads: dict[str, int] = {}

    async def begin(self, header: DeckHeader, upload_id: str) -> int:
        if upload_id in self.uploads:
            return self.uploads[upload_id]
        deck_id, now = len(self.uploads) + 1, datetime.now(UTC)
        self.uploads[upload_id] = deck_id
        self.known[deck_id] = DeckSummary(
            id=deck_id,
            name=f"{header.owner.provider or header.owner.tariff} v{deck_id}",
            owner=header.owner,
            tier=header.tier,
            currency=header.currency,
            version=deck_id,
            state=DeckState.LOADING,
            valid_from=header.valid_from or now,
            valid_to=header.valid_to,
            rate_count=0,
            sha256="",
            source=header.source,
            created_at=now,
            activated_at=None,
        )
        self.chunks[deck_id] = []
        return deck_id

    async def load(self, deck_id: int, rows_before: int, chunk: RateChunk) -> None:
        deck = self._deck(deck_id)
        if deck.rate_count == rows_before:
            self.chunks[deck_id].append(chunk)
            self.known[deck_id] = replace(deck, rate_count=rows_before + chunk.count)

    async def copy(self, deck_id: int, base_deck_id: int, rows_before: int) -> None:  # noqa: ARG002
        self.chunks[deck_id] += self.chunks[base_deck_id]

    async def remove(self, deck_id: int, prefixes: Sequence[str]) -> None:  # noqa: ARG002
        return

    async def finish(self, deck_id: int, sha256: str) -> None:
        deck = self._deck(deck_id)
        self.known[deck_id] = replace(deck, state=DeckState.READY, sha256=sha256)

    async def discard(self, deck_id: int) -> None:
        self.known.pop(deck_id, None)
        self.chunks.pop(deck_id, None)

    async def sweep(self) -> None:
        return

    async def decks(self) -> Sequence[DeckSummary]:
        return with_force(self.known.values(), datetime.now(UTC))

    async def changes(self, old_deck_id: int, new_deck_id: int) -> DeckChanges:  # noqa: ARG002
        return DeckChanges(new=self._deck(new_deck_id).rate_count)

    async def rates(self, deck_id: int, number: str) -> AsyncIterator[RateChunk]:  # noqa: ARG002
        for chunk in self.chunks[deck_id]:
            yield chunk

    async def activate(self, deck_id: int) -> None:
        deck = self._deck(deck_id)
        if deck.state is DeckState.LOADING:
            raise DeckStateError(DeckProblem.NOT_READY)
        self.known[deck_id] = replace(deck, state=DeckState.ACTIVE)

    async def roll_back(self, deck_id: int) -> int:
        deck = self._deck(deck_id)
        if deck.state is not DeckState.ACTIVE:
            raise DeckStateError(DeckProblem.NOT_ACTIVE)
        self.known[deck_id] = replace(deck, state=DeckState.RETIRED)
        return next((one.id for one in await self.decks() if one.in_force), 0)

    def _deck(self, deck_id: int) -> DeckSummary:
        if deck_id not in self.known:
            raise UnknownDeckError(deck_id)
        return self.known[deck_id]


class FakeExchangeRateStore:
    """Port `ExchangeRateStore`: in memory."""

    def __init__(self) -> None:
        self.rates: dict[tuple[str, datetime], DatedRate] = {}

    async def set_rates(self, rates: Sequence[DatedRate]) -> None:
        self.rates |= {(rate.currency, rate.valid_from): rate for rate in rates}

    async def exchange_rates(self) -> Sequence[DatedRate]:
        latest = sorted(self.rates.values(), key=lambda rate: rate.valid_from, reverse=True)
        return sorted(latest, key=lambda rate: rate.currency)
