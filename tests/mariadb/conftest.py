"""A migrated database for each file of tests, and what reads and writes it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, close, connect
from dialplane_service.mariadb.pool import ConnectionPool
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """Migrated and without rows; shared by the tests of one file."""
    async with migrated_database(mariadb_server) as migrated:
        yield migrated


@pytest_asyncio.fixture
async def admin(database: MigratedDatabase) -> AsyncIterator[Connection]:
    """A connection of the privileged user."""
    connection = await connect(database.admin, timeout_s=5)
    yield connection
    await close(connection)


@pytest_asyncio.fixture
async def pool(database: MigratedDatabase) -> AsyncIterator[ConnectionPool]:
    """A pool of the service's user. Patient: a busy machine is not what is tested."""
    service_pool = ConnectionPool(database.service, connect_s=10, query_s=20)
    yield service_pool
    await service_pool.close()
