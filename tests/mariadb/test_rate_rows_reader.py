"""Decks read for the compiler, by the service's own user."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.rates.records import RateRow
from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.rate_rows_reader import open_rate_rows
from dialplane_service.ratetable.compile_process import CompileError, compile_in_process
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from dialplane_service.ratetable.layout import Catalogue
from dialplane_service.ratetable.table import MappedRateTable
from tests.rates.test_dates_and_currencies import NOW, deck
from tests.support.schema import MigratedDatabase

ROWS = [
    RateRow("7", 0, 11, "Россия", 1, 0, 60, 60, 0, 0, 0),
    RateRow("7916", 0, 12, "", 10**18 - 1, 10**18 - 1, 1, 65535, 65535, 1, 4),
    RateRow("7916", 3, 13, "Mobile", 1_234_567, 100_000, 30, 6, 0, 0, 0),
]
INSERT = (
    "INSERT INTO rates (deck_id, prefix, hours_id, id, destination, price_per_minute, connect_fee,"
    " first_increment_s, next_increment_s, minimum_s, blocked, steps_id)"
    " VALUES (%s, %s, %s, %s, %s, %s / 100000000, %s / 100000000, %s, %s, %s, %s, %s)"
)


async def fill(admin: Connection) -> None:
    await execute(admin, "DELETE FROM rates")
    for row in ROWS:
        await execute(admin, INSERT, (1, *row))
        await execute(admin, INSERT, (2, *row._replace(price_per_minute=7)))


async def test_a_decks_rates_come_as_they_are(
    admin: Connection, database: MigratedDatabase
) -> None:
    await fill(admin)
    with open_rate_rows(database.service) as reader:
        assert [RateRow(*row) for chunk in reader.rates(1) for row in chunk] == ROWS
        assert list(reader.rates(9)) == []


async def test_the_compiling_process_reads_them(
    admin: Connection, database: MigratedDatabase, tmp_path: Path
) -> None:
    await fill(admin)
    await execute(admin, "DELETE FROM rates WHERE hours_id <> 0 OR steps_id <> 0")
    decks = (replace(deck(1, NOW), row_count=1), replace(deck(2, NOW, provider_id=2), row_count=1))
    catalogue = Catalogue(1, decks)
    await compile_in_process(tmp_path, catalogue, partial(open_rate_rows, database.service))
    table = MappedRateTable(tmp_path / TABLE_FILE)
    rate = table.matches("79161234567", NOW, (1,)).rate(0)
    assert rate is not None
    assert (rate.id, table.destination(rate)) == (11, "Россия")


async def test_a_server_that_is_away_is_said_to_be(
    database: MigratedDatabase, tmp_path: Path
) -> None:
    # Over TCP: after a failed connect to a Unix socket the driver leaves its own end open.
    url = replace(database.service, unix_socket=None, host="127.0.0.1", port=1)
    with pytest.raises(DatabaseUnavailableError), open_rate_rows(url):
        pass
    with pytest.raises(CompileError, match="DatabaseUnavailableError"):
        await compile_in_process(tmp_path, Catalogue(1, ()), partial(open_rate_rows, url))
