"""The demo rows: loaded once, then a person's."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.demo import demo_tables, load_demo
from dialplane_service.mariadb.migration_errors import MigrationError
from tests.support.database import DatabaseServer, new_name
from tests.support.schema import MigratedDatabase, migrated_database, named_database

ROWS: Final = sum(len(table.rows) for table in demo_tables())


@pytest_asyncio.fixture
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """One for each test: they change it."""
    async with migrated_database(mariadb_server) as migrated:
        yield migrated


async def run(database: MigratedDatabase, statement: str) -> list[tuple[object, ...]]:
    connection = await connect(database.admin, timeout_s=5)
    rows = await execute(connection, statement)
    await close(connection)
    return rows


async def test_twice_is_no_change(database: MigratedDatabase) -> None:
    assert len((await load_demo(database.admin)).loaded) == ROWS
    version = await run(database, "SELECT version FROM data_version")
    again = await load_demo(database.admin)
    assert (again.unchanged, again.loaded, again.others) == (ROWS, [], 0)
    assert await run(database, "SELECT version FROM data_version") == version


async def test_a_persons_changes_stay_until_they_are_asked_back(
    database: MigratedDatabase,
) -> None:
    await load_demo(database.admin)
    await run(database, "UPDATE providers SET priority = 7 WHERE id = 8")
    await run(database, "DELETE FROM barred_destinations WHERE id = 1")
    await run(database, "INSERT INTO currency (id, iso) VALUES (5, 'CHF')")
    report = await load_demo(database.admin)
    assert (report.changed, report.missing) == (["providers#8"], ["barred_destinations#1"])
    assert (report.loaded, report.others) == ([], 1)
    report = await load_demo(database.admin, restore=True)
    assert report.restored == ["providers#8", "barred_destinations#1"]
    assert report.others == 1
    assert (await load_demo(database.admin)).unchanged == ROWS


async def test_a_database_with_other_rows_is_left_alone(database: MigratedDatabase) -> None:
    await run(database, "INSERT INTO currency (id, iso) VALUES (5, 'CHF')")
    report = await load_demo(database.admin)
    assert (report.loaded, report.unchanged, report.others) == ([], 0, 1)
    assert await run(database, "SELECT COUNT(*) FROM providers") == [(0,)]


async def test_without_tables_it_says_what_to_run(mariadb_server: DatabaseServer) -> None:
    with pytest.raises(MigrationError, match="db migrate"):
        await load_demo(named_database(mariadb_server, new_name()).admin)


@pytest.mark.parametrize(
    ("provider", "append_plus", "carries_outgoing", "reached_by"),
    [
        ("Zadarma", 0, 1, "ADDRESS"),
        ("Multitel", 1, 0, "ADDRESS"),
        ("Westcall", 0, 1, "GATE"),
        ("Voxbeam", 1, 1, "ADDRESS"),
        ("Voicebuy", 1, 1, "ADDRESS"),
        ("IPport", 1, 1, "ADDRESS"),
    ],
)
def test_the_articles_faults_are_mended_and_nothing_else(
    provider: str, append_plus: int, carries_outgoing: int, reached_by: str
) -> None:
    (table,) = [each for each in demo_tables() if each.table == "providers"]
    (row,) = [
        dict(zip(table.columns, values, strict=True))
        for values in table.rows.values()
        if provider in values
    ]
    assert row["append_plus"] == str(append_plus)
    assert row["carries_outgoing"] == str(carries_outgoing)
    assert row["reached_by"] == reached_by


def test_no_address_is_the_loopback() -> None:
    cells = {cell for table in demo_tables() for row in table.rows.values() for cell in row}
    assert "127.0.0.1" not in cells
