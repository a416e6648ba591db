"""Loads routines, triggers and grants: what is defined by its present text and not by its history."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.sql_files import GRANTS, KINDS, SqlObject, checksum, substituted
from dialplane_service.mariadb.url import DatabaseUrl

_PRESENT: Final = """
SELECT CONCAT(LOWER(ROUTINE_TYPE), 's/', ROUTINE_NAME) FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA IN (%s, %s)
UNION ALL
SELECT CONCAT('triggers/', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s
"""


async def load_objects(
    connection: Connection,
    admin: DatabaseUrl,
    wanted: Sequence[SqlObject],
    names: Mapping[str, str],
    progress: Callable[[str], None],
) -> list[str]:
    """Load what is missing or was changed, drop what is no longer listed; returns their paths.

    Grants are given every time: it costs little, and replacing a routine may take its grants away.
    Those to the service's account are left out when ``names`` does not say who that is.
    """
    rows = await execute(connection, "SELECT name, checksum FROM schema_objects")
    recorded: dict[str, str] = dict(rows)
    present = await present_objects(connection, admin)
    changed = []
    for item in wanted:
        text = substituted(item.text, names)
        if item.folder == GRANTS:
            if not item.is_service_grant or "`service`@`host`" in names:
                await execute(connection, text)
            continue
        if recorded.get(item.path) == checksum(text) and item.path in present:
            continue
        await execute(connection, text)
        await execute(
            connection,
            "REPLACE INTO schema_objects (name, checksum, loaded_at)"
            " VALUES (%s, %s, UTC_TIMESTAMP(6))",
            (item.path, checksum(text)),
        )
        changed.append(item.path)
        progress(item.path)
    for path in sorted(recorded.keys() - {item.path for item in wanted}):
        folder, _, name = path.partition("/")
        await execute(connection, f"DROP {KINDS[folder]} IF EXISTS `{name}`")
        await execute(connection, "DELETE FROM schema_objects WHERE name = %s", (path,))
        changed.append(path)
        progress(f"dropped {path}")
    return changed


async def present_objects(connection: Connection, admin: DatabaseUrl) -> frozenset[str]:
    """The paths of the routines and triggers that the databases have now."""
    arguments = (admin.database, admin.debug_database, admin.database)
    return frozenset(row[0] for row in await execute(connection, _PRESENT, arguments))
