"""Loading and switching rate decks: one procedure, one round trip and one transaction per step."""

import json
from collections.abc import Sequence
from typing import Final

from dialplane_service.application.errors import (
    DeckStateError,
    DialplaneError,
    UnknownCurrencyError,
    UnknownDeckError,
    UnknownProviderError,
    UnknownTariffError,
)
from dialplane_service.domain.rate_decks import DeckHeader, DeckProblem, RateChunk
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.domain.rate_sheets.records import HoursText, StepText, Terms
from dialplane_service.domain.rate_sheets.text import steps_text
from dialplane_service.mariadb.connection import Row, execute
from dialplane_service.mariadb.driver_errors import DriverError, signal_name
from dialplane_service.mariadb.instants import to_datetime
from dialplane_service.mariadb.pool import ConnectionPool

WRITE_SECONDS: Final = 30.0
"""Of one step. People wait for it, and a busy disk is no reason to give up."""
LEFT_ALONE_SECONDS: Final = 600
"""After so long without a new row nobody is loading a deck any more."""
_BATCH: Final = 10_000
"""Rows that are copied or removed in one transaction."""
_SWEPT_BATCHES: Final = 50
"""One sweep's share, so that no upload waits for all that others left behind."""
_PROBLEMS: Final = {
    "DECK_NOT_LOADING": DeckProblem.NOT_LOADING,
    "ROWS_MISSING": DeckProblem.NOT_LOADING,
    "DECK_NOT_READY": DeckProblem.NOT_READY,
    "DECK_NOT_ACTIVE": DeckProblem.NOT_ACTIVE,
    "NO_EARLIER_DECK": DeckProblem.NO_EARLIER_DECK,
    "OTHER_BASE": DeckProblem.OTHER_BASE,
}


class RateDeckWriter:
    """Writes rate decks. A caller that is cancelled does not stop the step that it began."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._hours_ids: dict[HoursText, int] = {}
        self._steps_ids: dict[tuple[StepText, ...], int] = {}

    async def begin(self, header: DeckHeader, upload_id: str) -> int:
        """See the port."""
        ((deck_id,),) = await self._call(
            "usp_begin_rate_deck",
            upload_id,
            header.owner.provider,
            header.owner.tariff if header.owner.tariff.isascii() else "",
            "" if header.tier is None else header.tier.value,
            header.currency,
            to_datetime(header.valid_from),
            to_datetime(header.valid_to),
            header.source,
            header=header,
        )
        return int(deck_id)

    async def load(self, deck_id: int, rows_before: int, chunk: RateChunk) -> None:
        """See the port."""
        groups, before = [], 0
        for terms, rates in chunk.groups:
            groups.append(
                (
                    await self._hours_id(terms.hours),
                    shown(terms.connect_fee),
                    terms.first_increment_s,
                    terms.next_increment_s,
                    terms.minimum_s,
                    int(terms.blocked),
                    await self._steps_id(terms),
                    before,
                    rates,
                )
            )
            before += len(rates)
        text = json.dumps(groups, ensure_ascii=False, separators=(",", ":"))
        # Numbers and hexadecimal digits need no quoting, which would take longer than all the rest.
        await self._run(
            f"CALL usp_load_rates({deck_id:d}, {rows_before:d}, {chunk.count:d},"
            f" _utf8mb4 X'{text.encode().hex()}')"
        )

    async def copy(self, deck_id: int, base_deck_id: int, rows_before: int) -> None:
        """See the port."""
        after: str | None = ""
        while after is not None:
            ((after,),) = await self._call(
                "usp_copy_rates", deck_id, base_deck_id, after, rows_before, _BATCH
            )

    async def remove(self, deck_id: int, prefixes: Sequence[str]) -> None:
        """See the port."""
        for start in range(0, len(prefixes), _BATCH):
            text = json.dumps(prefixes[start : start + _BATCH])
            await self._call("usp_remove_rates", deck_id, text)

    async def finish(self, deck_id: int, sha256: str) -> None:
        """See the port."""
        await self._call("usp_finish_rate_deck", deck_id, sha256)

    async def discard(self, deck_id: int) -> None:
        """See the port."""
        while await self._removed_some(deck_id, 0):
            pass

    async def sweep(self) -> None:
        """See the port."""
        for _ in range(_SWEPT_BATCHES):
            if not await self._removed_some(0, LEFT_ALONE_SECONDS):
                return

    async def activate(self, deck_id: int) -> None:
        """See the port."""
        await self._call("usp_activate_rate_deck", deck_id, deck_id=deck_id)

    async def roll_back(self, deck_id: int) -> int:
        """See the port."""
        rows = await self._call("usp_roll_back_rate_deck", deck_id, deck_id=deck_id)
        return int(rows[0][0]) if rows else 0

    async def _removed_some(self, deck_id: int, left_alone_s: int) -> bool:
        ((more,),) = await self._call("usp_discard_rate_deck", deck_id, left_alone_s, _BATCH)
        return bool(more)

    async def _hours_id(self, hours: HoursText | None) -> int:
        if hours is None:
            return 0
        known = self._hours_ids.get(hours)
        if known is None:
            ((known,),) = await self._call("usp_rate_hours_id", hours.timezone, hours.spec)
            self._hours_ids[hours] = known
        return known

    async def _steps_id(self, terms: Terms) -> int:
        if not terms.steps:
            return 0
        known = self._steps_ids.get(terms.steps)
        if known is None:
            rows = [
                (step.from_s, shown(step.price_per_minute), step.increment_s)
                for step in terms.steps
            ]
            ((known,),) = await self._call(
                "usp_rate_steps_id", steps_text(terms.steps), json.dumps(rows)
            )
            self._steps_ids[terms.steps] = known
        return known

    async def _call(
        self,
        procedure: str,
        *arguments: object,
        header: DeckHeader | None = None,
        deck_id: int = 0,
    ) -> list[Row]:
        call = f"CALL {procedure}({', '.join(['%s'] * len(arguments))})"
        return await self._run(call, arguments, header=header, deck_id=deck_id)

    async def _run(
        self,
        call: str,
        arguments: Sequence[object] | None = None,
        *,
        header: DeckHeader | None = None,
        deck_id: int = 0,
    ) -> list[Row]:
        try:
            return await self._pool.write(
                lambda connection: execute(connection, call, arguments), timeout_s=WRITE_SECONDS
            )
        except DriverError as error:
            named = _named(signal_name(error), header, deck_id)
            if named is None:
                raise
            raise named from error


def _named(signal: str | None, header: DeckHeader | None, deck_id: int) -> DialplaneError | None:
    if header is not None:
        match signal:
            case "UNKNOWN_PROVIDER":
                return UnknownProviderError(header.owner.provider)
            case "UNKNOWN_TARIFF":
                return UnknownTariffError(header.owner.tariff)
            case "UNKNOWN_CURRENCY":
                return UnknownCurrencyError(header.currency)
    if signal == "UNKNOWN_DECK":
        return UnknownDeckError(deck_id)
    problem = _PROBLEMS.get(signal or "")
    return None if problem is None else DeckStateError(problem)
