"""One connection to MariaDB, set up as every connection of ours is."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aiomysql
from aiomysql import Connection as Connection  # re-exported: the only name that repositories need

from dialplane_service.mariadb.url import DatabaseUrl

Row = tuple[Any, ...]

SQL_MODE: Final = (
    "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
    "NO_AUTO_VALUE_ON_ZERO"  # keeps the article's server 0
)
_FAREWELL_SECONDS: Final = 0.2


class _Cursor(aiomysql.Cursor):  # type: ignore[misc]
    """Does not ask for warnings: strict mode makes errors of those that matter."""

    async def _show_warnings(self, _connection: Connection) -> None:
        return


async def connect(
    url: DatabaseUrl, *, timeout_s: float, lock_wait_s: int = 1, database: str | None = None
) -> Connection:
    """A new autocommitting connection: strict, UTC, utf8mb4. ``database`` "" selects none.

    Raises:
        TimeoutError: it did not come about in time.
        DriverError: the server refused it or cannot be reached.

    """
    chosen = url.database if database is None else database
    async with asyncio.timeout(timeout_s):
        connection: Connection = await aiomysql.connect(
            host=url.host,
            port=url.port,
            unix_socket=url.unix_socket,
            user=url.user,
            password=url.password,
            db=chosen or None,
            charset="utf8mb4",
            cursorclass=_Cursor,
            autocommit=True,
            init_command=(
                f"SET sql_mode = '{SQL_MODE}', time_zone = '+00:00',"
                f" innodb_lock_wait_timeout = {lock_wait_s}, foreign_key_checks = 1,"
                " check_constraint_checks = 1, tx_isolation = 'REPEATABLE-READ'"
            ),
        )
        return connection


async def close(connection: Connection) -> None:
    """Say goodbye if the server listens, and close in any case."""
    with suppress(Exception):
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await connection.ensure_closed()
    connection.close()


async def execute(
    connection: Connection, statement: str, arguments: Sequence[object] | None = None
) -> list[Row]:
    """Run one statement and return the rows of its first result; further results are drained."""
    async with connection.cursor() as cursor:
        await cursor.execute(statement, arguments)
        rows = list(await cursor.fetchall()) if cursor.description else []
        while await cursor.nextset():
            pass
        return rows


@asynccontextmanager
async def snapshot(connection: Connection) -> AsyncIterator[None]:
    """Inside the block all statements read the same committed state."""
    await execute(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    try:
        yield
    finally:
        if not connection.closed:
            await execute(connection, "ROLLBACK")
