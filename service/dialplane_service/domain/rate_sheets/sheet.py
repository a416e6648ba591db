"""Rows of a price list to rates: the header is found, each row is read strictly, the whole is checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dialplane_service.domain.rate_sheets.cells import DAY_ZERO
from dialplane_service.domain.rate_sheets.columns import SEARCHED_ROWS, Columns, find_columns
from dialplane_service.domain.rate_sheets.records import (
    Fault,
    Field,
    RowError,
    Sheet,
    SheetError,
    Terms,
)
from dialplane_service.domain.rate_sheets.row_terms import TermsReader
from dialplane_service.domain.rate_sheets.rows import LINE, TERMS, Entry, RowReader
from dialplane_service.domain.rate_sheets.settling import settle, takes_over

Row = tuple[int, Sequence[str] | RowError]
"""The line that a row begins on, counted from 1, and its cells, or why it has none that can be trusted."""

USUAL: Final = Terms()
MOST_RATES: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a list. ``mapping``: fields of columns by their names, over what is usual.

    ``effective`` and ``until``: when the deck takes over and ends, if that is known beforehand.
    ``terms``: what holds where the list says nothing. ``allow_free``: prices of 0 are meant.
    ``day_zero``: what numbers of days count from.
    """

    currency: str
    now: datetime
    effective: datetime | None = None
    until: datetime | None = None
    timezone: str = "UTC"
    mapping: Mapping[str, Field] = field(default_factory=dict)
    terms: Terms = USUAL
    allow_free: bool = False
    day_zero: datetime = DAY_ZERO


def read_sheet(rows: Iterable[Row], reading: Reading) -> Sheet:
    """Read a whole list. Bad rows are in its ``errors``, and nothing of them in its rates.

    Raises:
        SheetError: it has no header, or columns that cannot be told apart.

    """
    remaining = iter(rows)
    columns, header = _header(remaining, reading)
    sheet = Sheet()
    entries, removals = _entries(remaining, columns, header, reading, sheet)
    sheet.effective = reading.effective or takes_over(entries, removals, reading.now)
    settle(entries, removals, sheet, sheet.effective or reading.now, reading.until)
    sheet.errors.sort(key=lambda error: error.line)
    return sheet


def _header(rows: Iterable[Row], reading: Reading) -> tuple[Columns, Sequence[str]]:
    for number, (line, cells) in enumerate(rows, start=1):
        if isinstance(cells, RowError):
            raise SheetError(f"line {line}, where columns are still to be named: {cells.detail}")
        columns = find_columns(cells, reading.mapping)
        if columns is not None:
            return columns, cells
        if number >= SEARCHED_ROWS:
            break
    raise SheetError(
        f"none of the first {SEARCHED_ROWS} rows names a column of codes and one of prices;"
        " say which they are with --map 'NAME=code' --map 'NAME=price'"
    )


def _entries(
    rows: Iterable[Row],
    columns: Columns,
    header: Sequence[str],
    reading: Reading,
    sheet: Sheet,
) -> tuple[list[Entry], list[Entry]]:
    """The prices, and what the list takes away."""
    currency = reading.currency
    terms_of = TermsReader(
        columns, header, currency, reading.timezone, reading.terms, reading.day_zero
    )
    read_row = RowReader(columns, header, currency, terms_of, allow_free=reading.allow_free)
    entries, removals = list[Entry](), list[Entry]()
    for line, cells in rows:
        try:
            if isinstance(cells, RowError):
                raise cells
            found = read_row(line, cells)
        except RowError as error:
            error.line = line
            sheet.row_count += 1
            sheet.errors.append(error)
            continue
        if found is None:
            continue
        sheet.row_count += 1
        if found[0][TERMS].removed:
            removals += found
        else:
            entries += found
        if len(entries) > MOST_RATES:
            raise SheetError(f"the list has more than {MOST_RATES} rates")
    if read_row.apart and read_row.whole:
        sheet.errors += [_twice_the_country(line) for line in sorted(read_row.whole)]
        entries = [entry for entry in entries if entry[LINE] not in read_row.whole]
        removals = [entry for entry in removals if entry[LINE] not in read_row.whole]
    return entries, removals


def _twice_the_country(line: int) -> RowError:
    return RowError(
        Fault.AMBIGUOUS_CODE,
        "the code begins with its country code, which other rows of the list leave out:"
        " is it whole? Write whole codes without a column of country codes",
        line,
    )
