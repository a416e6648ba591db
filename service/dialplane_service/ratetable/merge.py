"""Merges the segments of all decks into one table: every prefix once, the rates of a prefix side by side.

| section | holds |
|---|---|
| ``keys`` | the prefixes, sorted (``domain/rates/prefixes.py``) |
| ``starts`` | per prefix where its rates begin; one more says where the last ones end |
| ``parents`` | per prefix the place of the next shorter prefix of it |
| ``slots``, ``hours`` | per rate its deck's place in the catalogue, and its hours |
| ``rates`` | per rate its terms |
| ``destinations`` | the names |
| ``catalogue`` | decks, hours and steps |
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dialplane_service.domain.rates.columns import RATE_TYPE
from dialplane_service.domain.rates.prefixes import FILLER, LENGTH_BITS, LENGTH_MASK
from dialplane_service.ratetable.container_writer import ContainerWriter
from dialplane_service.ratetable.layout import (
    DESTINATION_LENGTH,
    INDEX_TYPE,
    KEY_TYPE,
    MOST_DECKS,
    NO_PARENT,
    SLOT_TYPE,
    TABLE,
    Catalogue,
    RefusedDeckError,
)
from dialplane_service.ratetable.segment import Destinations, SegmentFile

_Array = NDArray[Any]


def write_table(path: Path, catalogue: Catalogue, segments: Sequence[SegmentFile]) -> None:
    """Write the table of the segments, which are in the order of the catalogue's decks.

    Needs about 32 bytes of memory a rate; the rates themselves go from file to file.

    Raises:
        RefusedDeckError: a rate refers to hours or steps that are not in the catalogue.
        HoursError: the catalogue's hours cannot be understood.
        OSError: the file cannot be written; the old one stays.

    """
    if len(segments) > MOST_DECKS:
        raise RefusedDeckError(f"{len(segments)} decks are more than {MOST_DECKS}")
    catalogue.read_hours()
    for deck, segment in zip(catalogue.decks, segments, strict=True):
        _refuse_strangers(deck.id, "hours", segment.hours, {row.id for row in catalogue.hours})
        _refuse_strangers(deck.id, "steps", segment.rates["steps_id"], set(catalogue.steps))
    every = np.concatenate([np.zeros(0, KEY_TYPE), *(segment.keys for segment in segments)])
    order = _order(catalogue, segments, every)
    ordered = every[order]
    del every
    places = np.empty(len(order), INDEX_TYPE)
    places[order] = np.arange(len(order), dtype=INDEX_TYPE)
    del order
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.append(np.flatnonzero(first), len(ordered)).astype(INDEX_TYPE)
    keys = ordered[first]
    del ordered, first
    with ContainerWriter(path, TABLE) as writer:
        _put(writer, "keys", keys)
        _put(writer, "starts", starts)
        _put(writer, "parents", parents(keys))
        _place_rates(writer, segments, places)
        writer.put("catalogue", msgspec.msgpack.encode(catalogue))
        writer.finish(
            {
                "version": catalogue.version,
                "rates": len(places),
                "prefixes": len(keys),
                "highest": max((_highest(segment) for segment in segments), default=0),
            }
        )


def _order(
    catalogue: Catalogue, segments: Sequence[SegmentFile], keys: NDArray[np.uint64]
) -> NDArray[np.intp]:
    """By prefix, and of one prefix any hour first: who comes last wins a look-up.

    Of several hours the narrower week comes later, of equals the lower text: what a deck says decides,
    not in which order its hours were first seen.
    """
    if not any(segment.hours.any() for segment in segments):
        return np.argsort(keys, kind="stable")
    read = catalogue.read_hours()
    by_text = sorted(
        catalogue.hours, key=lambda row: (row.spec, row.timezone, row.id), reverse=True
    )
    narrowing = sorted(by_text, key=lambda row: -read[row.id].minutes)
    ranks = np.zeros(max(read) + 1, SLOT_TYPE)
    for rank, row in enumerate(narrowing, start=1):
        ranks[row.id] = rank
    return np.lexsort((np.concatenate([ranks[segment.hours] for segment in segments]), keys))


def parents(keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Per prefix the place of the longest other prefix that begins it."""
    found = np.full(len(keys), NO_PARENT, INDEX_TYPE)
    filled = (keys >> np.uint64(LENGTH_BITS)).astype(np.int64)
    lengths = (keys & np.uint64(LENGTH_MASK)).astype(np.int64)
    signed = keys.astype(np.int64)
    known = np.unique(lengths)
    for length in known[::-1][1:] if len(known) else known:
        orphans = np.flatnonzero((lengths > length) & (found == NO_PARENT))
        filler = FILLER[length]
        wanted = (filled[orphans] // filler * filler) << LENGTH_BITS | length
        at = np.searchsorted(signed, wanted)  # below the orphan's own place, so inside the array
        fits = signed[at] == wanted
        found[orphans[fits]] = at[fits]
    return found


def _refuse_strangers(deck_id: int, what: str, referred: _Array, known: set[int]) -> None:
    strangers = set(np.unique(referred).tolist()) - known - {0}
    if strangers:
        raise RefusedDeckError(
            f"deck {deck_id} refers to {what} {min(strangers)}, which are not there"
        )


def _highest(segment: SegmentFile) -> int:
    """The highest price or fee."""
    columns = (segment.rates["price_per_minute"], segment.rates["connect_fee"])
    return max(int(column.max(initial=0)) for column in columns)


def _put(writer: ContainerWriter, name: str, array: _Array) -> None:
    _section(writer, name, len(array), array.dtype)[:] = array


def _section(writer: ContainerWriter, name: str, count: int, kind: np.dtype[Any]) -> _Array:
    return np.frombuffer(writer.add(name, count * kind.itemsize), kind)


def _place_rates(
    writer: ContainerWriter, segments: Sequence[SegmentFile], places: NDArray[np.uint32]
) -> None:
    count = len(places)
    slots = _section(writer, "slots", count, SLOT_TYPE)
    hours = _section(writer, "hours", count, SLOT_TYPE)
    rates = _section(writer, "rates", count, RATE_TYPE)
    destinations = Destinations()
    begin = 0
    for slot, segment in enumerate(segments):
        here = places[begin : begin + len(segment.keys)]
        begin += len(segment.keys)
        moved = segment.rates.copy()
        moved["destination_at"] = _moved(segment, destinations)
        slots[here], hours[here], rates[here] = slot, segment.hours, moved
    writer.put("destinations", bytes(destinations.blob))


def _moved(segment: SegmentFile, destinations: Destinations) -> _Array:
    """Where the segment's destinations are among those of all."""
    before, after, at = [], [], 0
    blob = bytes(segment.destinations)
    while at < len(blob):
        (length,) = DESTINATION_LENGTH.unpack_from(blob, at)
        before.append(at)
        at += DESTINATION_LENGTH.size
        after.append(destinations.place(blob[at : at + length]))
        at += length
    index = np.searchsorted(np.array(before, np.int64), segment.rates["destination_at"])
    return np.array(after, INDEX_TYPE)[index]
