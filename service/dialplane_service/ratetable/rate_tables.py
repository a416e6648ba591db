"""The rate table in force: the newest file that was found usable, swapped in one assignment."""

from pathlib import Path
from typing import Final

import structlog

from dialplane_service.application.ports import RateTable
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.rates.no_rates import NoRates
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from dialplane_service.ratetable.layout import Catalogue
from dialplane_service.ratetable.rows_format import RefusedFileError
from dialplane_service.ratetable.table import MappedRateTable

log: Final = structlog.get_logger("dialplane.ratetable")

_Identity = tuple[int, int, int]
_NO_RATES: Final = NoRates()


class RateTables:
    """Port ``RateTableSource`` over a folder. A decision that has begun keeps the table it began with."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / TABLE_FILE
        self.mapped: MappedRateTable | None = None
        """The table in force, unless there is none."""
        self.refused = ""
        """Why the file at its place cannot be used; empty: it can, or there is none."""
        self._seen: _Identity | None = None
        self._served: Catalogue | None = None

    def current(self) -> RateTable:
        """The table in force; see the port."""
        return self.mapped or _NO_RATES

    def serves(self, wanted: Catalogue) -> bool:
        """Whether the table in force is what is wanted, and lies at its place for the next start."""
        if self.mapped is None:
            return self._seen is None and not wanted.decks
        if wanted is not self._served and self.mapped.catalogue.serves(wanted):
            self._served = wanted  # it is asked every half second: compared once
        return self.mapped.file.identity == self._seen and wanted is self._served

    def refresh(self) -> bool:
        """Look for a new file and swap it in; whether there was one. A refused one leaves the old in force.

        Costs microseconds where nothing changed, and less than a millisecond for a table as its compiler
        left it. A file that was changed, moved or restored is read whole first: call it from a thread.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._seen, self.refused = None, ""
            return False
        except OSError as error:
            return self._refuse(str(error))
        identity = (status.st_ino, status.st_mtime_ns, status.st_size)
        if identity == self._seen:
            return False
        try:
            table = MappedRateTable(self.path)
        except (OSError, RefusedFileError) as error:
            self._seen = identity
            return self._refuse(str(error))
        # What was mapped, not what was looked at first: the next one may be there already.
        self._seen, self.refused = table.file.identity, ""
        self.mapped, self._served = table, None
        log.info("rate_table_in_force", version=table.version, rates=table.rate_count)
        return True

    def findings(self) -> list[Finding]:
        """Say what is wrong with the file."""
        if not self.refused:
            return []
        return [
            Finding(
                Severity.ERROR,
                "rate_table_refused",
                str(self.path),
                f"The file of rates cannot be used: {self.refused}.",
                "It is compiled again by itself unless it is not ours: then remove it;"
                " until then the rates before it are used.",
            )
        ]

    def _refuse(self, why: str) -> bool:
        if why != self.refused:
            log.error("rate_table_refused", file=str(self.path), why=why)
        self.refused = why
        return False
