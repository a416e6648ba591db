"""What happens to channels, as the hosts report it. All instants are UTC and aware; durations are milliseconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Leg(StrEnum):
    """Which side of a call a channel is."""

    CALLING = "CALLING"
    CALLED = "CALLED"


class ChannelEventKind(StrEnum):
    """What RecordChannel reports."""

    CREATED = "CREATED"
    ANSWERED = "ANSWERED"


class HangupSource(StrEnum):
    """Who ended a channel."""

    CALLER = "CALLER"
    CALLED = "CALLED"
    SYSTEM = "SYSTEM"


class DialStatus(StrEnum):
    """How Asterisk's Dial ended (DIALSTATUS)."""

    ANSWER = "ANSWER"
    BUSY = "BUSY"
    NO_ANSWER = "NOANSWER"
    CANCEL = "CANCEL"
    CONGESTION = "CONGESTION"
    CHANUNAVAIL = "CHANUNAVAIL"
    DONTCALL = "DONTCALL"
    TORTURE = "TORTURE"
    INVALIDARGS = "INVALIDARGS"


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """A channel's name for ever, and what else Asterisk says of it."""

    server_id: int
    unique_id: str
    linked_id: str
    name: str
    sip_call_id: str


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A channel was created for an attempt, or answered. ``rate_id``: what priced its route; 0: nothing."""

    channel: ChannelKey
    kind: ChannelEventKind
    occurred_at: datetime
    call_id: str
    leg: Leg
    attempt: int
    route_id: str
    dial_string: str
    account: str
    called_number: str
    sent_number: str
    caller_number: str
    data_version: int
    calling_unique_id: str
    decided_at: datetime | None
    rate_id: int = 0


@dataclass(frozen=True, slots=True)
class HangupEvent:
    """A channel ended. ``None``: not known on this leg."""

    channel: ChannelKey
    occurred_at: datetime
    call_id: str
    leg: Leg
    q850_cause: int | None
    sip_status: int | None
    tech_cause: str
    hangup_source: HangupSource | None
    dial_status: DialStatus | None
    answered_ms: int | None
    dialled_ms: int | None
    ring_ms: int | None
    progress_ms: int | None
    attempt: int
    route_id: str
    account: str
    created_at: datetime | None
    answered_at: datetime | None
    calling_unique_id: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The receipt of a committed event."""

    recorded_at: datetime
    already_recorded: bool
