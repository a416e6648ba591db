"""Migrated databases for tests: a random name, its debug database and its two accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dialplane_service.mariadb.demo import load_demo
from dialplane_service.mariadb.migrator import migrate
from dialplane_service.mariadb.service_account import service_account
from dialplane_service.mariadb.url import DatabaseUrl, parse_database_url
from tests.support.database import DatabaseServer, create_database, drop_database, new_name, own

PASSWORD = "only-for-tests"


@dataclass(frozen=True)
class MigratedDatabase:
    """A database with the whole schema. Rows are changed through `admin_url`."""

    server: DatabaseServer
    name: str
    admin_url: str
    """`mysql://…` of the privileged user; fit for `DIALPLANE_ADMIN_DATABASE_URL`."""
    service_url: str
    """`mysql://…` of the least privileged user; fit for `DIALPLANE_DATABASE_URL`."""

    @property
    def admin(self) -> DatabaseUrl:
        """`admin_url`, parsed."""
        return parse_database_url(self.admin_url)

    @property
    def service(self) -> DatabaseUrl:
        """`service_url`, parsed."""
        return parse_database_url(self.service_url)

    @property
    def debug_name(self) -> str:
        """The debug database's name."""
        return self.admin.debug_database


@asynccontextmanager
async def migrated_database(
    server: DatabaseServer, *, demo: bool = False
) -> AsyncIterator[MigratedDatabase]:
    """Create and migrate a database (0.3 s), with the demo rows if asked; drop it all at the end.

    async with migrated_database(mariadb_server, demo=True) as database:
        pool = ConnectionPool(database.service)
    """
    database = named_database(server, new_name())
    create_database(server, database.name)
    try:
        await migrate(database.admin, service_account(database.admin, database.service))
        if demo:
            await load_demo(database.admin)
        yield database
    finally:
        drop_migrated(database)


def named_database(server: DatabaseServer, name: str) -> MigratedDatabase:
    """What a database of this name would be; nothing is created."""
    return MigratedDatabase(
        server, own(name), server.url_of(name), server.url_of(name, f"{name}_service", PASSWORD)
    )


def drop_migrated(database: MigratedDatabase) -> None:
    """Drop both databases and both accounts of a test, those that exist."""
    name = own(database.name)
    drop_database(database.server, name)
    database.server.execute(f"DROP DATABASE IF EXISTS `{name}_debug`")
    for user in (f"{name}_service", f"{name}_definer"):
        for host in ("localhost", "127.0.0.1", "%"):
            database.server.execute(f"DROP USER IF EXISTS `{user}`@`{host}`")
