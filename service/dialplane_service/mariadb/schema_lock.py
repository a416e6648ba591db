"""One migrator at a time, by a row lock: no ``GET_LOCK``, which Galera does not have.

The lock is held on a connection of its own, because every DDL statement commits. It ends with that
connection, however the migrator ends.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.migration_errors import MigrationError
from dialplane_service.mariadb.sql_files import Migration
from dialplane_service.mariadb.url import DatabaseUrl

BOOTSTRAP: Final = 2
"""The first migrations make the tables that migrating stands on; they may be run again and again."""
_PATIENCE_S: Final = 60


@asynccontextmanager
async def schema_lock(
    url: DatabaseUrl, migrations: tuple[Migration, ...], patience_s: int = _PATIENCE_S
) -> AsyncIterator[None]:
    """Hold the lock inside the block, waiting for another migrator to finish.

    Raises:
        MigrationError: the other one takes too long.

    """
    connection = await connect(url, timeout_s=10, lock_wait_s=patience_s)
    try:
        for migration in migrations[:BOOTSTRAP]:
            await execute(connection, migration.text)
        await execute(connection, "INSERT IGNORE INTO schema_lock (id) VALUES (1)")
        await execute(connection, "START TRANSACTION")
        await execute(connection, "SELECT id FROM schema_lock WHERE id = 1 FOR UPDATE")
        yield
    except DriverError as error:
        if code(error) != Code.LOCK_WAIT_TIMEOUT:
            raise
        raise MigrationError(
            f"another migration of {url.database} has been running for {patience_s} seconds;"
            " wait for it, or end its connection (SHOW PROCESSLIST)"
        ) from error
    finally:
        await close(connection)
