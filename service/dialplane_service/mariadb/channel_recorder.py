"""The port ``ChannelRecorder`` over MariaDB: one procedure, one round trip, one transaction each."""

from typing import Final

from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded
from dialplane_service.mariadb.connection import execute
from dialplane_service.mariadb.instants import to_datetime, to_instant
from dialplane_service.mariadb.pool import ConnectionPool


def _call(procedure: str, arguments: int) -> str:
    return f"CALL {procedure}({', '.join(['%s'] * arguments)})"


_RECORD_CHANNEL: Final = _call("usp_record_channel", 20)
_HANGUP: Final = _call("usp_hangup", 23)


class MariaDBChannelRecorder:
    """Records events. A caller that is cancelled does not stop what it began."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def record_channel(self, event: ChannelEvent) -> Recorded:
        """Record a creation or an answer."""
        channel = event.channel
        return await self._record(
            _RECORD_CHANNEL,
            channel.server_id,
            channel.unique_id,
            event.kind.value,
            to_datetime(event.occurred_at),
            event.call_id,
            channel.linked_id,
            channel.name,
            channel.sip_call_id,
            event.leg.value,
            event.attempt,
            event.route_id,
            event.calling_unique_id,
            event.account,
            event.dial_string,
            event.called_number,
            event.sent_number,
            event.caller_number,
            event.data_version,
            to_datetime(event.decided_at),
            event.rate_id,
        )

    async def hangup(self, event: HangupEvent) -> Recorded:
        """Record an end."""
        channel = event.channel
        return await self._record(
            _HANGUP,
            channel.server_id,
            channel.unique_id,
            to_datetime(event.occurred_at),
            event.call_id,
            channel.linked_id,
            channel.name,
            channel.sip_call_id,
            event.leg.value,
            event.attempt,
            event.route_id,
            event.calling_unique_id,
            event.account,
            to_datetime(event.created_at),
            to_datetime(event.answered_at),
            event.q850_cause,
            event.sip_status,
            event.tech_cause,
            None if event.hangup_source is None else event.hangup_source.value,
            None if event.dial_status is None else event.dial_status.value,
            event.answered_ms,
            event.dialled_ms,
            event.ring_ms,
            event.progress_ms,
        )

    async def _record(self, call: str, *arguments: object) -> Recorded:
        ((recorded_at, already_recorded),) = await self._pool.write(
            lambda connection: execute(connection, call, arguments)
        )
        return Recorded(to_instant(recorded_at), bool(already_recorded))
