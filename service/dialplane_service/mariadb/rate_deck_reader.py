"""Reading rate decks for people: lists, differences, exports."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Final

from dialplane_service.application.ports import Clock
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rate_decks import (
    DeckChanges,
    DeckOwner,
    DeckState,
    DeckSummary,
    RateChunk,
    RateText,
    with_force,
)
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.domain.rate_sheets.records import HoursText, StepText, Terms
from dialplane_service.mariadb.connection import Row, execute
from dialplane_service.mariadb.instants import to_instant, to_optional_instant
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_deck_changes import deck_changes

READ_SECONDS: Final = 10.0
COMPARE_SECONDS: Final = 300.0
"""Two decks of millions of rates; nothing waits for it but a person."""
_PAGE: Final = 2000

_DECKS: Final = """
SELECT rate_decks.id, rate_decks.deckname, providers.providername, tariffs.tariffname, rate_decks.tier,
  currency.iso, rate_decks.version, rate_decks.state, rate_decks.valid_from, rate_decks.valid_to,
  rate_decks.row_count, rate_decks.sha256, rate_decks.source, rate_decks.created_at, rate_decks.activated_at,
  rate_decks.base_deck_id
FROM rate_decks
JOIN currency ON currency.id = rate_decks.currency_id
LEFT JOIN providers ON providers.id = rate_decks.provider_id
LEFT JOIN tariffs ON tariffs.id = rate_decks.tariff_id
ORDER BY rate_decks.id DESC LIMIT 10000
"""
_RATES: Final = """
SELECT rates.prefix, rates.hours_id, rates.destination, rates.price_per_minute, rates.connect_fee,
  rates.first_increment_s, rates.next_increment_s, rates.minimum_s, rates.blocked, rates.steps_id
FROM rates WHERE rates.deck_id = %s AND rates.prefix >= %s {among}
ORDER BY rates.prefix, rates.hours_id LIMIT %s
"""
_HOURS: Final = "SELECT id, timezone, spec FROM rate_hours"
_STEPS: Final = "SELECT steps_id, from_s, price_per_minute, increment_s FROM rate_steps ORDER BY steps_id, from_s"


class RateDeckReader:
    """Reads rate decks."""

    def __init__(self, pool: ConnectionPool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def decks(self) -> Sequence[DeckSummary]:
        """See the port."""
        rows = await self._read(_DECKS)
        return with_force(map(_summary, rows), self._clock.now())

    async def changes(self, old_deck_id: int, new_deck_id: int) -> DeckChanges:
        """See the port."""
        return await self._pool.run(
            lambda connection: deck_changes(connection, old_deck_id, new_deck_id),
            timeout_s=COMPARE_SECONDS,
        )

    async def rates(self, deck_id: int, number: str) -> AsyncIterator[RateChunk]:
        """See the port. A deck's rows never change, so pages need no common snapshot."""
        hours = {row[0]: HoursText(row[1], row[2]) for row in await self._read(_HOURS)}
        steps: dict[int, tuple[StepText, ...]] = {}
        for steps_id, from_s, price, increment_s in await self._read(_STEPS):
            step = StepText(from_s, _plain(price), increment_s)
            steps[steps_id] = (*steps.get(steps_id, ()), step)
        among, wanted = _among(number)
        last = ("", -1)
        while True:
            statement = _RATES.replace("{among}", among)
            page = await self._read(statement, deck_id, last[0], *wanted, _PAGE)
            rows = [row for row in page if (row[0], row[1]) > last]
            if not rows:
                return
            yield _chunk(rows, hours, steps)
            last = (rows[-1][0], rows[-1][1])

    async def _read(self, statement: str, *arguments: object) -> list[Row]:
        seconds = READ_SECONDS if statement in (_DECKS, _HOURS, _STEPS) else COMPARE_SECONDS
        return await self._pool.run(
            lambda connection: execute(connection, statement, arguments), timeout_s=seconds
        )


def _summary(row: Row) -> DeckSummary:
    return DeckSummary(
        id=row[0],
        name=row[1],
        owner=DeckOwner(provider=row[2] or "", tariff=row[3] or ""),
        tier=None if row[4] is None else Tier(row[4]),
        currency=row[5],
        version=row[6],
        state=DeckState(row[7]),
        valid_from=to_instant(row[8]),
        valid_to=to_optional_instant(row[9]),
        rate_count=row[10],
        sha256=row[11] or "",
        source=row[12],
        created_at=to_instant(row[13]),
        activated_at=to_optional_instant(row[14]),
        base_deck_id=row[15] or 0,
    )


def _among(number: str) -> tuple[str, list[str]]:
    """The rates on a number's way: prefixes of it, and what begins with it."""
    if not number:
        return "", []
    shorter = [number[:length] for length in range(1, len(number) + 1)]
    places = ", ".join(["%s"] * len(shorter))
    return f"AND (rates.prefix IN ({places}) OR rates.prefix LIKE %s)", [*shorter, f"{number}%"]


def _chunk(
    rows: Sequence[Row], hours: dict[int, HoursText], steps: dict[int, tuple[StepText, ...]]
) -> RateChunk:
    groups: dict[Row, list[RateText]] = {}
    for row in rows:
        rate = (row[0], row[2], shown(_plain(row[3])))
        groups.setdefault((row[1], *row[4:]), []).append(rate)
    return RateChunk(
        [(_terms(key, hours, steps), rates) for key, rates in groups.items()], len(rows)
    )


def _terms(key: Row, hours: dict[int, HoursText], steps: dict[int, tuple[StepText, ...]]) -> Terms:
    hours_id, fee, first, following, minimum, blocked, steps_id = key
    return Terms(
        connect_fee=_plain(fee),
        first_increment_s=first,
        next_increment_s=following,
        minimum_s=minimum,
        blocked=bool(blocked),
        hours=hours[hours_id] if hours_id else None,
        steps=steps.get(steps_id, ()),
    )


def _plain(value: Decimal) -> Decimal:
    """Without the zeros that the column's scale adds."""
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".") or "0") if "." in text else value
