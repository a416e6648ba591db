"""The data version: moved by every change of a decision table, in the order of commits."""

import asyncio

import pytest

from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.decision_tables import DECISION_TABLES
from tests.support.schema import MigratedDatabase

NOT_IN_THE_DEMO = {
    "final_answers": "(provider_id, sip_status, is_final) VALUES (3, 404, 1)",
    "server_trusted_proxies": "(server_id, ipaddress) VALUES (1, '192.0.2.1')",
    "rate_hours": "(name, timezone, spec) VALUES ('n', 'UTC', 'mon')",
    "quality_figures": "VALUES (3, '', '2026-01-01', '2026-01-02', 9, 8, 1, 1, 1)",
}


async def version(connection: Connection) -> int:
    ((number,),) = await execute(connection, "SELECT version FROM data_version")
    return int(number)


@pytest.mark.parametrize("table", DECISION_TABLES)
async def test_each_kind_of_change_of_each_table_moves_it(admin: Connection, table: str) -> None:
    await execute(admin, "SET SESSION foreign_key_checks = 0")
    await admin.begin()
    if table in NOT_IN_THE_DEMO:
        await execute(admin, f"INSERT INTO {table} {NOT_IN_THE_DEMO[table]}")
    names = [row[0] for row in await execute(admin, f"SHOW COLUMNS FROM {table}")]
    plain = ", ".join(name for name in names if name != "account_key")
    before = await version(admin)
    await execute(admin, f"CREATE TEMPORARY TABLE copied AS SELECT {plain} FROM {table} LIMIT 1")
    key = " AND ".join(f"{table}.{name} <=> copied.{name}" for name in plain.split(", "))
    await execute(admin, f"DELETE {table} FROM {table} JOIN copied ON {key}")
    deleted = await version(admin)
    await execute(admin, f"INSERT INTO {table} ({plain}) SELECT * FROM copied")
    inserted = await version(admin)
    first = plain.split(", ")[0]
    await execute(
        admin, f"UPDATE {table} JOIN copied ON {key} SET {table}.{first} = {table}.{first} + 30000"
    )
    updated = await version(admin)
    await execute(admin, "DROP TEMPORARY TABLE copied")
    await admin.rollback()
    assert before < deleted < inserted < updated
    assert await version(admin) == before - (table in NOT_IN_THE_DEMO)


async def test_a_second_writer_waits_for_the_first(
    database: MigratedDatabase, admin: Connection
) -> None:
    other = await connect(database.admin, timeout_s=5, lock_wait_s=10)
    before = await version(admin)
    await admin.begin()
    await execute(admin, "UPDATE currency SET name_en = 'first' WHERE id = 96")
    task = asyncio.create_task(
        execute(other, "UPDATE currency SET name_en = 'second' WHERE id = 122")
    )
    await asyncio.sleep(0.2)
    assert not task.done()
    assert await version(admin) == before + 1
    await admin.commit()
    await task
    assert await version(other) == before + 2
    await close(other)


async def test_a_change_without_a_trigger_is_noted_once(service: Connection) -> None:
    seen = await version(service)
    for _ in range(2):
        assert await execute(service, f"CALL usp_note_unseen_change({seen})") == [(seen + 1,)]
    assert await execute(service, "CALL usp_note_unseen_change(NULL)") == [(seen + 1,)]
