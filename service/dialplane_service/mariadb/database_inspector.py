"""The port ``DatabaseInspector`` over MariaDB."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.mariadb.connection import SQL_MODE, Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.schema_status import SchemaStatus, read_status
from dialplane_service.mariadb.sql_files import SqlFilesError, objects

INSPECT_SECONDS: Final = 5.0
CLOCK_SECONDS: Final = 2.0
"""How far the database's clock may be from ours before reports get confusing."""
_SPARE_CONNECTIONS: Final = 5
_MIGRATE: Final = "Run `dialplane db migrate`."
_FACTS: Final = """
SELECT UTC_TIMESTAMP(6), @@GLOBAL.sql_mode, @@GLOBAL.innodb_flush_log_at_trx_commit,
  @@GLOBAL.max_connections, @@GLOBAL.read_only
"""
_EVERYWHERE: Final = re.compile(r"WITH GRANT OPTION|(?<!GRANT USAGE) ON \*\.\*")
_ALLOWED: Final = re.compile(r"GRANT (?:USAGE|SELECT|EXECUTE)(?:, (?:SELECT|EXECUTE))* ON ")


class MariaDBInspector:
    """Looks at server, schema and grants, each time anew."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def inspect(self) -> Sequence[Finding]:
        """What is wrong with the database; an absent one is a finding."""
        try:
            return await self._pool.run(self._inspect, timeout_s=INSPECT_SECONDS)
        except DatabaseUnavailableError as error:
            remedy = "See that MariaDB runs and that DIALPLANE_DATABASE_URL is where it listens."
            return [_error("database_unavailable", "MariaDB", f"{error}.", remedy)]
        except (DriverError, SqlFilesError) as error:
            problem = f"The database cannot be looked at: {error}."
            return [_error("database_unreadable", "MariaDB", problem, _MIGRATE)]

    async def _inspect(self, connection: Connection) -> list[Finding]:
        before = datetime.now(UTC)
        ((now, sql_mode, flush, most, read_only),) = await execute(connection, _FACTS)
        grants = [row[0] for row in await execute(connection, "SHOW GRANTS")]
        status = await read_status(connection)
        found = [
            *_server(sql_mode, flush, most, read_only, self._pool.size),
            *_clock(now.replace(tzinfo=UTC), before),
            *_schema(status),
            *_grants(grants, self._pool.url.user),
        ]
        if status.is_current:
            present = {row[0] for row in await execute(connection, "CALL usp_present_triggers()")}
            found += _triggers(present)
        return found


def _server(
    sql_mode: str, flush: int, most: int, read_only: object, pool_size: int
) -> Iterator[Finding]:
    lacking = sorted(set(SQL_MODE.split(",")) - set(sql_mode.split(",")))
    if lacking:
        yield _notice(
            "sql_mode_lenient",
            "MariaDB",
            f"The server's sql_mode lacks {', '.join(lacking)}: edits by hand may be cut silently.",
            f"Set sql_mode={SQL_MODE} in the server's configuration.",
        )
    if flush != 1:
        yield _warning(
            "commits_not_durable",
            "MariaDB",
            f"innodb_flush_log_at_trx_commit is {flush}: a power cut loses acknowledged events.",
            "Set innodb_flush_log_at_trx_commit=1 in the server's configuration.",
        )
    if most < pool_size + _SPARE_CONNECTIONS:
        yield _warning(
            "too_few_connections",
            "MariaDB",
            f"max_connections is {most}, and each worker may take {pool_size}.",
            "Raise max_connections, or lower DIALPLANE_DATABASE_CONNECTIONS.",
        )
    if read_only not in (0, "0", "OFF"):
        yield _error(
            "database_read_only",
            "MariaDB",
            "The server is read-only: no event can be recorded.",
            "Point DIALPLANE_DATABASE_URL at the server that takes writes.",
        )


def _clock(theirs: datetime, ours: datetime) -> Iterator[Finding]:
    seconds = abs((theirs - ours).total_seconds())
    if seconds > CLOCK_SECONDS:
        yield _warning(
            "clocks_differ",
            "MariaDB",
            f"The database's clock is {seconds:.0f} s from this machine's.",
            "Run a time service (chrony, systemd-timesyncd) on both machines.",
        )


def _schema(status: SchemaStatus) -> Iterator[Finding]:
    for item in status.migrations:
        subject = f"schema_migrations#{item.number}"
        if item.state in ("pending", "begun"):
            problem = f"Migration {item.number:04d} {item.name} is {item.state}."
            yield _error("migration_missing", subject, problem, _MIGRATE)
        elif item.state == "changed":
            problem = f"Migration {item.number:04d} {item.name} was changed after it was applied."
            yield _warning("migration_changed", subject, problem, "Restore the file.")
        elif item.state == "newer":
            problem = f"Migration {item.number:04d} {item.name} is of a newer release."
            yield _warning("migration_newer", subject, problem, "Install the newer release.")
    for path in status.missing_objects:
        yield _error("object_missing", path, "It is not in the database.", _MIGRATE)


def _triggers(present: set[str]) -> Iterator[Finding]:
    for item in objects():
        if item.folder == "triggers" and item.name not in present:
            yield _error(
                "version_trigger_missing",
                item.path,
                "Changes of its table do not take effect by themselves.",
                _MIGRATE,
            )


def _grants(grants: Sequence[str], user: str) -> Iterator[Finding]:
    wide = [grant for grant in grants if _ALLOWED.match(grant) is None or _EVERYWHERE.search(grant)]
    if wide:
        rights = sorted({grant.removeprefix("GRANT ").split(" TO ")[0] for grant in wide})
        yield _warning(
            "grants_too_wide",
            user,
            f"The service's account may do more than it needs: {'; '.join(rights)}.",
            "Give DIALPLANE_DATABASE_URL a user of its own and run `dialplane db migrate`.",
        )


def _error(code: str, subject: str, problem: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, code, subject, problem, remedy)


def _warning(code: str, subject: str, problem: str, remedy: str) -> Finding:
    return Finding(Severity.WARNING, code, subject, problem, remedy)


def _notice(code: str, subject: str, problem: str, remedy: str) -> Finding:
    return Finding(Severity.NOTICE, code, subject, problem, remedy)
