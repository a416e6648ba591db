"""Migrating: from nothing, again, after any interruption, two at once, and what it refuses."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dialplane_service.mariadb.connection import Connection, Row, close, connect, execute
from dialplane_service.mariadb.migration_errors import MigrationError
from dialplane_service.mariadb.migrator import migrate
from dialplane_service.mariadb.schema_lock import schema_lock
from dialplane_service.mariadb.schema_status import read_status
from dialplane_service.mariadb.service_account import require_login, service_account
from dialplane_service.mariadb.sql_files import migrations, objects, sql_folder
from tests.support.database import DatabaseServer, new_name
from tests.support.schema import MigratedDatabase, drop_migrated, named_database

SCHEMA = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME"
    " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (%s, %s) ORDER BY 1, 2, ORDINAL_POSITION"
)


@pytest.fixture
def empty(mariadb_server: DatabaseServer) -> Iterator[MigratedDatabase]:
    """A name under which nothing exists yet."""
    database = named_database(mariadb_server, new_name())
    yield database
    drop_migrated(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the SQL files, to be changed."""
    return Path(shutil.copytree(sql_folder(), tmp_path / "sql"))


def change_and_unlist(folder: Path, changed: str, unlisted: str) -> None:
    """Change one object's file, and remove every file whose name holds a word."""
    file = folder / f"{changed}.sql"
    file.write_text(file.read_text() + "\n")
    for removed in folder.glob(f"*/*{unlisted}.sql"):
        removed.unlink()
    manifest = folder / "manifest.txt"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if unlisted not in line))


async def columns(database: MigratedDatabase) -> list[Row]:
    connection = await connect(database.admin, timeout_s=5)
    rows = await execute(connection, SCHEMA, (database.name, database.debug_name))
    await close(connection)
    return [tuple(str(cell).replace(database.name, "") for cell in row) for row in rows]


async def test_everything_is_created_and_the_second_run_finds_nothing_to_do(
    empty: MigratedDatabase,
) -> None:
    account = service_account(empty.admin, empty.service)
    assert account is not None
    report = await migrate(empty.admin, account)
    assert report.databases == [empty.name, empty.debug_name]
    assert len(report.migrations) == len(migrations())
    assert report.account_created
    await require_login(account)
    again = await migrate(empty.admin, account)
    assert (again.databases, again.migrations, again.objects) == ([], [], [])
    assert not again.account_created
    connection = await connect(empty.service, timeout_s=5)
    assert (await read_status(connection)).is_current
    await close(connection)


