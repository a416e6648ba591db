"""Rows of a price list to rates: the header is found, each row is read strictly, the whole is checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
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
PREFIX: Final = 0
LINE: Final = 1
TERMS: Final = 4
"""Places in an entry."""
_ALWAYS: Final = ("", "")
_EVER: Final = datetime.min.replace(tzinfo=UTC)
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
        reading.currency,
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
        if found[0][TERMS].removed:
            sheet.removed.extend(entry[PREFIX] for entry in found)
        else:
            entries += found
        if len(entries) > MOST_RATES:
            raise SheetError(f"the list has more than {MOST_RATES} rates")
    return entries


def _takes_over(entries: Sequence[Entry], now: datetime) -> datetime | None:
    """The latest date of the list, if it is still to come: then the whole of it holds."""
    dates = {id(entry[TERMS]): entry[TERMS].effective for entry in entries}.values()
    latest = max((date for date in dates if date is not None), default=None)
    return latest if latest is not None and latest > now else None


def _settle(entries: list[Entry], sheet: Sheet, effective: datetime) -> None:
    """Keep of each prefix and hours the one rate that holds when the deck takes over."""
    said = {id(entry[TERMS]): entry[TERMS] for entry in entries}.values()
    simple = all(terms.terms.hours is None and terms.effective is None for terms in said)
    # Sorting by prefix alone, which keeps the order of lines, is several times faster.
    entries.sort(key=itemgetter(PREFIX) if simple else _key)
    keep = sheet.rates.append
    before: Entry | None = None
    for entry in entries:
        prefix, line, name, price, terms = entry
        starts, ends = terms.effective, terms.ends
        if ends is not None and ends <= effective:
            continue
        if starts is not None and starts > effective:
            sheet.errors.append(
                RowError(
                    Fault.LATER_THAN_THE_DECK,
                    f"{prefix} begins on {starts:%Y-%m-%d}, after the deck itself",
                    line,
                )
            )
            continue
        if (
            before is not None
            and before[PREFIX] == prefix
            and before[TERMS].terms.hours == terms.terms.hours
        ):
            sheet.errors.append(_twice(before, entry))
            continue
        before = entry
        keep(SheetRate(prefix, name, price, terms.terms))
    sheet.removed = sorted(set(sheet.removed))


def _key(entry: Entry) -> tuple[str, tuple[str, str], datetime, int]:
    prefix, line, _, _, terms = entry
    return prefix, terms.terms.hours or _ALWAYS, terms.effective or _EVER, line


def _twice(first: Entry, second: Entry) -> RowError:
    prefix, line = second[PREFIX], second[LINE]
    if first[TERMS].effective != second[TERMS].effective:
        return RowError(
            Fault.OVERLAPPING_DATES,
            f"{prefix} has a price on line {first[LINE]} that has not ended when this one begins",
            line,
        )
    return RowError(
        Fault.DUPLICATE_PREFIX, f"{prefix} has a price on line {first[LINE]} already", line
    )
