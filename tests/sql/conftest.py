"""A migrated database for each file of tests, and connections of its users."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, close, connect
from tests.sql.admission import new_provider
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """With the demo rows; shared by the tests of one file."""
    async with migrated_database(mariadb_server, demo=True) as migrated:
        yield migrated


@pytest_asyncio.fixture
async def admin(database: MigratedDatabase) -> AsyncIterator[Connection]:
    """A connection of the privileged user."""
    connection = await connect(database.admin, timeout_s=5)
    yield connection
    await close(connection)


@pytest_asyncio.fixture
async def rolled_back(admin: Connection) -> AsyncIterator[Connection]:
    """The same inside a transaction that leaves nothing behind."""
    await admin.begin()
    yield admin
    await admin.rollback()


@pytest_asyncio.fixture
async def service(database: MigratedDatabase) -> AsyncIterator[Connection]:
    """A connection of the service's user."""
    connection = await connect(database.service, timeout_s=5)
    yield connection
    await close(connection)


@pytest.fixture
def provider() -> int:
    """A provider of this test's own, whose places are all free."""
    return new_provider()
