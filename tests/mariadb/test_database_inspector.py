"""What `doctor` says of the database."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.database_inspector import MariaDBInspector
from dialplane_service.mariadb.pool import ConnectionPool
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

OF_THE_TEST_SERVER = {"commits_not_durable", "sql_mode_lenient"}


@pytest_asyncio.fixture
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """One for each test: they break it."""
    async with migrated_database(mariadb_server) as migrated:
        yield migrated


async def codes(pool: ConnectionPool) -> set[str]:
    found = await MariaDBInspector(pool).inspect()
    assert all(each.problem and each.remedy and each.subject for each in found)
    return {each.code for each in found} - OF_THE_TEST_SERVER


async def test_a_fresh_database_has_nothing_wrong(pool: ConnectionPool) -> None:
    assert await codes(pool) == set()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("DROP TRIGGER gates_after_update", "version_trigger_missing"),
        ("DELETE FROM schema_objects WHERE name = 'procedures/usp_hangup'", "object_missing"),
        ("DELETE FROM schema_migrations WHERE number = 9", "migration_missing"),
        ("UPDATE schema_migrations SET applied_at = NULL WHERE number = 9", "migration_missing"),
        ("UPDATE schema_migrations SET checksum = 'x' WHERE number = 9", "migration_changed"),
        ("INSERT INTO schema_migrations VALUES (999, 'x', 'x', NOW())", "migration_newer"),
        ("DROP TABLE schema_objects", "migration_missing"),
        ("GRANT INSERT ON * TO `service`", "grants_too_wide"),
        ("GRANT SELECT ON *.* TO `service`", "grants_too_wide"),
    ],
)
async def test_damage_is_found(
    database: MigratedDatabase, pool: ConnectionPool, admin: Connection, damage: str, code: str
) -> None:
    await execute(admin, damage.replace("`service`", f"`{database.service.user}`@localhost"))
    assert code in await codes(pool)


async def test_the_administrators_account_is_too_much(database: MigratedDatabase) -> None:
    pool = ConnectionPool(database.admin, size=10_000, connect_s=10, query_s=20)
    assert await codes(pool) == {"grants_too_wide", "too_few_connections"}
    await pool.close()
