from dataclasses import replace

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.decision_data import DecisionRows


class FakeDecisionRowsReader:
    """Port `DecisionRowsReader`: holds rows; `away` makes it unavailable."""

    def __init__(self, rows: DecisionRows) -> None:
        self.rows = rows
        self.away = False
        self.broken_row: Exception | None = None
        self.reads = 0
        self.asked = 0

    def commit(self, rows: DecisionRows) -> None:
        """Change the rows; the version moves."""
        self.rows = replace(rows, version=self.rows.version + 1)

    async def version(self) -> int:
        self.asked += 1
        self._require_available()
        return self.rows.version

    async def read(self) -> DecisionRows:
        self._require_available()
        self.reads += 1
        if self.broken_row is not None:
            raise self.broken_row
        return self.rows

    def _require_available(self) -> None:
        if self.away:
            raise DatabaseUnavailableError("the fake is away: secret details of the driver")
