"""Rows of MariaDB to the domain's records, by the types of the records' fields."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from dialplane_service.mariadb.connection import Row
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
            _convert(hints[column], rule_for(table, column)) for column in self.columns
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
    if hint is int:
        return _integer
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


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError("not a number")  # noqa: TRY004 - a rule of the row, like all others
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - a rule of the row, like all others
    return value
