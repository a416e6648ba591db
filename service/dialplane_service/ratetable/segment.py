"""A deck's rates in a file of their own: read from the database once, reused by every later table."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dialplane_service.domain.rates.amounts import HIGHEST_PRICE
from dialplane_service.domain.rates.columns import RATE_TYPE
from dialplane_service.domain.rates.prefixes import FILLER, LENGTH_BITS
from dialplane_service.domain.rates.records import LONGEST_PREFIX, Deck, RateRow
from dialplane_service.ratetable.container import Container
from dialplane_service.ratetable.container_writer import ContainerWriter
from dialplane_service.ratetable.layout import (
    DESTINATION_LENGTH,
    KEY_TYPE,
    SEGMENT,
    SLOT_TYPE,
    RefusedDeckError,
)

_COLUMNS: Final = {
    "price_per_minute": HIGHEST_PRICE,
    "connect_fee": HIGHEST_PRICE,
    "id": 2**63 - 1,
    "steps_id": 2**32 - 1,
    "first_increment_s": 2**16 - 1,
    "next_increment_s": 2**16 - 1,
    "minimum_s": 2**16 - 1,
    "blocked": 1,
}
"""Columns that go into a rate as they are, and the most that each may hold."""
_AT_LEAST_ONE: Final = ("first_increment_s", "next_increment_s")
_Keys = NDArray[np.uint64]


class SegmentFile:
    """A segment that was found usable. Rates are sorted by prefix and hours."""

    def __init__(self, path: Path) -> None:
        """Map the file; raises as ``Container`` does."""
        container = Container(path, SEGMENT)
        self.about = container.header.about
        self.keys = np.frombuffer(container.section("keys"), KEY_TYPE)
        self.hours = np.frombuffer(container.section("hours"), SLOT_TYPE)
        self.rates = np.frombuffer(container.section("rates"), RATE_TYPE)
        self.destinations = container.section("destinations")

    def holds(self, deck: Deck) -> bool:
        """Whether these are the rates of the deck, all of them."""
        return (
            self.about.get("deck") == deck.id
            and self.about.get("sha256") == deck.sha256
            and len(self.keys) == deck.row_count
        )


def write_segment(path: Path, deck: Deck, chunks: Iterable[Sequence[RateRow]]) -> None:
    """Write the segment of a deck from its rows, in whatever order they come.

    Raises:
        RefusedDeckError: a row makes no rate, two rows have the same prefix and hours, or there are more
            or fewer of them than the deck has.
        OSError: the file cannot be written.

    """
    keys, hours, rates = [], [], []
    destinations = Destinations()
    for chunk in chunks:
        columns = dict(zip(RateRow._fields, zip(*chunk, strict=True), strict=True))
        if columns:
            keys.append(_keys(deck, columns["prefix"]))
            hours.append(_column(deck, "hours_id", columns["hours_id"], 2**16 - 1, SLOT_TYPE))
            rates.append(_rates(deck, columns, destinations))
    key = np.concatenate(keys) if keys else np.zeros(0, KEY_TYPE)
    hour = np.concatenate(hours) if hours else np.zeros(0, SLOT_TYPE)
    rate = np.concatenate(rates) if rates else np.zeros(0, RATE_TYPE)
    if len(key) != deck.row_count:
        raise RefusedDeckError(f"deck {deck.id} has {len(key)} rates instead of {deck.row_count}")
    order = np.lexsort((hour, key))
    key, hour, rate = key[order], hour[order], rate[order]
    _refuse_twins(deck, key, hour)
    with ContainerWriter(path, SEGMENT) as writer:
        for name, array in (("keys", key), ("hours", hour), ("rates", rate)):
            np.frombuffer(writer.add(name, array.nbytes), array.dtype)[:] = array
        writer.put("destinations", bytes(destinations.blob))
        writer.finish({"deck": deck.id, "sha256": deck.sha256, "rows": len(key)})


class Destinations:
    """Names of destinations, each kept once; a name's place is the offset of its length."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self._at: dict[bytes, int] = {}

    def place(self, name: bytes) -> int:
        """Where the name is, from now on."""
        at = self._at.get(name)
        if at is None:
            at = self._at[name] = len(self.blob)
            self.blob += DESTINATION_LENGTH.pack(len(name)) + name
        return at


def _keys(deck: Deck, prefixes: Sequence[str]) -> _Keys:
    """The prefixes' keys (``domain/rates/prefixes.py``), all at once."""
    try:
        text = np.array(prefixes, f"S{LONGEST_PREFIX}")
    except UnicodeEncodeError as error:
        raise RefusedDeckError(
            f"deck {deck.id}: prefix {error.object!r} is not of digits"
        ) from error
    lengths = np.fromiter(map(len, prefixes), np.int64, len(prefixes))
    digits = text.view(np.uint8).reshape(len(prefixes), LONGEST_PREFIX).astype(np.int64) - ord("0")
    inside = np.arange(LONGEST_PREFIX) < lengths[:, None]
    good = ((digits >= 0) & (digits <= 9) | ~inside).all(axis=1)
    good &= (lengths >= 1) & (lengths <= LONGEST_PREFIX)
    if not good.all():
        wrong = prefixes[int(np.argmin(good))]
        raise RefusedDeckError(f"deck {deck.id}: prefix {wrong!r} is not of 1 to 15 digits")
    powers = np.array(FILLER[1:], np.int64)
    filled = (np.where(inside, digits, 0) * powers).sum(axis=1)
    keys: _Keys = (filled << LENGTH_BITS | lengths).astype(KEY_TYPE)
    return keys


def _rates(
    deck: Deck, columns: dict[str, tuple[Any, ...]], destinations: Destinations
) -> NDArray[np.void]:
    count = len(columns["id"])
    rates = np.zeros(count, RATE_TYPE)
    for name, highest in _COLUMNS.items():
        least = 1 if name in _AT_LEAST_ONE else 0
        rates[name] = _column(deck, name, columns[name], highest, RATE_TYPE[name], least)
    rates["prefix_length"] = np.fromiter(map(len, columns["prefix"]), np.uint8, count)
    places = (destinations.place(name.encode()) for name in columns["destination"])
    rates["destination_at"] = np.fromiter(places, np.uint32, count)
    return rates


def _column(
    deck: Deck, name: str, values: Sequence[int], highest: int, kind: np.dtype[Any], least: int = 0
) -> NDArray[Any]:
    try:
        column = np.array(values, np.int64)
    except (OverflowError, TypeError, ValueError) as error:
        raise RefusedDeckError(f"deck {deck.id}: {name} is no whole number in range") from error
    good = (column >= least) & (column <= highest)
    if not good.all():
        wrong = values[int(np.argmin(good))]
        raise RefusedDeckError(f"deck {deck.id}: {name} {wrong} is not from {least} to {highest}")
    return column.astype(kind)


def _refuse_twins(deck: Deck, key: _Keys, hour: NDArray[np.uint16]) -> None:
    twins = (key[1:] == key[:-1]) & (hour[1:] == hour[:-1])
    if twins.any():
        raise RefusedDeckError(f"deck {deck.id} has a prefix twice for the same hours")
