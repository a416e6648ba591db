"""The demo rows: loaded into an empty database, and after that a person's to change."""

import csv
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from dialplane_service.mariadb.connection import Connection, Row, close, connect, execute
from dialplane_service.mariadb.decision_tables import DECISION_TABLES
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.migration_errors import MigrationError, explained
from dialplane_service.mariadb.sql_files import sql_folder
from dialplane_service.mariadb.url import DatabaseUrl

_FILE: Final = re.compile(r"[0-9]{2}_([a-z_]+)\.csv")
_KEY_WIDTHS: Final = {
    "ring_group_members": 2,
    "client_targets": 2,
    "exchange_rates": 2,
    "plan_weights": 2,
    "rates": 3,
}
"""How many of the first columns are the key, where it is not the first alone."""

Key = tuple[str, ...]
Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class DemoTable:
    """The demo rows of one table, as text; an empty cell is NULL."""

    table: str
    columns: tuple[str, ...]
    rows: dict[Key, Values]


@dataclass(slots=True)
class DemoReport:
    """What became of the demo rows. Rows are named "table#id"."""

    loaded: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    unchanged: int = 0
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: int = 0


def demo_tables(folder: Path | None = None) -> tuple[DemoTable, ...]:
    """The demo rows, in the order in which they can be inserted."""
    found = []
    for file in sorted(((folder or sql_folder()) / "demo").glob("*.csv")):
        parsed = _FILE.fullmatch(file.name)
        if parsed is None:
            raise MigrationError(f"{file} is not named like 01_currency.csv")
        with file.open(encoding="utf-8", newline="") as lines:
            columns, *rows = csv.reader(lines)
        width = _KEY_WIDTHS.get(parsed[1], 1)
        found.append(
            DemoTable(
                parsed[1],
                tuple(columns),
                {tuple(row[:width]): tuple(cell or None for cell in row) for row in rows},
            )
        )
    return tuple(found)


async def load_demo(
    admin: DatabaseUrl, *, restore: bool = False, folder: Path | None = None
) -> DemoReport:
    """Load the demo rows, all or none, if the decision tables are empty; else only compare.

    ``restore`` puts back rows that are missing or were changed; rows that are not the demo's stay.

    Raises:
        MigrationError: see its message.

    """
    try:
        connection = await connect(admin, timeout_s=10, lock_wait_s=60)
        try:
            await execute(connection, "START TRANSACTION")
            # Held to the end: the triggers would take this lock at the first row anyway.
            await execute(connection, "SELECT version FROM data_version WHERE id = 1 FOR UPDATE")
            report = await _load(connection, demo_tables(folder), restore=restore)
            await execute(connection, "COMMIT")
        finally:
            await close(connection)
    except DriverError as error:
        if code(error) in (Code.NO_SUCH_TABLE, Code.UNKNOWN_DATABASE):
            raise MigrationError(
                f"{admin.database} has no tables yet; run `dialplane db migrate` first"
            ) from error
        raise explained(error, admin, f"loading demo rows into {admin.database}") from error
    return report


async def _load(
    connection: Connection, tables: tuple[DemoTable, ...], *, restore: bool
) -> DemoReport:
    report = DemoReport()
    empty = not any([await _count(connection, table) for table in DECISION_TABLES])
    known = added = 0  # demo rows that were there, and those put where they were missing
    for demo in tables:
        present = await _present(connection, demo)
        for key, row in demo.rows.items():
            name = f"{demo.table}#{','.join(key)}"
            if key in present and present[key] == row:
                report.unchanged += 1
            elif empty or restore:
                await _put(connection, demo, row)
                (report.loaded if empty else report.restored).append(name)
            else:
                (report.changed if key in present else report.missing).append(name)
        if demo.table in DECISION_TABLES:  # rates are not counted: there may be millions
            known += len(present.keys() & demo.rows.keys())
            missing = len(demo.rows.keys() - present.keys())
            added += missing if empty or restore else 0
    total = sum([await _count(connection, table) for table in DECISION_TABLES])
    report.others = total - known - added
    return report


async def _count(connection: Connection, table: str) -> int:
    ((count,),) = await execute(connection, f"SELECT COUNT(*) FROM {table}")  # noqa: S608
    return int(count)


async def _present(connection: Connection, demo: DemoTable) -> dict[Key, Values]:
    columns = ", ".join(demo.columns)
    firsts = sorted({key[0] for key in demo.rows})
    among = ", ".join(["%s"] * len(firsts))
    rows = await execute(
        connection,
        f"SELECT {columns} FROM {demo.table} WHERE {demo.columns[0]} IN ({among})",  # noqa: S608
        firsts,
    )
    width = len(next(iter(demo.rows)))
    return {tuple(str(cell) for cell in row[:width]): _as_text(row) for row in rows}


def _as_text(row: Row) -> Values:
    return tuple(None if cell is None else _cell(cell) for cell in row)


def _cell(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


async def _put(connection: Connection, demo: DemoTable, row: Values) -> None:
    columns = ", ".join(demo.columns)
    places = ", ".join(["%s"] * len(row))
    changes = ", ".join(f"{column} = VALUES({column})" for column in demo.columns)
    await execute(
        connection,
        f"INSERT INTO {demo.table} ({columns}) VALUES ({places})"  # noqa: S608
        f" ON DUPLICATE KEY UPDATE {changes}",
        row,
    )
