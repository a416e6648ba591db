"""Brings a database's schema up to date."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.migration_errors import MigrationError, explained
from dialplane_service.mariadb.schema_lock import BOOTSTRAP, schema_lock
from dialplane_service.mariadb.schema_objects import load_objects
from dialplane_service.mariadb.service_account import ServiceAccount, ensure_account
from dialplane_service.mariadb.sql_files import Migration, migrations, objects, substituted
from dialplane_service.mariadb.url import DatabaseUrl

OLDEST_SERVER: Final = (10, 6)
"""The first with atomic DDL: an interrupted statement has either happened or not."""
_DONE_BEFORE: Final = frozenset(
    {
        Code.TABLE_EXISTS,
        Code.DUPLICATE_COLUMN,
        Code.DUPLICATE_KEY_NAME,
        Code.CANNOT_DROP,
        Code.DUPLICATE_CONSTRAINT,
    }
)
"""What a statement says that had taken effect when its migrator was interrupted."""


@dataclass(slots=True)
class MigrationReport:
    """What a migrator did; everything empty: nothing was to do."""

    databases: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    account: str | None = None
    account_created: bool = False


async def migrate(
    admin: DatabaseUrl,
    service: ServiceAccount | None = None,
    *,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> MigrationReport:
    """Create databases, tables, routines, triggers and accounts that are missing or out of date.

    Run again after any interruption it goes on where it stopped; two at once wait for each other.

    Raises:
        MigrationError: see its message.
        SqlFilesError: the SQL files are not as they must be.

    """
    report = MigrationReport()
    doing = f"connecting to {admin}"
    try:
        connection = await connect(admin, timeout_s=10, lock_wait_s=60, database="")
        try:
            await _require_server(connection)
            doing = f"creating the database {admin.database}"
            for name in (admin.database, admin.debug_database):
                if await _create_database(connection, name):
                    report.databases.append(name)
                    progress(f"database {name}")
            await connection.select_db(admin.database)
            doing = f"migrating {admin.database}"
            async with schema_lock(admin, migrations(folder)):
                await _apply_all(connection, admin, folder, report, progress)
                if service is not None:
                    doing = f"creating the account {service}"
                    report.account = str(service)
                    report.account_created = await ensure_account(connection, service)
                doing = f"loading routines into {admin.database}"
                names = tokens(admin, service)
                report.objects += await load_objects(
                    connection, admin, objects(folder), names, progress
                )
        finally:
            await close(connection)
    except DriverError as error:
        raise explained(error, admin, doing) from error
    except TimeoutError as error:
        raise MigrationError(f"{doing}: no answer within 10 seconds") from error
    return report


def tokens(admin: DatabaseUrl, service: ServiceAccount | None) -> dict[str, str]:
    """What the names in the SQL files stand for here."""
    names = {
        "`debug`.": f"`{admin.debug_database}`.",
        "`definer`@`localhost`": f"`{admin.definer}`@`localhost`",
    }
    if service is not None:
        names["`service`@`host`"] = service.quoted
    return names


async def _require_server(connection: Connection) -> None:
    ((version,),) = await execute(connection, "SELECT VERSION()")
    numbers = version.split("-")[0].split(".")
    if "MariaDB" not in version or tuple(int(part) for part in numbers[:2]) < OLDEST_SERVER:
        oldest = ".".join(str(part) for part in OLDEST_SERVER)
        raise MigrationError(f"the server is {version}; MariaDB {oldest} or newer is needed")


async def _create_database(connection: Connection, name: str) -> bool:
    # Asked first: who may not create databases can still migrate one that was made for them.
    if await execute(
        connection, "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", (name,)
    ):
        return False
    await execute(
        connection,
        f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    )
    return True


async def _apply_all(
    connection: Connection,
    admin: DatabaseUrl,
    folder: Path | None,
    report: MigrationReport,
    progress: Callable[[str], None],
) -> None:
    known = migrations(folder)
    recorded = {
        number: (checksum, applied_at)
        for number, checksum, applied_at in await execute(
            connection, "SELECT number, checksum, applied_at FROM schema_migrations"
        )
    }
    if recorded and max(recorded) > len(known):
        raise MigrationError(
            f"{admin.database} has migration {max(recorded)}, this installation ends at"
            f" {len(known)}: the database belongs to a newer release; install that one"
        )
    for migration in known:
        checksum, applied_at = recorded.get(migration.number, (None, None))
        if applied_at is not None and checksum != migration.checksum:
            raise MigrationError(
                f"migration {migration} was changed after it was applied to {admin.database};"
                " restore the file and write a new migration instead"
            )
        if applied_at is None:
            text = substituted(migration.text, tokens(admin, None))
            await _apply(connection, migration, text, begun=checksum is not None)
            report.migrations.append(str(migration))
            progress(f"migration {migration}")


async def _apply(connection: Connection, migration: Migration, text: str, *, begun: bool) -> None:
    await execute(
        connection,
        "REPLACE INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
        (migration.number, migration.name, migration.checksum),
    )
    try:
        await execute(connection, text)
    except DriverError as error:
        finished = begun or migration.number <= BOOTSTRAP
        if not (finished and code(error) in _DONE_BEFORE):
            await _forget(connection, migration, error)
            raise
    await execute(
        connection,
        "UPDATE schema_migrations SET applied_at = UTC_TIMESTAMP(6) WHERE number = %s",
        (migration.number,),
    )


async def _forget(connection: Connection, migration: Migration, error: DriverError) -> None:
    """Take back that a migration has begun, which the server refused outright."""
    if (code(error) or 0) >= Code.SOCKET:
        return  # the connection broke: it may have happened
    await execute(
        connection, "DELETE FROM schema_migrations WHERE number = %s", (migration.number,)
    )
    if code(error) == Code.TABLE_EXISTS:
        raise MigrationError(
            f"migration {migration}: {error.args[1]}, but no migration made it: the database holds"
            " somebody else's tables; migrate an empty one"
        ) from error
