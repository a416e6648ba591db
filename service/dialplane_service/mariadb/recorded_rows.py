"""Rows of the event tables to recorded calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dialplane_service.domain.calls import (
    CallSummary,
    RecordedAttempt,
    RecordedChannel,
    RecordedEvent,
)
from dialplane_service.domain.events import DialStatus, HangupSource, Leg
from dialplane_service.domain.trace import RatePrice
from dialplane_service.mariadb.connection import Row
from dialplane_service.mariadb.instants import to_instant, to_optional_instant

CHANNELS: Final = """
SELECT channels.call_id, channels.server_id, IFNULL(servers.servername, channels.server_id),
  channels.unique_id, channels.linked_id, channels.name, channels.sip_call_id, channels.leg,
  channels.attempt, channels.route_id,
  channels.created_at, channels.answered_at, channels.ended_at, channels.q850_cause,
  channels.sip_status, channels.tech_cause, channels.hangup_source, channels.dial_status,
  channels.answered_ms, channels.dialled_ms, channels.ring_ms, channels.progress_ms,
  channels.began_at, channels.account, channels.caller_number, channels.called_number,
  channels.calling_unique_id, channels.decided_at
FROM channels LEFT JOIN servers ON servers.id = channels.server_id
WHERE channels.call_id IN ({among})
ORDER BY channels.began_at, channels.server_id, channels.unique_id
"""
ATTEMPTS: Final = """
SELECT attempts.server_id, attempts.calling_unique_id, attempts.attempt,
  IFNULL(servers.servername, attempts.server_id), attempts.route_id, attempts.dial_string,
  attempts.sent_number, attempts.caller_number, attempts.data_version, attempts.rate_id
FROM attempts LEFT JOIN servers ON servers.id = attempts.server_id
WHERE attempts.call_id = %s
ORDER BY attempts.first_recorded_at, attempts.server_id, attempts.calling_unique_id,
  attempts.attempt
"""
EVENTS: Final = """
SELECT IFNULL(servers.servername, events.server_id), events.unique_id, events.event,
  events.occurred_at, events.recorded_at
FROM events LEFT JOIN servers ON servers.id = events.server_id
WHERE events.call_id = %s
ORDER BY events.occurred_at, events.recorded_at, events.server_id, events.unique_id, events.event
"""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel and what only its call needs of it."""

    channel: RecordedChannel
    call_id: str
    server_id: int
    calling_unique_id: str
    began_at: datetime
    account: str
    caller_number: str
    called_number: str
    decided_at: datetime | None


def channel_row(row: Row) -> ChannelRow:
    """Convert a row of ``CHANNELS``."""
    call_id, server_id, server, unique_id, linked_id, name, sip_call_id, leg, *rest = row
    attempt, route_id, created_at, answered_at, ended_at, cause, status, *rest = rest
    tech_cause, source, dial_status, answered_ms, dialled_ms, ring_ms, progress_ms, *rest = rest
    began_at, account, caller_number, called_number, calling_unique_id, decided_at = rest
    channel = RecordedChannel(
        server=server,
        unique_id=unique_id,
        linked_id=linked_id or "",
        name=name or "",
        sip_call_id=sip_call_id or "",
        leg=Leg(leg) if leg else None,
        attempt=attempt or 0,
        route_id=route_id or "",
        created_at=to_optional_instant(created_at),
        answered_at=to_optional_instant(answered_at),
        ended_at=to_optional_instant(ended_at),
        q850_cause=cause,
        sip_status=status,
        tech_cause=tech_cause or "",
        hangup_source=HangupSource(source) if source else None,
        dial_status=DialStatus(dial_status) if dial_status else None,
        answered_ms=answered_ms,
        dialled_ms=dialled_ms,
        ring_ms=ring_ms,
        progress_ms=progress_ms,
    )
    return ChannelRow(
        channel,
        call_id,
        server_id,
        calling_unique_id or "",
        to_instant(began_at),
        account or "",
        caller_number or "",
        called_number or "",
        to_optional_instant(decided_at),
    )


def summary(rows: Sequence[ChannelRow], attempts: int) -> CallSummary:
    """One line for a call, from all its channels in the order of their beginning; at least one."""
    channels = [row.channel for row in rows]
    caused = [each for each in channels if each.ended_at and each.q850_cause is not None]
    last = max(caused, key=_last_word, default=None)
    answered = (
        each.answered_ms
        for each in channels
        if each.leg is Leg.CALLING and each.answered_ms is not None
    )
    return CallSummary(
        call_id=rows[0].call_id,
        began_at=rows[0].began_at,
        account=next((row.account for row in rows if row.account), ""),
        server=channels[0].server,
        caller_number=next((row.caller_number for row in rows if row.caller_number), ""),
        called_number=next((row.called_number for row in rows if row.called_number), ""),
        attempts=attempts,
        channels=len(rows),
        q850_cause=last.q850_cause if last else None,
        answered_ms=next(answered, None),
        ended=all(each.ended_at for each in channels),
    )


def attempt(
    row: Row,
    rows: Iterable[ChannelRow],
    providers: Mapping[str, str],
    rates: Mapping[int, RatePrice],
) -> RecordedAttempt:
    """Convert a row of ``ATTEMPTS``. How it ended is the word of the channel that got furthest."""
    server_id, calling, number, server, route_id, *rest = row
    dial_string, sent, caller, version, rate_id = rest
    legs = [
        each
        for each in rows
        if each.server_id == server_id
        and each.calling_unique_id == calling
        and each.channel.attempt == number
        and each.channel.leg is Leg.CALLED
    ]
    ended = [each.channel for each in legs if each.channel.ended_at is not None]
    best = max(ended, key=lambda each: (each.answered_at is not None, each.ended_at), default=None)
    return RecordedAttempt(
        attempt=number,
        server=server,
        route_id=route_id or "",
        provider=providers.get(route_id or "", ""),
        dial_string=dial_string or "",
        sent_number=sent or "",
        caller_number=caller or "",
        data_version=version or 0,
        q850_cause=best.q850_cause if best else None,
        sip_status=best.sip_status if best else None,
        decided_at=next((each.decided_at for each in legs if each.decided_at), None),
        rate_id=rate_id or 0,
        rate=rates.get(rate_id or 0),
    )


def event(row: Row) -> RecordedEvent:
    """Convert a row of ``EVENTS``."""
    server, unique_id, kind, occurred_at, recorded_at = row
    return RecordedEvent(server, unique_id, kind, to_instant(occurred_at), to_instant(recorded_at))


def _last_word(channel: RecordedChannel) -> tuple[datetime | None, bool]:
    return channel.ended_at, channel.leg is Leg.CALLING
