"""Compiles the rate table: only decks that have no segment yet are read from where they are kept."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import structlog

from dialplane_service.application.ports import RateRowsReader
from dialplane_service.domain.rates.records import Deck
from dialplane_service.ratetable.container import MAGIC, Container
from dialplane_service.ratetable.layout import TABLE, Catalogue
from dialplane_service.ratetable.merge import write_table
from dialplane_service.ratetable.rows_file import ForeignFileError
from dialplane_service.ratetable.rows_format import RefusedFileError
from dialplane_service.ratetable.segment import SegmentFile, write_segment

log: Final = structlog.get_logger("dialplane.ratetable")

TABLE_FILE: Final = "rates.table"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compile did. ``seconds`` of wall time; nothing read: all decks had their segments."""

    version: int
    rates: int
    decks: int
    decks_read: int
    seconds: float


def compile_rates(folder: Path, catalogue: Catalogue, reader: RateRowsReader) -> Compiled:
    """Make the table in ``folder`` that of the catalogue; one compiler at a time, others wait.

    A table that already serves this catalogue stays as it is. Killed at any moment, it leaves the old
    table or the new one, whole.

    Raises:
        RefusedDeckError: a deck's rows make no rates; the old table stays.
        HoursError: so for the catalogue's hours.
        DatabaseUnavailableError: the rows cannot be read now; the old table stays.
        ForeignFileError: what lies at the table's place is not ours.
        OSError: a file cannot be written; the old table stays.

    """
    began = time.monotonic()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _one_compiler(folder):
        for leftover in folder.glob("*.tmp"):  # of compilers that were killed: none lives now
            leftover.unlink(missing_ok=True)
        _refuse_foreign(folder / TABLE_FILE)
        segments, read = [], 0
        for deck in catalogue.decks:
            segment = _segment(folder, deck)
            if segment is None:
                write_segment(segment_path(folder, deck), deck, reader.rates(deck.id))
                segment, read = SegmentFile(segment_path(folder, deck)), read + 1
            segments.append(segment)
        if read or not _is_of(folder / TABLE_FILE, catalogue):
            write_table(folder / TABLE_FILE, catalogue, segments)
        _remove_others(folder, catalogue)
    rates = sum(len(segment.keys) for segment in segments)
    seconds = time.monotonic() - began
    return Compiled(catalogue.version, rates, len(segments), read, seconds)


def segment_path(folder: Path, deck: Deck) -> Path:
    """Where a deck's segment lies. Another content of the deck would be another file."""
    return folder / f"deck-{deck.id}-{deck.sha256[:16]}.segment"


def _segment(folder: Path, deck: Deck) -> SegmentFile | None:
    path = segment_path(folder, deck)
    try:
        segment = SegmentFile(path)
    except FileNotFoundError:
        return None
    except RefusedFileError as error:
        log.warning("damaged_segment_read_again", file=str(path), why=str(error))
        return None
    return segment if segment.holds(deck) else None


def _remove_others(folder: Path, catalogue: Catalogue) -> None:
    kept = {segment_path(folder, deck).name for deck in catalogue.decks}
    for path in folder.glob("deck-*.segment"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _refuse_foreign(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
    except FileNotFoundError:
        return
    if start and not MAGIC.startswith(start):
        raise ForeignFileError(f"{path} is not a file of rates; it is left alone")


def _is_of(path: Path, catalogue: Catalogue) -> bool:
    """Whether the table already serves, and is usable."""
    try:
        there = Container(path, TABLE).section("catalogue")
        return msgspec.msgpack.decode(there, type=Catalogue).serves(catalogue)
    except (OSError, RefusedFileError, msgspec.DecodeError):
        return False


@contextmanager
def _one_compiler(folder: Path) -> Iterator[None]:
    lock = os.open(folder / f"{TABLE_FILE}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
