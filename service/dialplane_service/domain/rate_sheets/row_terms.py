"""What a row says beside code, name and price: read once for all rows that say the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from dialplane_service.domain.rate_sheets import cells as read
from dialplane_service.domain.rate_sheets.amounts import amount
from dialplane_service.domain.rate_sheets.cells import Standing
from dialplane_service.domain.rate_sheets.columns import Columns
from dialplane_service.domain.rate_sheets.records import Fault, Field, RowError, Terms

Value = TypeVar("Value")

_NO_END: Final = 2099
"""An end in this year or later is how lists say that there is none."""
_ELSEWHERE: Final = frozenset({Field.CODE, Field.COUNTRY_CODE, Field.DESTINATION, Field.PRICE})


class RowTerms(NamedTuple):
    """The terms of a row, whether it takes its codes away, and when it begins and ends.

    What is blocked is not taken away, whatever else the row says: then a shorter prefix would sell it.
    """

    terms: Terms
    removed: bool
    effective: datetime | None
    ends: datetime | None

    def as_blocked(self) -> "RowTerms":
        """The same for codes that are not carried."""
        return self._replace(terms=self.terms._replace(blocked=True))


class TermsReader:
    """Reads the terms of rows. A list has few different ones, however long it is."""

    def __init__(
        self,
        columns: Columns,
        header: Sequence[str],
        currency: str,
        timezone: str,
        usual: Terms,
        day_zero: datetime = read.DAY_ZERO,
    ) -> None:
        self._fields = [
            (name, at)
            for name, places in columns.items()
            if name not in _ELSEWHERE
            for at in places
        ]
        self._places = tuple([at for _, at in self._fields])
        self._header = header
        self._currency = currency
        self._timezone = timezone
        self._usual = usual
        self._day_zero = day_zero
        self._known: dict[tuple[str, ...], RowTerms] = {}

    def __call__(self, cells: Sequence[str]) -> RowTerms:
        """The terms of one row.

        Raises:
            RowError: a cell cannot be read; it names the column.

        """
        count = len(cells)
        said = tuple([cells[at] if at < count else "" for at in self._places])
        found = self._known.get(said)
        if found is None:
            found = self._known[said] = self._read(said)
        return found

    def _read(self, said: Sequence[str]) -> RowTerms:
        usual = self._usual
        cell = _Cells(
            {name: text for (name, _), text in zip(self._fields, said, strict=True)},
            {name: self._header[at] for name, at in self._fields},
        )
        currency = cell(Field.CURRENCY, str.upper)
        if currency not in (None, self._currency):
            raise RowError(
                Fault.WRONG_CURRENCY,
                f"the price is in {currency[:10]}, the deck in {self._currency}",
                column=cell.columns[Field.CURRENCY],
            )
        interval = cell(Field.INTERVAL, read.interval) or (
            usual.first_increment_s,
            usual.next_increment_s,
            usual.minimum_s,
        )
        minimum = cell(Field.MINIMUM, lambda text: read.seconds(text, least=0))
        standings = self._standings(said)
        blocked = Standing.BLOCKED in standings
        timezone = cell(Field.TIMEZONE, str) or self._timezone
        fee = cell(Field.CONNECT_FEE, lambda text: amount(text, self._currency, "the connect fee"))
        terms = Terms(
            connect_fee=usual.connect_fee if fee is None else fee,
            first_increment_s=cell(Field.FIRST_INCREMENT, _increment) or interval[0],
            next_increment_s=cell(Field.NEXT_INCREMENT, _increment) or interval[1],
            minimum_s=interval[2] if minimum is None else minimum,
            blocked=blocked,
            hours=cell(Field.HOURS, lambda text: read.hours(text, timezone)),
            steps=cell(Field.STEPS, lambda text: read.steps(text, self._currency)) or (),
        )
        effective = cell(Field.EFFECTIVE, self._instant)
        ends = cell(Field.ENDS, self._instant)
        if ends is not None and ends.year >= _NO_END:
            ends = None
        if effective is not None and ends is not None and ends <= effective:
            raise RowError(
                Fault.BAD_DATE, "the row ends before it begins", column=cell.columns[Field.ENDS]
            )
        removed = Standing.REMOVED in standings and not blocked
        return RowTerms(terms, removed, effective, ends)

    def _instant(self, text: str) -> datetime:
        return read.instant(text, self._day_zero)

    def _standings(self, said: Sequence[str]) -> set[Standing | None]:
        """What all the columns say that a status may stand in."""
        return {
            _Cells({name: text}, {name: self._header[at]})(name, read.standing)
            for (name, at), text in zip(self._fields, said, strict=True)
            if name in (Field.STATUS, Field.BLOCKED)
        }


class _Cells:
    """The cells of one row, read by field; what is wrong with one names its column."""

    def __init__(self, said: Mapping[Field, str], columns: Mapping[Field, str]) -> None:
        self._said = said
        self.columns = columns

    def __call__(self, name: Field, convert: Callable[[str], Value]) -> Value | None:
        text = self._said.get(name, "").strip()
        if not text:
            return None
        if text.startswith("=") and len(text) > 1:
            raise RowError(
                Fault.FORMULA, f"the cell is a formula: {text[:40]!r}", column=self.columns[name]
            )
        try:
            return convert(text)
        except RowError as error:
            error.column = self.columns[name]
            raise


def _increment(text: str) -> int:
    return read.seconds(text, least=1)
