"""Databases for tests: randomly named, created and dropped here, and no other name ever touched."""

import re
import secrets
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import pymysql

NAME = re.compile(r"dialplane_test_[0-9a-f]{12}")


class ForeignDatabaseError(Exception):
    """The name is not one of a test's databases: it is somebody's data."""


def connect_arguments(url: str) -> dict[str, Any]:
    """Turn `mysql://user:password@host:port/name?unix_socket=…` into arguments of pymysql.

    They suit aiomysql too. The database is left out: pymysql calls it `database`, aiomysql `db`.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("mysql", "mariadb"):
        raise ValueError(f"not a mysql:// address: {parts.scheme}://")
    arguments: dict[str, Any] = {"host": parts.hostname or "localhost", "port": parts.port or 3306}
    arguments["user"] = unquote(parts.username or "root")
    arguments["password"] = unquote(parts.password or "")
    socket = parse_qs(parts.query).get("unix_socket")
    if socket:
        arguments["unix_socket"] = socket[0]
    return arguments


@dataclass(frozen=True)
class DatabaseServer:
    """A server on which the tests may create databases."""

    url: str
    """With the rights to create databases and users; its database part means nothing."""

    def url_of(self, database: str, user: str | None = None, password: str = "") -> str:
        """The address of one database, by default for the privileged user."""
        parts = urlsplit(self.url)
        place = parts.netloc
        if user is not None:
            credentials = f"{user}:{password}" if password else user
            place = f"{credentials}@{place.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))

    def execute(self, statement: str) -> None:
        """Run one statement as the privileged user, in no database."""
        with (
            closing(pymysql.connect(**connect_arguments(self.url), autocommit=True)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@dataclass(frozen=True)
class TestDatabase:
    """An empty database of a test."""

    __test__ = False  # not a test class, whatever its name

    server: DatabaseServer
    name: str

    @property
    def url(self) -> str:
        """Its address for the privileged user; fit for `DIALPLANE_ADMIN_DATABASE_URL`."""
        return self.server.url_of(self.name)

    def url_for(self, user: str, password: str = "") -> str:
        """Its address for another user of the server."""
        return self.server.url_of(self.name, user, password)

    def connect(self) -> "pymysql.Connection[Any]":
        """A new autocommitting connection of the privileged user; the caller closes it."""
        return pymysql.connect(
            **connect_arguments(self.server.url), database=self.name, autocommit=True
        )


class DatabaseFactory:
    """Creates databases and drops at the end every one that it created."""

    def __init__(self, server: DatabaseServer) -> None:
        self.server = server
        self._names: list[str] = []

    def __call__(self) -> TestDatabase:
        """A new, empty database."""
        name = new_name()
        create_database(self.server, name)
        self._names.append(name)
        return TestDatabase(self.server, name)

    def drop_all(self) -> None:
        """Drop what was created; a database that a test dropped itself is no fault."""
        while self._names:
            drop_database(self.server, self._names.pop())


def new_name() -> str:
    """A database name that no other test run has."""
    return f"dialplane_test_{secrets.token_hex(6)}"


def create_database(server: DatabaseServer, name: str) -> None:
    """Create a test's database; raises `ForeignDatabaseError` for any other name."""
    server.execute(f"CREATE DATABASE `{own(name)}` CHARACTER SET utf8mb4")


def drop_database(server: DatabaseServer, name: str) -> None:
    """Drop a test's database; raises `ForeignDatabaseError` for any other name."""
    server.execute(f"DROP DATABASE IF EXISTS `{own(name)}`")


def own(name: str) -> str:
    """The name itself, when it is a test database's; otherwise `ForeignDatabaseError`."""
    if NAME.fullmatch(name) is None:
        raise ForeignDatabaseError(f"tests neither create nor drop a database named {name!r}")
    return name
