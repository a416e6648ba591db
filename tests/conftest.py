"""Fixtures for every test: a MariaDB server and databases of one's own on it."""

import os
from collections.abc import Iterator

import pytest
from tools.temporary_mariadb import temporary_mariadb

from tests.support.database import DatabaseFactory, DatabaseServer

SEED = int(os.environ.get("DIALPLANE_SEED", "20260101"))


def pytest_report_header() -> str:
    """Print what repeats this run."""
    return f"DIALPLANE_SEED={SEED}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak tests out unless they, or some other markers, are asked for."""
    if config.option.markexpr:
        return
    soak = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=soak)
    items[:] = [item for item in items if item not in soak]


@pytest.fixture(scope="session")
def seed() -> int:
    """The number that generated input starts from; `DIALPLANE_SEED` sets it."""
    return SEED


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
