"""The port ``CallReader`` over MariaDB."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from dialplane_service.domain.calls import Call, CallFilter, CallSummary
from dialplane_service.domain.trace import RatePrice
from dialplane_service.mariadb import recorded_rows
from dialplane_service.mariadb.connection import Connection, Row, execute, snapshot
from dialplane_service.mariadb.instants import to_datetime
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.recorded_rate import recorded_rate
from dialplane_service.mariadb.recorded_rows import ChannelRow, channel_row, summary
from dialplane_service.mariadb.route_provider import route_provider

READ_SECONDS: Final = 5.0
"""People ask, so it may take longer than an event."""

# A call is found at its first channel: reading along the index of beginnings ends at the limit.
_FIRST: Final = """
SELECT channels.call_id FROM channels FORCE INDEX (began_at)
WHERE channels.call_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM channels AS earlier
  WHERE earlier.call_id = channels.call_id AND earlier.began_at <= channels.began_at
    AND (earlier.began_at, earlier.server_id, earlier.unique_id)
      < (channels.began_at, channels.server_id, channels.unique_id))
"""
_COUNT_ATTEMPTS: Final = """
SELECT call_id, COUNT(*) FROM attempts WHERE call_id IN ({among}) GROUP BY call_id
"""
_ORDER: Final = " ORDER BY channels.began_at DESC, channels.call_id DESC LIMIT %s"
_SERVER: Final = """
 AND channels.server_id = (SELECT servers.id FROM servers WHERE servers.servername = %s)"""
_ACCOUNT: Final = """
 AND EXISTS (SELECT 1 FROM channels AS any_leg
   WHERE any_leg.call_id = channels.call_id AND any_leg.account = %s)"""
_NUMBER: Final = """
 AND EXISTS (SELECT 1 FROM channels AS any_leg
   WHERE any_leg.call_id = channels.call_id
     AND (any_leg.called_number LIKE %s OR any_leg.caller_number LIKE %s))"""
_BEFORE: Final = """
 AND channels.began_at <= %s AND (channels.began_at < %s OR channels.call_id < %s)"""


class MariaDBCallReader:
    """Reads recorded calls."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def list_calls(self, criteria: CallFilter) -> Sequence[CallSummary]:
        """At most ``criteria.limit`` calls, the newest first."""
        if criteria.server is not None and not criteria.server.isascii():
            return []  # no server has such a name, and MariaDB will not compare it
        statement, arguments = _question(criteria)

        async def read(connection: Connection) -> list[CallSummary]:
            async with snapshot(connection):
                found = [row[0] for row in await execute(connection, statement, arguments)]
                if not found:
                    return []
                channels = await execute(connection, _among(recorded_rows.CHANNELS, found), found)
                attempts = await execute(
                    connection,
                    _among(_COUNT_ATTEMPTS, found),
                    found,
                )
            counts: dict[str, int] = dict(attempts)
            calls: defaultdict[str, list[ChannelRow]] = defaultdict(list)
            for row in map(channel_row, channels):
                calls[row.call_id].append(row)
            return [summary(calls[call_id], counts.get(call_id, 0)) for call_id in found]

        return await self._pool.run(read, timeout_s=READ_SECONDS)

    async def get_call(self, call_id: str, *, with_rates: bool = False) -> Call | None:
        """One call whole; ``None`` when nothing is recorded of it."""
        if not call_id.isascii():
            return None

        async def read(connection: Connection) -> Call | None:
            async with snapshot(connection):
                channels = await execute(
                    connection, _among(recorded_rows.CHANNELS, [call_id]), [call_id]
                )
                if not channels:
                    return None
                attempts = await execute(connection, recorded_rows.ATTEMPTS, (call_id,))
                events = await execute(connection, recorded_rows.EVENTS, (call_id,))
                routes = {row[4] for row in attempts if row[4]}
                providers = {route: await route_provider(connection, route) for route in routes}
                rates = await _rates(connection, attempts) if with_rates else {}
            rows = [channel_row(row) for row in channels]
            return Call(
                summary=summary(rows, len(attempts)),
                channels=tuple(row.channel for row in rows),
                attempts=tuple(
                    recorded_rows.attempt(row, rows, providers, rates) for row in attempts
                ),
                events=tuple(map(recorded_rows.event, events)),
            )

        return await self._pool.run(read, timeout_s=READ_SECONDS)


async def _rates(connection: Connection, attempts: Sequence[Row]) -> dict[int, RatePrice]:
    found = {}
    for rate_id in {row[-1] for row in attempts if row[-1]}:
        rate = await recorded_rate(connection, rate_id)
        if rate is not None:
            found[rate_id] = rate
    return found


def _among(statement: str, values: Sequence[str]) -> str:
    """The statement with a place for each value."""
    return statement.replace("{among}", ", ".join(["%s"] * len(values)))


def _question(criteria: CallFilter) -> tuple[str, list[object]]:
    statement, arguments = _FIRST, list[object]()
    if criteria.began_from is not None:
        statement += " AND channels.began_at >= %s"
        arguments.append(to_datetime(criteria.began_from))
    if criteria.began_to is not None:
        statement += " AND channels.began_at < %s"
        arguments.append(to_datetime(criteria.began_to))
    if criteria.before is not None:
        instant, call_id = to_datetime(criteria.before[0]), criteria.before[1]
        statement += _BEFORE
        arguments += (instant, instant, call_id)
    if criteria.server is not None:
        statement += _SERVER
        arguments.append(criteria.server)
    if criteria.account is not None:
        statement += _ACCOUNT
        arguments.append(criteria.account)
    if criteria.number is not None:
        beginning = _beginning(criteria.number)
        statement += _NUMBER
        arguments += (beginning, beginning)
    return statement + _ORDER, [*arguments, criteria.limit]


def _beginning(number: str) -> str:
    escaped = number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
