"""How a database's schema compares with this installation's SQL files."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.sql_files import GRANTS, migrations, objects

_APPLIED: Final = "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number"


@dataclass(frozen=True, slots=True)
class MigrationState:
    """One migration: "applied", "pending", "begun", "changed" since, or "newer" than known here."""

    number: int
    name: str
    state: str
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """All migrations, and the routines and triggers that were never loaded."""

    migrations: tuple[MigrationState, ...]
    missing_objects: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether nothing is to do."""
        applied = all(item.state == "applied" for item in self.migrations)
        return applied and not self.missing_objects


async def read_status(connection: Connection, folder: Path | None = None) -> SchemaStatus:
    """Compare the database of the connection; an empty one has everything pending.

    Raises:
        DriverError: it cannot be read.

    """
    try:
        rows = await execute(connection, _APPLIED)
        loaded = {row[0] for row in await execute(connection, "SELECT name FROM schema_objects")}
    except DriverError as error:
        if code(error) != Code.NO_SUCH_TABLE:
            raise
        rows, loaded = [], set()
    recorded = {number: rest for number, *rest in rows}
    states = []
    for migration in migrations(folder):
        _, checksum, applied_at = recorded.pop(migration.number, (None, None, None))
        state = "applied"
        if applied_at is None:
            state = "pending" if checksum is None else "begun"
        elif checksum != migration.checksum:
            state = "changed"
        states.append(MigrationState(migration.number, migration.name, state, applied_at))
    for number, (name, _, applied_at) in recorded.items():
        states.append(MigrationState(number, name, "newer", applied_at))
    wanted = [item.path for item in objects(folder) if item.folder != GRANTS]
    return SchemaStatus(tuple(states), tuple(path for path in wanted if path not in loaded))
