"""Rows of a price list to rates: the header is found, each row is read strictly, the whole is checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from dialplane_service.domain.rate_sheets.columns import SEARCHED_ROWS, find_columns
from dialplane_service.domain.rate_sheets.records import (
    Fault,
    Field,
    RowError,
    Sheet,
    SheetError,
    SheetRate,
    Terms,
)
from dialplane_service.domain.rate_sheets.row_terms import TermsReader
from dialplane_service.domain.rate_sheets.rows import Entry, RowReader

Row = tuple[int, Sequence[str]]
"""A line, counted from 1, and its cells."""

USUAL: Final = Terms()
MOST_RATES: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a list. ``mapping``: fields of columns by their names, over what is usual.

    ``effective``: when the deck takes over, if that is known beforehand. ``terms``: what holds where
    the list says nothing.
    """

    currency: str
    now: datetime
    effective: datetime | None = None
    timezone: str = "UTC"
    mapping: Mapping[str, Field] = field(default_factory=dict)
    terms: Terms = USUAL


def read_sheet(rows: Iterable[Row], reading: Reading) -> Sheet:
    """Read a whole list. Bad rows are in its ``errors``, and nothing of them in its rates.

    Raises:
        SheetError: it has no header, or columns that cannot be told apart.

    """
    remaining = iter(rows)
    columns, header = _header(remaining, reading)
    sheet = Sheet()
    entries = _entries(remaining, columns, header, reading, sheet)
    sheet.effective = reading.effective or _takes_over(entries, reading.now)
    _settle(entries, sheet, sheet.effective or reading.now)
    sheet.errors.sort(key=lambda error: error.line)
    return sheet


def _header(rows: Iterable[Row], reading: Reading) -> tuple[dict[Field, int], Sequence[str]]:
    for number, (_, cells) in enumerate(rows, start=1):
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
    columns: Mapping[Field, int],
    header: Sequence[str],
    reading: Reading,
    sheet: Sheet,
) -> list[Entry]:
    read_row = RowReader(
        columns,
        header,
        TermsReader(columns, header, reading.currency, reading.timezone, reading.terms),
    )
    entries: list[Entry] = []
    for line, cells in rows:
        try:
            found = read_row(line, cells)
        except RowError as error:
            error.line = line
            sheet.row_count += 1
            sheet.errors.append(error)
            continue
        if found is None:
            continue
        sheet.row_count += 1
        if found[0].terms.removed:
            sheet.removed.extend(entry.rate.prefix for entry in found)
        else:
            entries += found
        if len(entries) > MOST_RATES:
            raise SheetError(f"the list has more than {MOST_RATES} rates")
    return entries


def _takes_over(entries: Sequence[Entry], now: datetime) -> datetime | None:
    """The latest date of the list, if it is still to come: then the whole of it holds."""
    dates = {id(entry.terms): entry.terms.effective for entry in entries}.values()
    latest = max((date for date in dates if date is not None), default=None)
    return latest if latest is not None and latest > now else None


def _settle(entries: list[Entry], sheet: Sheet, effective: datetime) -> None:
    """Keep of each prefix and hours the one rate that holds when the deck takes over."""
    entries.sort(key=_key)
    rates = sheet.rates
    before: Entry | None = None
    for entry in entries:
        starts, ends = entry.terms.effective, entry.terms.ends
        if ends is not None and ends <= effective:
            continue
        if starts is not None and starts > effective:
            sheet.errors.append(
                RowError(
                    Fault.LATER_THAN_THE_DECK,
                    f"{entry.rate.prefix} begins on {starts:%Y-%m-%d}, after the deck itself",
                    entry.line,
                )
            )
            continue
        if before is not None and _same(before.rate, entry.rate):
            sheet.errors.append(_twice(before, entry))
            continue
        before = entry
        rates.append(entry.rate)
    sheet.removed = sorted(set(sheet.removed))


def _same(one: SheetRate, other: SheetRate) -> bool:
    return one.prefix == other.prefix and one.terms.hours == other.terms.hours


def _key(entry: Entry) -> tuple[str, tuple[str, str], datetime, int]:
    rate, line, terms = entry
    return rate.prefix, rate.terms.hours or ("", ""), terms.effective or _EVER, line


_EVER: Final = datetime.min.replace(tzinfo=UTC)


def _twice(first: Entry, second: Entry) -> RowError:
    prefix = second.rate.prefix
    if first.terms.effective != second.terms.effective:
        return RowError(
            Fault.OVERLAPPING_DATES,
            f"{prefix} has a price on line {first.line} that has not ended when this one begins",
            second.line,
        )
    return RowError(
        Fault.DUPLICATE_PREFIX, f"{prefix} has a price on line {first.line} already", second.line
    )
