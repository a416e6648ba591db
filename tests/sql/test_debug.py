"""Debug records: behind a switch, kept through a rollback, committing nothing, never failing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dialplane_service.mariadb.connection import Connection, Row, close, connect, execute
from tests.support.schema import MigratedDatabase


@pytest_asyncio.fixture
async def debug(database: MigratedDatabase) -> AsyncIterator[Connection]:
    """A connection to the debug database, without records and switches."""
    connection = await connect(database.admin, timeout_s=5, database=database.debug_name)
    await execute(connection, "DELETE FROM debug_records")
    await execute(connection, "DELETE FROM debug_switches")
    yield connection
    await close(connection)


async def records(debug: Connection) -> list[Row]:
    return await execute(debug, "SELECT procedure_name, debug_text FROM debug_records ORDER BY id")


async def test_a_procedure_is_silent_until_it_is_switched_on(debug: Connection) -> None:
    await execute(debug, "CALL debug('a', 'one')")
    await execute(debug, "INSERT INTO debug_switches VALUES ('a', 1), ('b', 0)")
    await execute(debug, "CALL debug('a', 'two')")
    await execute(debug, "CALL debug('b', 'three')")
    await execute(debug, "CALL debug('A', 'four')")
    assert await records(debug) == [("a", "two")]


async def test_a_record_survives_a_rollback_and_commits_nothing(
    database: MigratedDatabase, admin: Connection, debug: Connection
) -> None:
    await execute(debug, "INSERT INTO debug_switches VALUES ('a', 1)")
    await admin.begin()
    await execute(admin, "UPDATE currency SET name_en = 'changed' WHERE id = 96")
    await execute(admin, f"CALL `{database.debug_name}`.debug('a', 'inside')")
    await admin.rollback()
    assert await records(debug) == [("a", "inside")]
    assert await execute(admin, "SELECT name_en FROM currency WHERE id = 96") == [
        ("Russian ruble",)
    ]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("a", None, ("a", "")),
        ("a", "", ("a", "")),
        ("a", "x" * 100_000, ("a", "x" * 16_000)),
        ("a", "ж'\"\\\n😀", ("a", "ж'\"\\\n😀")),
        (None, "x", None),
        ("", "x", None),
        ("n" * 255, "x", None),
    ],
)
async def test_edges(
    debug: Connection, name: str | None, text: str | None, kept: tuple[str, str] | None
) -> None:
    await execute(debug, "INSERT INTO debug_switches VALUES ('a', 1)")
    await execute(debug, "CALL debug(%s, %s)", (name, text))
    assert await records(debug) == ([kept] if kept else [])


async def test_a_record_that_cannot_be_kept_does_not_fail_its_caller(
    database: MigratedDatabase, admin: Connection, debug: Connection
) -> None:
    await execute(debug, "INSERT INTO debug_switches VALUES ('usp_gettypeofcall', 1)")
    await execute(debug, "RENAME TABLE debug_records TO elsewhere")
    answer = await execute(admin, "CALL usp_gettypeofcall('1', '2', '3', 'asterisk-msm')")
    await execute(debug, "RENAME TABLE elsewhere TO debug_records")
    assert answer[0][1] == "UNKNOWN_NUMBER"


async def test_every_procedure_of_the_article_has_its_switch(
    service: Connection, debug: Connection
) -> None:
    names = ("usp_gettypeofcall", "usp_record_channel", "usp_hangup")
    for name in names:
        await execute(debug, "INSERT INTO debug_switches VALUES (%s, 1)", (name,))
    await execute(service, "CALL usp_gettypeofcall('1', '2', 'chan', 'asterisk-msm')")
    nulls = ", ".join(["NULL"] * 16)
    await execute(service, f"CALL usp_record_channel(1, 'd', 'CREATED', NOW(), {nulls})")
    nulls = ", ".join(["NULL"] * 20)
    await execute(service, f"CALL usp_hangup(1, 'd', NOW(), {nulls})")
    assert [row[0] for row in await records(debug)] == list(names)