@pytest.mark.parametrize(
    ("moment", "statement"),
    [
        ("after", 3),  # databases, and no table yet
        ("after", 8),  # between the tables that migrating stands on
        ("before", 21),  # begun and not done
        ("after", 21),  # done and not recorded
        ("after", 22),  # between two migrations
        ("after", 110),  # between two routines
    ],
)
async def test_an_interruption_anywhere_is_repaired_by_running_again(
    empty: MigratedDatabase,
    database: MigratedDatabase,
    monkeypatch: pytest.MonkeyPatch,
    statement: int,
    moment: str,
) -> None:
    count = 0

    async def interrupted(
        connection: Connection, text: str, arguments: tuple[object, ...] | None = None
    ) -> list[Row]:
        nonlocal count
        count += 1
        if count == statement and moment == "before":
            raise KeyboardInterrupt
        rows = await execute(connection, text, arguments)
        if count == statement:
            raise KeyboardInterrupt
        return rows

    for module in ("migrator", "schema_objects", "schema_lock", "service_account"):
        monkeypatch.setattr(f"dialplane_service.mariadb.{module}.execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        await migrate(empty.admin)
    monkeypatch.undo()
    await migrate(empty.admin)
    assert (await migrate(empty.admin)).objects == []
    assert await columns(empty) == await columns(database)


async def test_two_migrators_at_once_do_the_work_once(
    empty: MigratedDatabase, database: MigratedDatabase
) -> None:
    account = service_account(empty.admin, empty.service)
    reports = await asyncio.gather(*(migrate(empty.admin, account) for _ in range(3)))
    assert sum(len(report.migrations) for report in reports) == len(migrations())
    assert await columns(empty) == await columns(database)


async def test_a_migrator_does_not_wait_for_ever(
    empty: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty.admin)
    holder = await connect(empty.admin, timeout_s=5)
    await holder.begin()
    await execute(holder, "SELECT id FROM schema_lock WHERE id = 1 FOR UPDATE")
    impatient = partial(schema_lock, patience_s=1)
    monkeypatch.setattr("dialplane_service.mariadb.migrator.schema_lock", impatient)
    with pytest.raises(MigrationError, match="another migration"):
        await migrate(empty.admin)
    await close(holder)
    await migrate(empty.admin)


async def test_a_changed_migration_is_refused(empty: MigratedDatabase, folder: Path) -> None:
    await migrate(empty.admin, folder=folder)
    file = folder / "migrations" / "0006_create_currency.sql"
    file.write_text(file.read_text().replace("Currencies", "Money"))
    with pytest.raises(MigrationError, match=r"0006 create_currency was changed"):
        await migrate(empty.admin, folder=folder)


async def test_a_newer_database_is_refused(empty: MigratedDatabase, folder: Path) -> None:
    number = len(migrations()) + 1
    (folder / "migrations" / f"{number:04d}_create_more.sql").write_text(
        "CREATE TABLE more (id INT PRIMARY KEY)"
    )
    await migrate(empty.admin, folder=folder)
    with pytest.raises(MigrationError, match="newer release"):
        await migrate(empty.admin)


async def test_somebody_elses_tables_are_not_taken_over(empty: MigratedDatabase) -> None:
    connection = await connect(empty.admin, timeout_s=5, database="")
    await execute(connection, f"CREATE DATABASE `{empty.name}`")
    await execute(connection, f"CREATE TABLE `{empty.name}`.currency (id INT)")
    for _ in range(2):
        with pytest.raises(MigrationError, match="somebody else's tables"):
            await migrate(empty.admin)
    await execute(connection, f"DROP TABLE `{empty.name}`.currency")
    await close(connection)
    await migrate(empty.admin)


async def test_a_changed_dropped_or_unlisted_routine_is_put_right(
    empty: MigratedDatabase, folder: Path
) -> None:
    await migrate(empty.admin, folder=folder)
    connection = await connect(empty.admin, timeout_s=5)
    await execute(connection, "DROP TRIGGER gates_after_update")
    await close(connection)
    change_and_unlist(folder, "functions/usable_target_id", "present_triggers")
    report = await migrate(empty.admin, folder=folder)
    assert report.objects == [
        "functions/usable_target_id",
        "triggers/gates_after_update",
        "procedures/usp_present_triggers",
    ]
    assert (await migrate(empty.admin, folder=folder)).objects == []


def test_an_account_without_a_password_needs_a_private_socket(
    empty: MigratedDatabase, tmp_path: Path
) -> None:
    open_account = replace(empty.service, password="", unix_socket=None)
    with pytest.raises(MigrationError, match="--allow-passwordless"):
        service_account(empty.admin, open_account)
    tmp_path.chmod(0o755)
    shared = replace(open_account, unix_socket=str(tmp_path / "sock"))
    with pytest.raises(MigrationError, match="--allow-passwordless"):
        service_account(empty.admin, shared)
    tmp_path.chmod(0o700)
    assert service_account(empty.admin, shared) is not None
    assert service_account(empty.admin, open_account, allow_passwordless=True) is not None
    assert service_account(empty.admin, empty.admin) is None
    with pytest.raises(MigrationError, match="must be the same"):
        service_account(empty.admin, empty.service.at("dialplane"))


async def test_a_server_that_is_not_there_is_said(empty: MigratedDatabase) -> None:
    with pytest.raises(MigrationError, match="see that MariaDB runs"):
        await migrate(replace(empty.admin, unix_socket="/nonexistent"))


async def test_a_user_without_rights_is_told_what_to_do(empty: MigratedDatabase) -> None:
    await migrate(empty.admin, service_account(empty.admin, empty.service))
    with pytest.raises(MigrationError, match="DIALPLANE_ADMIN_DATABASE_URL"):
        await migrate(empty.service)


def test_the_files_are_numbered_and_listed() -> None:
    assert [item.number for item in migrations()] == list(range(1, len(migrations()) + 1))
    assert all(
        item.text.endswith("\n") and ";" not in item.text.rstrip()[-1:] for item in objects()
    )
