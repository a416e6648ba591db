"""What a row says beside code, name and price: read once for all rows that say the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from dialplane_service.domain.rate_sheets import cells as read
from dialplane_service.domain.rate_sheets.amounts import amount
from dialplane_service.domain.rate_sheets.cells import Standing
from dialplane_service.domain.rate_sheets.records import Fault, Field, RowError, Terms

Value = TypeVar("Value")

_ELSEWHERE: Final = frozenset({Field.CODE, Field.COUNTRY_CODE, Field.DESTINATION, Field.PRICE})


class RowTerms(NamedTuple):
    """The terms of a row, whether it takes its codes away, and when it begins and ends."""

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
        columns: Mapping[Field, int],
        header: Sequence[str],
        currency: str,
        timezone: str,
        usual: Terms,
    ) -> None:
        self._columns = {name: at for name, at in columns.items() if name not in _ELSEWHERE}
        self._places = tuple(self._columns.values())
        self._header = header
        self._currency = currency
        self._timezone = timezone
        self._usual = usual
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
            found = self._known[said] = self._read(dict(zip(self._columns, said, strict=True)))
        return found

    def _read(self, said: Mapping[Field, str]) -> RowTerms:
        usual = self._usual
        cell = _Cells(said, {name: self._header[at] for name, at in self._columns.items()})
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
        standings = (cell(Field.STATUS, read.standing), cell(Field.BLOCKED, read.standing))
        timezone = cell(Field.TIMEZONE, str) or self._timezone
        fee = cell(Field.CONNECT_FEE, lambda text: amount(text, self._currency, "the connect fee"))
        terms = Terms(
            connect_fee=usual.connect_fee if fee is None else fee,
            first_increment_s=cell(Field.FIRST_INCREMENT, _increment) or interval[0],
            next_increment_s=cell(Field.NEXT_INCREMENT, _increment) or interval[1],
            minimum_s=interval[2] if minimum is None else minimum,
            blocked=Standing.BLOCKED in standings,
            hours=cell(Field.HOURS, lambda text: read.hours(text, timezone)),
            steps=cell(Field.STEPS, lambda text: read.steps(text, self._currency)) or (),
        )
        effective, ends = cell(Field.EFFECTIVE, read.instant), cell(Field.ENDS, read.instant)
        if effective is not None and ends is not None and ends <= effective:
            raise RowError(
                Fault.BAD_DATE, "the row ends before it begins", column=cell.columns[Field.ENDS]
            )
        return RowTerms(terms, Standing.REMOVED in standings, effective, ends)


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
