"""Keeps the rate table that of the decision data in force: looks, compiles where needed, swaps.

Every worker process has one. They share the file: each takes up what is new, and the one that gets
the lock compiles for all of them. A decision never waits for any of this.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.rate_table_status import RateTableStatus
from dialplane_service.ratetable.compile_process import OpenReader, compile_in_process
from dialplane_service.ratetable.compile_rates import segment_path
from dialplane_service.ratetable.layout import Catalogue, catalogue_of
from dialplane_service.ratetable.rate_tables import RateTables
from dialplane_service.ratetable.refresher import Refresher

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
"""Pauses between compiles that fail; each is twice the one before it. New decision data end a pause."""
LOCK_FILE: Final = "compiler.lock"

if TYPE_CHECKING:
    from dialplane_service.domain.decision_data import DecisionData

log: Final = structlog.get_logger("dialplane.ratetable")


class RateCompiler:
    """Keeps ``tables`` what the data want."""

    def __init__(
        self,
        data: Refresher,
        tables: RateTables,
        open_reader: OpenReader,
        *,
        poll_seconds: float = 0.5,
    ) -> None:
        """``open_reader`` is called in the compiling process; ``poll_seconds``: for what other workers did."""
        self._data = data
        self._tables = tables
        self._folder = tables.path.parent
        self._open_reader = open_reader
        self._poll_seconds = poll_seconds
        self._looked_at: DecisionData | None = None
        self._wanted: Catalogue | None = None
        self._served: DecisionData | None = None
        """The data that the table was found to serve; no others, until it has been looked at for them."""
        self._compiling_since: datetime | None = None
        self._failure: tuple[str, datetime] | None = None
        self._pause_s = 0.0
        self._not_before = 0.0
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, patience_s: float = 5.0) -> None:
        """Take up the file that is there, so that the first decision has prices; then keep it up to date.

        Without any file the first compile is waited for, but not longer than ``patience_s``.
        """
        with suppress(Exception):  # the first round meets it again, and says so
            await asyncio.to_thread(self._tables.refresh)
        if self._tables.mapped is not None:
            self._settled.set()
        self._task = asyncio.create_task(self._run(), name="rate table")
        if self._data.loaded:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._settled.wait()

    async def stop(self) -> None:
        """Stop, in the middle of a compile if need be: the table before it stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def findings(self) -> list[Finding]:
        """Say what hinders the table from being what the data want."""
        found = self._tables.findings()
        if self._failure is not None:
            version = 0 if self._wanted is None else self._wanted.version
            found.append(
                Finding(
                    Severity.ERROR,
                    "rate_table_not_compiled",
                    str(self._tables.path),
                    f"The rates of data version {version} could not be compiled: {self._failure[0]}.",
                    "It is tried again by itself; until then the rates before are used."
                    " `dialplane ratetable status` says which.",
                )
            )
        return found

    async def status(self) -> RateTableStatus:
        """Say how the table and its compiler are."""
        table = self._tables.mapped
        data = self._data.current() if self._data.loaded else None
        about = {} if table is None else table.file.header.about
        sealed_ns = 0 if table is None else table.file.header.sealed_ns
        decks = () if table is None else table.catalogue.decks
        return RateTableStatus(
            version=0 if table is None else table.version,
            compiled_at=datetime.fromtimestamp(sealed_ns // 1000 / 10**6, UTC) if table else None,
            decks=len(decks),
            rates=0 if table is None else table.rate_count,
            prefixes=int(about.get("prefixes", 0)),
            file=str(self._tables.path),
            file_bytes=0 if table is None else table.file.identity[2],
            segment_bytes=await asyncio.to_thread(
                lambda: sum(map(_size, (segment_path(self._folder, deck) for deck in decks)))
            ),
            data_version=0 if data is None else data.version,
            up_to_date=data is not None and data is self._served,
            compiling_since=self._compiling_since,
            failure="" if self._failure is None else self._failure[0],
            failed_at=None if self._failure is None else self._failure[1],
            refused=self._tables.refused,
        )

    async def _run(self) -> None:
        while True:
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001 - a disk, a deck or a fault of ours; calls go on
                self._fail(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._data.wait_other_than(self._looked_at)

    async def _round(self) -> None:
        if not self._data.loaded:
            return
        data = self._data.current()
        if data is not self._looked_at:
            self._looked_at, self._pause_s, self._not_before = data, 0.0, 0.0
            self._wanted = await asyncio.to_thread(catalogue_of, data.rows)
        wanted = self._wanted
        if wanted is None or await self._is_served(wanted):
            return
        if time.monotonic() < self._not_before:
            return
        if not self._data.database_available:
            raise DatabaseUnavailableError("MariaDB does not answer")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _sole_compiler(self._folder) as sole:
            self._compiling_since = self._compiling_since or datetime.now(UTC)
            # Whoever compiled before may have done it between the look and the lock.
            if sole and not await self._is_served(wanted):
                await self._compile(wanted)
                await self._is_served(wanted)

    async def _is_served(self, wanted: Catalogue) -> bool:
        """Take up a new file, and say whether it is the one that is wanted."""
        serves = await asyncio.to_thread(self._looked, wanted)
        self._served = self._looked_at if serves else None
        if serves:
            self._settled.set()
            self._compiling_since = None
            if self._failure is not None:
                log.info("rate_table_compiled_again", version=wanted.version)
            self._failure = None
        return serves

    def _looked(self, wanted: Catalogue) -> bool:
        self._tables.refresh()
        return self._tables.serves(wanted)

    async def _compile(self, wanted: Catalogue) -> None:
        try:
            done = await compile_in_process(self._folder, wanted, self._open_reader)
        finally:
            self._compiling_since = None
        log.info(
            "rate_table_compiled",
            version=done.version,
            rates=done.rates,
            decks=done.decks,
            decks_read=done.decks_read,
            seconds=round(done.seconds, 2),
        )

    def _fail(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + self._pause_s
        if self._failure is None or self._failure[0] != why:
            log.error("rate_table_not_compiled", why=why)
        self._failure = (why, datetime.now(UTC))
        self._settled.set()


@contextmanager
def _sole_compiler(folder: Path) -> Iterator[bool]:
    """Whether this process may compile: of several workers one does, and the others do without a process."""
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(lock)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
