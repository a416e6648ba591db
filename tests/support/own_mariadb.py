"""A MariaDB of one test file's own: it may be stopped, killed and frozen."""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from tools.private_mariadb import PrivateMariaDB
from tools.processes import short_temporary_folder

from tests.support.database import DatabaseServer, connect_arguments
from tests.support.schema import MigratedDatabase, migrated_database


@dataclass
class OwnMariaDB:
    """The server and its one migrated database with the demo rows."""

    server: PrivateMariaDB
    database: MigratedDatabase

    def stop(self) -> None:
        """Shut it down."""
        self.server.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.server.stop(at_once=True)

    def start(self) -> None:
        """Start it again, or do nothing."""
        self.server.start()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Shut down inside the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Silent inside the block: connections stay, and nobody answers."""
        pid = self.server.pid
        assert pid is not None, "MariaDB does not run"
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def connection(self, *, autocommit: bool = True) -> Iterator[Any]:
        """A connection of the privileged user."""
        arguments = connect_arguments(self.database.admin_url)
        with closing(
            pymysql.connect(**arguments, database=self.database.name, autocommit=autocommit)
        ) as opened:
            yield opened

    def execute(self, statement: str) -> None:
        """Run one statement as the privileged user."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def connections(self) -> set[int]:
        """The ids of the connections that the service's account has."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s",
                (self.database.service.user,),
            )
            return {int(row[0]) for row in cursor.fetchall()}


@contextmanager
def durable_mariadb() -> Iterator[PrivateMariaDB]:
    """Unlike the throw-away server of most tests it loses nothing that it has committed."""
    home = short_temporary_folder("dialplane-durable-")
    server = PrivateMariaDB(home, dies_with_starter=True)
    try:
        server.start()
        yield server
    finally:
        server.stop(at_once=True)
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def own_mariadb(server: PrivateMariaDB) -> AsyncIterator[OwnMariaDB]:
    """A database on a server that nobody else uses; the server is running again at the end."""
    async with migrated_database(DatabaseServer(server.url()), demo=True) as database:
        yield OwnMariaDB(server, database)
        server.start()
