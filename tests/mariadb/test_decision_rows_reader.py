"""Reading the decision data: whole, of one version, and every change noticed."""

import asyncio
from datetime import UTC, datetime
from typing import get_type_hints

import pytest
import pytest_asyncio

from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.decision_tables import TABLES
from dialplane_service.mariadb.demo import load_demo
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.row_conversion import BrokenRowError
from tests.support.schema import MigratedDatabase

READ_AT = datetime(2026, 1, 2, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return READ_AT


@pytest_asyncio.fixture
async def reader(database: MigratedDatabase, pool: ConnectionPool) -> MariaDBDecisionRowsReader:
    """Over the demo rows."""
    await load_demo(database.admin, restore=True)
    return MariaDBDecisionRowsReader(pool, FixedClock())


def test_every_table_of_the_decision_data_is_read() -> None:
    assert set(TABLES) == set(get_type_hints(DecisionRows)) - {"version", "loaded_at"}


async def test_the_demo_rows_come_as_the_domain_wants_them(
    reader: MariaDBDecisionRowsReader,
) -> None:
    rows = await reader.read()
    assert rows.version == await reader.version()
    assert rows.loaded_at == READ_AT
    data = DecisionData(rows)
    westcall = data.provider[7]
    assert (westcall.currency, westcall.cli_allowed, westcall.dynamic_calls) == ("RUB", True, False)
    assert data.server[0].servername == "undefined"
    assert data.server_by_name["asterisk-msm"].ipaddress == "89.208.16.1"
    assert data.address[1].ipaddress is None
    assert [target.target_id for target in data.client_targets[1]] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE gates SET enabled = 0 WHERE id = 8",
        "TRUNCATE TABLE client_targets",
        "ALTER TABLE barred_destinations COMMENT = 'restored'",
        "SET foreign_key_checks = 0; TRUNCATE TABLE clients",
    ],
)
async def test_a_change_by_whatever_hand_moves_the_version(
    reader: MariaDBDecisionRowsReader, admin: Connection, change: str
) -> None:
    before = (await reader.read()).version
    assert await reader.version() == before
    await asyncio.sleep(1.1 if change.startswith("ALTER") else 0)  # CREATE_TIME has whole seconds
    for statement in change.split("; "):
        await execute(admin, statement)
    after = await reader.version()
    assert after > before
    assert await reader.version() == after
    assert (await reader.read()).version == after


async def test_several_readers_note_a_truncation_once(
    reader: MariaDBDecisionRowsReader, pool: ConnectionPool, admin: Connection
) -> None:
    readers = [reader, *(MariaDBDecisionRowsReader(pool, FixedClock()) for _ in range(5))]
    before = {await each.version() for each in readers}
    await execute(admin, "TRUNCATE TABLE emergency_routes")
    assert {*await asyncio.gather(*(each.version() for each in readers))} == {max(before) + 1}


async def test_rows_and_version_are_of_one_instant(
    reader: MariaDBDecisionRowsReader, database: MigratedDatabase, admin: Connection
) -> None:
    """Each change sets a provider's priority to the version it makes."""
    ((start,),) = await execute(admin, "SELECT version FROM data_version")
    stop = asyncio.Event()

    async def change() -> None:
        version = start
        while not stop.is_set():
            version += 1
            await execute(admin, "UPDATE providers SET priority = %s WHERE id = 3", (version,))

    changing = asyncio.create_task(change())
    await asyncio.sleep(0.02)
    for _ in range(30):
        rows = await reader.read()
        (zadarma,) = [row for row in rows.providers if row.id == 3]
        assert zadarma.priority == rows.version
    stop.set()
    await changing


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        ("UPDATE endpoints SET endpointname = 'a&b' WHERE id = 2", "endpoints#2", "endpointname"),
        ("UPDATE numbers_pool SET number = '12,3' WHERE id = 279", "numbers_pool#279", "number"),
        ("UPDATE servers SET iax2 = 'IAX2/a\\n' WHERE id = 2", "servers#2", "iax2"),
        ("UPDATE servers SET ipaddress = 'here' WHERE id = 2", "servers#2", "ipaddress"),
        ("UPDATE accounts SET timezone = 'Mars/Base' WHERE id = 1", "accounts#1", "timezone"),
        ("UPDATE gates SET proto = 'MGCP' WHERE id = 8", "gates#8", "proto"),
        ("UPDATE providers SET enabled = 2 WHERE id = 3", "providers#3", "enabled"),
    ],
)
async def test_a_broken_row_is_named(
    reader: MariaDBDecisionRowsReader,
    database: MigratedDatabase,
    change: str,
    row: str,
    column: str,
) -> None:
    careless = await connect(database.admin, timeout_s=5)
    await execute(careless, "SET check_constraint_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
    await execute(careless, change)
    try:
        with pytest.raises(BrokenRowError, match=f"^{row}: {column} is "):
            await reader.read()
        assert await reader.version() > 0
    finally:
        await execute(careless, "UPDATE providers SET enabled = 1")
        await execute(careless, "UPDATE gates SET proto = 'SIP'")
        await load_demo(database.admin, restore=True)
        await close(careless)
    assert await reader.read()
