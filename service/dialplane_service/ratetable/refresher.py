"""Keeps the decision data in force the database's own: asks for its version, reads, swaps.

A decision never waits for any of this. While MariaDB is away the last data stay in force; after it
has been away they are read again even under the same version, because what came back may be a
restored backup.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

import structlog

from dialplane_service.application.errors import DatabaseUnavailableError, NoDecisionDataError
from dialplane_service.application.ports import DecisionRowsFile, DecisionRowsReader
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.ratetable.keeper import Keeper

VERSION_SECONDS: Final = 1.0
"""How long the database may take to say its version before it counts as away."""
READ_SECONDS: Final = 60.0
"""How long it may take to give all rows."""
REFUSED_AGAIN_SECONDS: Final = 30.0
"""How long refused rows rest before they are read again under the same version."""

log: Final = structlog.get_logger("dialplane.ratetable")


class Refresher:
    """Port ``DecisionDataSource``, fed by a reader and, at a start without database, by a file."""

    def __init__(
        self,
        reader: DecisionRowsReader,
        file: DecisionRowsFile,
        *,
        poll_seconds: float = 0.5,
    ) -> None:
        self._reader = reader
        self._file = file
        self._keeper = Keeper(file)
        self._poll_seconds = poll_seconds
        self._data: DecisionData | None = None
        self._version_read: int | None = None  # None: the next answer is read, whatever it says
        self._refused: tuple[int | None, float, str] | None = None
        self._away_since: float | None = None
        self._asked = asyncio.Event()
        self._loaded = asyncio.Event()
        self._swapped = asyncio.Event()
        self._poller: asyncio.Task[None] | None = None

    def current(self) -> DecisionData:
        """Return the data in force; see the port."""
        if self._data is None:
            raise NoDecisionDataError("no decision data has been loaded yet")
        return self._data

    @property
    def loaded(self) -> bool:
        """Whether there are data in force. Once there are, there always will be."""
        return self._loaded.is_set()

    async def wait_loaded(self) -> None:
        """Wait until there are data in force."""
        await self._loaded.wait()

    async def wait_other_than(self, data: DecisionData | None) -> DecisionData:
        """Wait until other data than these are in force."""
        while self._data is None or self._data is data:
            await self._swapped.wait()
        return self._data

    @property
    def database_available(self) -> bool:
        """Whether the database answered the last time it was asked."""
        return self._asked.is_set() and self._away_since is None

    def findings(self) -> list[Finding]:
        """Say what is wrong with the data in force."""
        found = []
        if self._refused is not None:
            found.append(
                Finding(
                    Severity.ERROR,
                    "decision_data_refused",
                    "database",
                    f"The rows in the database make no decision data: {self._refused[2]}.",
                    "Mend the row; until then decisions are made on the data before it.",
                )
            )
        elif self._away_since is not None:
            found.append(
                Finding(
                    Severity.WARNING,
                    "decision_data_not_refreshed",
                    "database",
                    f"Decision data have not been refreshed for {self._away_seconds():.0f} s.",
                    "Bring MariaDB back; until then decisions are made on the last data.",
                )
            )
        return found

    async def start(self, patience_s: float = 1.0) -> None:
        """Begin to poll; returns with data in force if the database or the file has any.

        The file is used when the database does not answer, or not within ``patience_s``.
        """
        self._poller = asyncio.create_task(self._poll(), name="decision data")
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._asked.wait()
        if self._data is None:
            rows = await asyncio.to_thread(self._file.load)
            if rows is not None:
                await self._use_file(rows)

    async def stop(self) -> None:
        """Stop polling and finish keeping what was read."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.wait([self._poller])
        await self._keeper.stop()

    async def _use_file(self, rows: DecisionRows) -> None:
        try:
            data = await asyncio.to_thread(DecisionData, rows)
        except Exception:  # whatever a row of an older release can do to the indexes
            log.exception("last_good_file_refused")
            return
        if self._data is None:  # else the database answered meanwhile
            self._swap(data, source="last good file")

    async def _poll(self) -> None:
        while True:
            await self._refresh()
            self._asked.set()
            await asyncio.sleep(self._poll_seconds)

    async def _refresh(self) -> None:
        version: int | None = None
        try:
            async with asyncio.timeout(VERSION_SECONDS):
                version = await self._reader.version()
            if version == self._version_read:
                self._refused = None
            elif not self._rests(version):
                await self._read()
            self._back()
        except (DatabaseUnavailableError, TimeoutError) as error:
            self._away(error)
        except Exception as error:  # noqa: BLE001 - a bad row or a fault of ours; routing goes on
            self._refuse(version, error)

    async def _read(self) -> None:
        async with asyncio.timeout(READ_SECONDS):
            rows = await self._reader.read()
        data = await asyncio.to_thread(DecisionData, rows)
        self._version_read, self._refused = rows.version, None
        self._swap(data, source="database")
        self._keeper.keep(rows)

    def _rests(self, version: int) -> bool:
        """Whether these rows were refused a moment ago: reading them again would only cost."""
        if self._refused is None or self._refused[0] != version:
            return False
        return time.monotonic() - self._refused[1] < REFUSED_AGAIN_SECONDS

    def _swap(self, data: DecisionData, source: str) -> None:
        before = None if self._data is None else self._data.version
        self._data = data
        log.info(
            "decision_data_in_force",
            version=data.version,
            version_before=before,
            source=source,
            read_at=data.rows.loaded_at.isoformat(),
        )
        self._loaded.set()
        self._swapped.set()  # whoever waits from now on waits for the next
        self._swapped = asyncio.Event()

    def _away(self, error: Exception) -> None:
        self._version_read = None
        if self._away_since is None:
            self._away_since = time.monotonic()
            log.warning("decision_data_not_refreshed", why=str(error) or type(error).__name__)

    def _back(self) -> None:
        if self._away_since is not None:
            log.info("decision_data_refreshed_again", seconds_away=round(self._away_seconds(), 1))
            self._away_since = None

    def _refuse(self, version: int | None, error: Exception) -> None:
        new = self._refused is None or self._refused[0] != version
        why = f"{type(error).__name__}: {error}"
        self._refused = (version, time.monotonic(), why)
        self._back()
        if new:
            log.error("decision_data_refused", version=version, why=why, exc_info=error)

    def _away_seconds(self) -> float:
        return 0.0 if self._away_since is None else time.monotonic() - self._away_since
