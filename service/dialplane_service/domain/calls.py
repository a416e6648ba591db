"""Recorded calls, as people ask for them. All instants are UTC and aware; durations are milliseconds."""

from dataclasses import dataclass
from datetime import datetime

from dialplane_service.domain.events import DialStatus, HangupSource, Leg
from dialplane_service.domain.trace import RatePrice


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls to list; ``None`` does not restrict. ``before`` is the key of the last call of the page before."""

    began_from: datetime | None = None
    began_to: datetime | None = None
    account: str | None = None
    server: str | None = None
    number: str | None = None
    limit: int = 50
    before: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call in one line."""

    call_id: str
    began_at: datetime
    account: str
    server: str
    caller_number: str
    called_number: str
    attempts: int
    channels: int
    q850_cause: int | None
    answered_ms: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class RecordedChannel:
    """A channel as recorded."""

    server: str
    unique_id: str
    linked_id: str
    name: str
    sip_call_id: str
    leg: Leg | None
    attempt: int
    route_id: str
    created_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    q850_cause: int | None
    sip_status: int | None
    tech_cause: str
    hangup_source: HangupSource | None
    dial_status: DialStatus | None
    answered_ms: int | None
    dialled_ms: int | None
    ring_ms: int | None
    progress_ms: int | None


@dataclass(frozen=True, slots=True)
class RecordedAttempt:
    """An attempt as recorded. ``rate_id`` 0: it was not priced; ``rate``: that row, where it was asked for."""

    attempt: int
    server: str
    route_id: str
    provider: str
    dial_string: str
    sent_number: str
    caller_number: str
    data_version: int
    q850_cause: int | None
    sip_status: int | None
    decided_at: datetime | None = None
    rate_id: int = 0
    rate: RatePrice | None = None


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as recorded: "CREATED", "ANSWERED" or "HANGUP"."""

    server: str
    unique_id: str
    event: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A call with everything recorded of it."""

    summary: CallSummary
    channels: tuple[RecordedChannel, ...]
    attempts: tuple[RecordedAttempt, ...]
    events: tuple[RecordedEvent, ...]
