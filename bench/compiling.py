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

from dialplane_service.config import Config
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_rows_reader import _RATES, ROWS_PER_CHUNK, open_rate_rows
from dialplane_service.mariadb.url import DatabaseUrl
from dialplane_service.ratetable.compile_process import compile_in_process
from dialplane_service.ratetable.layout import Catalogue, catalogue_of

_AS_NICE = 10


@dataclass(frozen=True)
class Compiling:
    """Seconds of wall time, both in a process of their own with the same niceness."""

    rates: int
    compile_s: float
    """Start of the process, all rows from MariaDB, segments, table, checksums and syncs to disk."""
    fetch_s: float
    """The same statement by the same driver and kind of cursor; the rows are dropped."""


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def compile_rates(database: MigratedDatabase, folder: Path) -> tuple[Catalogue, float]:
    """What the service does at its first start; the catalogue, and seconds."""
    pool = ConnectionPool(database.service, size=1, query_s=30)
    try:
        base = Config.model_fields["base_currency"].default
        rows = await MariaDBDecisionRowsReader(pool, _Clock(), base).read()
    finally:
        await pool.close()
    catalogue = catalogue_of(rows)
    began = time.monotonic()
    await compile_in_process(folder, catalogue, partial(open_rate_rows, database.service))
    return catalogue, time.monotonic() - began


def fetch(database: MigratedDatabase, catalogue: Catalogue) -> float:
    """Seconds that a process takes to fetch the rows and to drop them."""
    process = multiprocessing.get_context("spawn").Process(
        target=_fetch, args=(database.service, [deck.id for deck in catalogue.decks])
    )
    began = time.monotonic()
    process.start()
    process.join()
    assert process.exitcode == 0, "the rows could not be fetched"
    return time.monotonic() - began


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
