"""Fakes of the port `RateRowsReader`, opened by functions that the compiling process can be sent."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.rates.records import RateRow


class FakeRateRowsReader:
    """Holds rows; `read` says which decks were asked for."""

    def __init__(self, rows: dict[int, list[RateRow]], piece: int = 7) -> None:
        self.rows_by_deck = rows
        self.piece = piece
        self.read: list[int] = []

    def rates(self, deck_id: int) -> Iterator[Sequence[RateRow]]:
        """In pieces."""
        self.read.append(deck_id)
        rows = self.rows_by_deck.get(deck_id, [])
        for start in range(0, len(rows), self.piece):
            yield rows[start : start + self.piece]


@contextmanager
def open_rate_rows(rows: dict[int, list[RateRow]]) -> Iterator[FakeRateRowsReader]:
    yield FakeRateRowsReader(rows)


@contextmanager
def open_no_rate_rows() -> Iterator[FakeRateRowsReader]:
    """A database without a deck."""
    yield FakeRateRowsReader({})


@contextmanager
def open_slowly(
    rows: dict[int, list[RateRow]], started: Path, go_on: Path
) -> Iterator[FakeRateRowsReader]:
    """Makes a file `started` with its process id, and waits for another before it reads."""
    written = started.with_suffix(".part")
    written.write_text(str(os.getpid()))
    written.rename(started)
    while not go_on.exists():
        time.sleep(0.01)
    yield FakeRateRowsReader(rows)


@contextmanager
def open_unless_away(rows: dict[int, list[RateRow]], away: Path) -> Iterator[FakeRateRowsReader]:
    """Fails while the file `away` is there."""
    if away.exists():
        raise DatabaseUnavailableError("the fake is away")
    yield FakeRateRowsReader(rows)
