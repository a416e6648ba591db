"""The rate table in force: the newest file that was found usable, swapped in one assignment."""

from pathlib import Path
from typing import Final

import structlog

from dialplane_service.application.ports import RateTable
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.rates.no_rates import NoRates
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from dialplane_service.ratetable.rows_format import RefusedFileError
from dialplane_service.ratetable.table import MappedRateTable

log: Final = structlog.get_logger("dialplane.ratetable")

_Identity = tuple[int, int, int]


class RateTables:
    """Port ``RateTableSource`` over a folder. A decision that has begun keeps the table it began with."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / TABLE_FILE
        self._table: RateTable = NoRates()
        self._seen: _Identity | None = None
        self._refused = ""

    def current(self) -> RateTable:
        """The table in force; see the port."""
        return self._table

    def refresh(self) -> bool:
        """Look for a new file and swap it in; whether there was one. A refused one leaves the old in force.

        Costs microseconds where nothing changed, and less than a millisecond for a table as its compiler
        left it. A file that was changed, moved or restored is read whole first: call it from a thread.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            return self._refuse(str(error))
        identity = (status.st_ino, status.st_mtime_ns, status.st_size)
        if identity == self._seen:
            return False
        try:
            table = MappedRateTable(self._path)
        except (OSError, RefusedFileError) as error:
            self._seen = identity
            return self._refuse(str(error))
        # What was mapped, not what was looked at first: the next one may be there already.
        self._seen, self._table, self._refused = table.file.identity, table, ""
        log.info("rate_table_in_force", version=table.version, rates=table.rate_count)
        return True

    def findings(self) -> list[Finding]:
        """Say what is wrong with the file."""
        if not self._refused:
            return []
        return [
            Finding(
                Severity.ERROR,
                "rate_table_refused",
                str(self._path),
                f"The file of rates cannot be used: {self._refused}.",
                "Remove it to have it compiled again; until then the rates before it are used.",
            )
        ]

    def _refuse(self, why: str) -> bool:
        if why != self._refused:
            log.error("rate_table_refused", file=str(self._path), why=why)
        self._refused = why
        return False
