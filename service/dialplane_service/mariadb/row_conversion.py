"""Rows of MariaDB to the domain's records, by the types of the records' fields."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from json import loads
from types import NoneType, UnionType
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

from dialplane_service.domain.ranking.plan_text import read_strategies
from dialplane_service.domain.rates.amounts import EXCHANGE_SCALE, PRICE_SCALE, scaled
from dialplane_service.mariadb.connection import Row
from dialplane_service.mariadb.instants import to_instant
from dialplane_service.mariadb.row_rules import Rule, rule_for

Record = TypeVar("Record")
Convert = Callable[[Any], Any]


class BrokenRowError(Exception):
    """A row breaks a rule of its table: nothing can be decided by it until somebody mends it."""

    def __init__(self, table: str, row_id: object, column: str, value: object, rule: str) -> None:
        super().__init__(f"{table}#{row_id}: {column} is {value!r}: {rule}")
        self.table = table
        self.row_id = row_id
        self.column = column


class RowConversion(Generic[Record]):
    """Converts the rows of one table; a record's fields are its columns, in order."""

    def __init__(self, table: str, record: type[Record]) -> None:
        self.table = table
        self.columns = tuple(field.name for field in fields(record))  # type: ignore[arg-type]
        self._record = record
        hints = get_type_hints(record)
        self._converts = tuple(
            SPECIAL.get(f"{table}.{column}") or _convert(hints[column], rule_for(table, column))
            for column in self.columns
        )

    def records(self, rows: Iterable[Row]) -> tuple[Record, ...]:
        """Convert all rows.

        Raises:
            BrokenRowError: one of them breaks a rule.

        """
        return tuple(map(self._one, rows))

    def _one(self, row: Row) -> Record:
        try:
            converted = [convert(value) for convert, value in zip(self._converts, row, strict=True)]
        except ValueError:
            self._blame(row)
            raise
        return self._record(*converted)

    def _blame(self, row: Row) -> None:
        for column, convert, value in zip(self.columns, self._converts, row, strict=True):
            try:
                convert(value)
            except ValueError as error:
                row_id = row[0] if self.columns[0] == "id" else f"{row[0]},{row[1]}"
                raise BrokenRowError(self.table, row_id, column, value, str(error)) from None


def _convert(hint: Any, rule: Rule | None) -> Convert:  # noqa: ANN401 - a type, of whatever kind
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        convert = _convert(inner, rule)
        return lambda value: None if value is None else convert(value)
    if hint is bool:
        return _boolean
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word(hint)
    if get_origin(hint) is frozenset:
        return _words(_word(get_args(hint)[0]))
    if hint is datetime:
        return _instant
    if hint is Decimal:
        return _decimal
    if hint is int:
        return _integer if rule is None else lambda value: rule(_integer(value))
    return _text if rule is None else lambda value: rule(_text(value))


def _boolean(value: object) -> bool:
    if value in (0, "N"):
        return False
    if value in (1, "Y"):
        return True
    raise ValueError("not a yes or a no")


def _word(words: type[StrEnum]) -> Convert:
    known = {word.value: word for word in words}

    def convert(value: object) -> StrEnum:
        word = known.get(value) if isinstance(value, str) else None
        if word is None:
            raise ValueError(f"not one of {', '.join(known)}")
        return word

    return convert


def _words(word: Convert) -> Convert:
    """A SET: words between commas."""
    return lambda value: frozenset(word(part) for part in _text(value).split(","))


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError("not an instant")  # noqa: TRY004 - a rule of the row, like all others
    return to_instant(value)


def _decimal(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise ValueError("not a decimal")  # noqa: TRY004 - a rule of the row, like all others
    return value


def _units(scale: int) -> Convert:
    return lambda value: scaled(_decimal(value), scale)


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError("not a number")  # noqa: TRY004 - a rule of the row, like all others
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - a rule of the row, like all others
    return value


def _weights(value: object) -> dict[int, int]:
    """A JSON object of provider ids and weights; NULL: there are none."""
    return (
        {} if value is None else {int(key): weight for key, weight in loads(_text(value)).items()}
    )


SPECIAL: Final[dict[str, Convert]] = {
    "routing_plans.strategies": lambda value: read_strategies(_text(value)),
    "routing_plans.weights": _weights,
    "exchange_rates.rate": _units(EXCHANGE_SCALE),
    "rate_steps.price_per_minute": _units(PRICE_SCALE),
}
"""By "table.column": values that their field's type does not tell how to read."""
