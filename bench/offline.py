"""Decisions without a service around them: on its last good files, and on tables of other sizes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.application.ports import RateTable
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.ratetable.rows_file import RowsFile


class Source:
    """Ports ``DecisionDataSource``, ``RateTableSource`` (by ``rates``) and ``Clock`` over what never changes."""

    def __init__(self, data_file: Path) -> None:
        rows = RowsFile(data_file).load()
        assert rows is not None, "the service has kept no file"
        self.data = DecisionData(rows)

    def current(self) -> DecisionData:
        return self.data

    def now(self) -> datetime:
        return datetime.now(UTC)


class Fixed:
    """Port ``RateTableSource`` over one table."""

    def __init__(self, table: RateTable) -> None:
        self._table = table

    def current(self) -> RateTable:
        return self._table


def build_dial_string(source: Source, table: RateTable) -> BuildDialString:
    """The use case on these data and this table."""
    return BuildDialString(source, Fixed(table), RoutingSettings())


def run(coroutine: Any) -> Any:  # noqa: ANN401
    """Drive a use case that waits for nothing, without an event loop's own cost."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a decision waited for something")
