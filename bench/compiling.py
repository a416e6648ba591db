"""A full compile from MariaDB against a bare fetch of the same rows by the same driver."""

import multiprocessing
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pymysql
from pymysql.cursors import SSCursor
from tests.support.schema import MigratedDatabase

from bench.load import children_cpu_seconds
from dialplane_service.config import Config
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_rows_reader import _RATES, ROWS_PER_CHUNK, open_rate_rows
from dialplane_service.mariadb.url import DatabaseUrl
from dialplane_service.ratetable.compile_process import compile_in_process
from dialplane_service.ratetable.layout import Catalogue, catalogue_of

_AS_NICE = 10


@dataclass(frozen=True)
class Spent:
    """Wall time, and what the process used of a processor; in seconds."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Compiling:
    """Both in a process of their own with the same niceness."""

    rates: int
    compiled: Spent
    """Start of the process, all rows from MariaDB, segments, table, checksums and syncs to disk."""
    fetched: Spent
    """The same statement by the same driver and kind of cursor; the rows are dropped."""

    @property
    def ratio(self) -> float:
        return self.compiled.seconds / self.fetched.seconds


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def compile_rates(database: MigratedDatabase, folder: Path) -> tuple[Catalogue, Spent]:
    """What the service does at its first start; the catalogue, and what it took."""
    pool = ConnectionPool(database.service, size=1, query_s=30)
    try:
        base = Config.model_fields["base_currency"].default
        rows = await MariaDBDecisionRowsReader(pool, _Clock(), base).read()
    finally:
        await pool.close()
    catalogue = catalogue_of(rows)
    began, cpu = time.monotonic(), children_cpu_seconds()
    await compile_in_process(folder, catalogue, partial(open_rate_rows, database.service))
    return catalogue, Spent(time.monotonic() - began, children_cpu_seconds() - cpu)


def fetch(database: MigratedDatabase, catalogue: Catalogue) -> Spent:
    """What a process takes to fetch the rows and to drop them."""
    process = multiprocessing.get_context("spawn").Process(
        target=_fetch, args=(database.service, [deck.id for deck in catalogue.decks])
    )
    began, cpu = time.monotonic(), children_cpu_seconds()
    process.start()
    process.join()
    assert process.exitcode == 0, "the rows could not be fetched"
    return Spent(time.monotonic() - began, children_cpu_seconds() - cpu)


def _fetch(url: DatabaseUrl, deck_ids: list[int]) -> None:
    os.nice(_AS_NICE)
    connection = pymysql.connect(
        host=url.host,
        port=url.port,
        unix_socket=url.unix_socket,
        user=url.user,
        password=url.password,
        database=url.database,
        charset="utf8mb4",
    )
    with connection, connection.cursor(SSCursor) as cursor:
        for deck_id in deck_ids:
            cursor.execute(_RATES, (deck_id,))
            while cursor.fetchmany(ROWS_PER_CHUNK):
                pass
