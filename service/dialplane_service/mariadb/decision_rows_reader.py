"""The port ``DecisionRowsReader`` over MariaDB."""

from dataclasses import dataclass
from typing import Any, Final

from dialplane_service.application.ports import Clock
from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.mariadb.connection import Connection, Row, execute, snapshot
from dialplane_service.mariadb.decision_tables import DECISION_TABLES, TABLES, select
from dialplane_service.mariadb.pool import ConnectionPool

READ_SECONDS: Final = 60.0
"""How long reading everything may take: large tables, a busy server."""

_FILLED: Final = ", ".join(f"EXISTS(SELECT 1 FROM {table})" for table in DECISION_TABLES)  # noqa: S608
_STATE: Final = f"""
SELECT version, CONCAT({_FILLED}),
  (SELECT MAX(CREATE_TIME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE())
FROM data_version WHERE id = 1
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class _State:
    """The version, and what changes without a trigger: TRUNCATE empties, DROP and restore recreate."""

    version: int
    fingerprint: tuple[object, object]


class MariaDBDecisionRowsReader:
    """Reads versions and rows. One per process: it remembers what it saw last."""

    def __init__(self, pool: ConnectionPool, clock: Clock, base_currency: str) -> None:
        """``base_currency``: what amounts without a currency of their own are in (ISO 4217)."""
        self._pool = pool
        self._clock = clock
        self._base_currency = base_currency
        self._seen: _State | None = None

    async def version(self) -> int:
        """The committed data version, moved first if a change went past the triggers."""
        state = _state(await self._pool.run(lambda connection: execute(connection, _STATE)))
        seen, self._seen = self._seen, state
        if seen is None or seen.version != state.version or seen.fingerprint == state.fingerprint:
            return state.version
        moved = await self._pool.run(
            lambda connection: execute(
                connection, "CALL usp_note_unseen_change(%s)", (state.version,)
            )
        )
        return int(moved[0][0])

    async def read(self) -> DecisionRows:
        """All rows as of one committed version.

        Raises:
            BrokenRowError: a row breaks a rule of its table.

        """
        state, tables = await self._pool.run(_read, timeout_s=READ_SECONDS)
        self._seen = state
        records: dict[str, Any] = {
            name: TABLES[name].records(rows) for name, rows in tables.items()
        }
        return DecisionRows(
            version=state.version,
            loaded_at=self._clock.now(),
            base_currency=self._base_currency,
            **records,
        )


async def _read(connection: Connection) -> tuple[_State, dict[str, list[Row]]]:
    async with snapshot(connection):
        state = _state(await execute(connection, _STATE))
        tables = {
            name: await execute(connection, select(conversion))
            for name, conversion in TABLES.items()
        }
    return state, tables


def _state(rows: list[Row]) -> _State:
    ((version, empty, created),) = rows
    return _State(int(version), (empty, created))
