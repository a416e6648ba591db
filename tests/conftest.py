"""Fixtures for every test: a MariaDB server and databases of one's own on it."""

import os
from collections.abc import Iterator

import pytest
from tools.private_mariadb import temporary_mariadb

from tests.support.database import DatabaseFactory, DatabaseServer


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[DatabaseServer]:
    """The server that `DIALPLANE_DATABASE_URL` names, else a throw-away one for this session."""
    url = os.environ.get("DIALPLANE_ADMIN_DATABASE_URL") or os.environ.get("DIALPLANE_DATABASE_URL")
    if url:
        yield DatabaseServer(url)
        return
    with temporary_mariadb() as server:
        yield DatabaseServer(server.url())


@pytest.fixture
def make_database(mariadb_server: DatabaseServer) -> Iterator[DatabaseFactory]:
    """Creates empty databases, `make_database()`, that live as long as the test."""
    factory = DatabaseFactory(mariadb_server)
    yield factory
    factory.drop_all()


@pytest.fixture(scope="module")
def make_module_database(mariadb_server: DatabaseServer) -> Iterator[DatabaseFactory]:
    """The same for databases that the tests of one file share."""
    factory = DatabaseFactory(mariadb_server)
    yield factory
    factory.drop_all()


@pytest.fixture(scope="session")
def make_session_database(mariadb_server: DatabaseServer) -> Iterator[DatabaseFactory]:
    """The same for databases that the whole session shares; whoever uses them only reads."""
    factory = DatabaseFactory(mariadb_server)
    yield factory
    factory.drop_all()
