"""The rate table: all decks' longest matches for a number in one pass over mapped arrays.

The arrays are shared by all processes that map the file; nothing is copied but the rates asked for.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from dialplane_service.domain.rates.columns import RATE_TYPE, Matches, no_matches
from dialplane_service.domain.rates.hours import HoursError
from dialplane_service.domain.rates.in_force import DecksInForce, DeckTimeline
from dialplane_service.domain.rates.prefixes import FILLER, LENGTH_BITS, LENGTH_MASK
from dialplane_service.domain.rates.records import LONGEST_PREFIX, Rate, RateStep
from dialplane_service.domain.trace import DropReason
from dialplane_service.ratetable.container import Container
from dialplane_service.ratetable.layout import (
    DESTINATION_LENGTH,
    SLOT_TYPE,
    TABLE,
    Catalogue,
)
from dialplane_service.ratetable.rows_format import RefusedFileError

_NO_RATE: Final = -1
_OUTSIDE_HOURS: Final = -2
_REASONS: Final = {_NO_RATE: DropReason.NO_RATE, _OUTSIDE_HOURS: DropReason.OUTSIDE_HOURS}
_WORD: Final = np.dtype("<i8")
_RATE_WORDS: Final = RATE_TYPE.itemsize // _WORD.itemsize  # words are gathered faster than records
_MOST_LINEUPS: Final = 1000


class MappedRateTable:
    """Port ``RateTable`` over one file. Immutable but for what it keeps of answers."""

    def __init__(self, path: Path) -> None:
        """Map the table; costs the same whatever its size, unless the file was moved or changed.

        Raises:
            FileNotFoundError: there is none.
            OSError: it cannot be read.
            RefusedFileError: it is damaged, of another format, or foreign.

        """
        file = Container(path, TABLE)
        try:
            self.catalogue = msgspec.msgpack.decode(file.section("catalogue"), type=Catalogue)
            self._hours_by_id = self.catalogue.read_hours()
            self._keys = file.section("keys").cast("Q")
            self._starts = file.section("starts").cast("I")
            self._parents = file.section("parents").cast("I")
            self._slots = np.frombuffer(file.section("slots"), SLOT_TYPE)
            self._hours = np.frombuffer(file.section("hours"), SLOT_TYPE)
            self._words = np.frombuffer(file.section("rates"), _WORD).reshape(-1, _RATE_WORDS)
        except (msgspec.DecodeError, HoursError, TypeError, ValueError) as error:
            raise RefusedFileError(f"its catalogue is that of another release: {error}") from error
        self.file = file
        self.rate_count = len(self._slots)
        self._highest = int(file.header.about["highest"])
        self.version = self.catalogue.version
        self._destinations = file.section("destinations")
        self._timeline = DeckTimeline(self.catalogue.decks)
        self._slot = {deck.id: slot for slot, deck in enumerate(self.catalogue.decks)}
        self._nothing = np.full(len(self._slot), _NO_RATE, np.intp)
        self._numbers = np.arange(1024)
        self._lineups: dict[tuple[int, ...], NDArray[np.intp]] = {}
        self._holding: tuple[datetime, NDArray[np.bool_]] | None = None

    def in_force(self, instant: datetime) -> DecksInForce:
        """The decks that hold at an instant; see the port."""
        return self._timeline.at(instant)

    def steps(self, steps_id: int) -> Sequence[RateStep]:
        """The later steps of rates; see the port."""
        return self.catalogue.steps[steps_id]

    def destination(self, rate: Rate) -> str:
        """The name of a rate's destination."""
        (length,) = DESTINATION_LENGTH.unpack_from(self._destinations, rate.destination_at)
        start = rate.destination_at + DESTINATION_LENGTH.size
        return str(self._destinations[start : start + length], "utf-8")

    def matches(self, digits: str, instant: datetime, deck_ids: tuple[int, ...]) -> Matches:
        """For each deck the rate of the number's longest prefix; see the port.

        Costs the logarithm of the prefixes, and the rates of those that begin the number: a few per deck.
        """
        slots = self._slots_of(deck_ids)
        chain = self._chain(digits)
        if not chain or not deck_ids:
            return no_matches(len(deck_ids))
        starts = self._starts
        # Shorter prefixes first: of a slot that is there twice the last one stays, the longest prefix.
        ranges = [(starts[at], starts[at + 1]) for at in reversed(chain)]
        best = self._best(ranges, instant)[slots]
        words = np.concatenate([self._words[begin:end] for begin, end in ranges])
        rates = words.take(best, axis=0, mode="wrap").view(RATE_TYPE).reshape(-1)
        lacking = (best < 0).nonzero()[0].tolist()
        missing = {place: _REASONS[int(best[place])] for place in lacking} if lacking else {}
        return Matches(rates, missing, self._highest)

    def _chain(self, digits: str) -> list[int]:
        """The places of the prefixes that begin the number, the longest first."""
        digits = digits[:LONGEST_PREFIX]
        filled = int(digits) * FILLER[len(digits)]
        # What begins the number begins the last prefix that sorts before it, too.
        at = bisect_right(self._keys, filled << LENGTH_BITS | len(digits)) - 1
        chain: list[int] = []
        while at >= 0:
            key = self._keys[at]
            filler = FILLER[key & LENGTH_MASK]
            if chain or (key >> LENGTH_BITS) // filler == filled // filler:
                chain.append(at)
            parent = self._parents[at]
            at = parent if parent < at else -1
        return chain

    def _best(self, ranges: list[tuple[int, int]], instant: datetime) -> NDArray[np.intp]:
        """Per slot the place of its rate among the ranges' rates, or below zero why there is none."""
        parts = [self._slots[begin:end] for begin, end in ranges]
        slots = np.concatenate(parts, dtype=np.intp)
        places = self._counted(len(slots))
        best = self._nothing.copy()
        if self._hours_by_id:
            hours = np.concatenate([self._hours[begin:end] for begin, end in ranges])
            if hours.any():
                holds = self._holding_at(instant)[hours]
                best[slots] = _OUTSIDE_HOURS
                slots, places = slots[holds], places[holds]
        best[slots] = places
        return best

    def _counted(self, count: int) -> NDArray[np.intp]:
        """The whole numbers from 0 on."""
        if count > len(self._numbers):
            self._numbers = np.arange(2 * count)
        return self._numbers[:count]

    def _holding_at(self, instant: datetime) -> NDArray[np.bool_]:
        """By hours id whether they hold. Kept for a minute: hours and zones change on whole ones."""
        minute = instant - timedelta(seconds=instant.second, microseconds=instant.microsecond)
        kept = self._holding
        if kept is not None and kept[0] == minute:
            return kept[1]
        holding = np.ones(max(self._hours_by_id) + 1, np.bool_)
        for hours_id, hours in self._hours_by_id.items():
            holding[hours_id] = hours.hold_at(minute)
        self._holding = (minute, holding)
        return holding

    def _slots_of(self, deck_ids: tuple[int, ...]) -> NDArray[Any]:
        slots = self._lineups.get(deck_ids)
        if slots is None:
            if len(self._lineups) >= _MOST_LINEUPS:
                self._lineups.clear()
            slots = np.array([self._slot[deck_id] for deck_id in deck_ids], np.intp)
            self._lineups[deck_ids] = slots
        return slots
