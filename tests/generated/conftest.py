"""A service on MariaDB with the demo's rows and generated ones, and the table at the end."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest
import pytest_asyncio

from tests.generated.outcome import Outcomes
from tests.generated.rows import fixed_rows, insert, random_rows, remove_prices
from tests.generated.world import World, read_world
from tests.support.database import DatabaseServer, connect_arguments
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase, migrated_database

INPUTS = 10_000
"""For each RPC and each shim."""

_TABLES = pytest.StashKey[list[str]]()


@dataclass
class Site:
    """What the generated inputs are thrown at."""

    service: RunningService
    world: World
    connection: Any
    seed: int
    tables: list[str]

    def conclude(self, outcomes: Outcomes) -> None:
        """Keep the table for the end, and assert that nothing was wrong."""
        self.tables.append(outcomes.table())
        assert not (verdict := outcomes.verdict()), verdict
        assert outcomes.total(valid=True) >= INPUTS // 2
        assert outcomes.total(valid=True) + outcomes.total(valid=False) >= INPUTS
        self.assert_logs_are_quiet()

    def empty_event_tables(self) -> None:
        """Forget every event, so that the rows of one test are counted alone."""
        with self.connection.cursor() as cursor:
            for table in ("channels", "events", "attempts"):
                cursor.execute(f"TRUNCATE TABLE {table}")

    def assert_logs_are_quiet(self) -> None:
        """No fault, no traceback, and nothing in a line that is not that line's own."""
        text = self.service.log.read_text()
        assert "Traceback" not in text
        assert '"event":"fault"' not in text
        assert '"status":"INTERNAL"' not in text
        whole = text.split("\n")[-2000:-1]  # the last one may be half written
        assert all(isinstance(json.loads(line), dict) for line in whole)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer, seed: int) -> AsyncIterator[MigratedDatabase]:
    """A database with the demo's rows and those that the seed makes."""
    async with migrated_database(mariadb_server, demo=True) as migrated:
        yield migrated


@pytest.fixture(scope="module")
def site(database: MigratedDatabase, seed: int, pytestconfig: pytest.Config) -> Iterator[Site]:
    """The service, and all that the oracles know."""
    connection = pymysql.connect(
        **connect_arguments(database.admin_url), database=database.name, autocommit=True
    )
    with connection:
        remove_prices(connection)
        insert(connection, fixed_rows() + random_rows(seed))
        world = read_world(connection)
        with running_service(database.service_url) as service:
            tables = pytestconfig.stash.setdefault(_TABLES, [])
            yield Site(service, world, connection, seed, tables)
            assert service.stop() == 0


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show what became of the generated inputs, by class."""
    for table in config.stash.get(_TABLES, []):
        terminalreporter.write_line(table)
