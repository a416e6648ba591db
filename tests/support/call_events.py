"""The events of generated calls, and what must be in MariaDB once they are recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from dialplane.routing.v1 import channel_pb2, hangup_pb2, record_channel_pb2
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub

Request: TypeAlias = record_channel_pb2.RecordChannelRequest | hangup_pb2.HangupRequest
Response: TypeAlias = record_channel_pb2.RecordChannelResponse | hangup_pb2.HangupResponse

BEGAN = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)
AFTER = {"CREATED": 0, "ANSWERED": 5, "HANGUP": 65}
"""When each event happened by the host's clock, in seconds after the call began."""
KINDS = tuple(AFTER)
LEGS = ("CALLING", "CALLED")
SERVER = "asterisk-macomnet"
SERVER_ID = 1
ROUTE = "g8.A"
RATE_ID = 16_777_225
ACCOUNT = "acme"


@dataclass(frozen=True)
class Event:
    """One thing that happened to a channel, as its host reports it."""

    call_id: str
    leg: str
    kind: str
    request: Request

    @property
    def key(self) -> tuple[str, str]:
        """Channel and kind: what is recorded once."""
        return self.request.channel.unique_id, self.kind

    @property
    def rpc(self) -> str:
        """The method that takes it."""
        return "Hangup" if self.kind == "HANGUP" else "RecordChannel"

    @property
    def reply_type(self) -> type[Response]:
        """What the method answers."""
        if self.kind == "HANGUP":
            return hangup_pb2.HangupResponse
        return record_channel_pb2.RecordChannelResponse

    def send(self, stub: RoutingServiceStub, timeout: float = 10) -> Any:
        """Report it once."""
        return getattr(stub, self.rpc)(self.request, timeout=timeout)

    def future(self, stub: RoutingServiceStub, timeout: float = 10) -> Any:
        """Report it without waiting."""
        return getattr(stub, self.rpc).future(self.request, timeout=timeout)


def unique_id(call_id: str, leg: str) -> str:
    """The channel of a leg."""
    return f"{call_id}.{leg.lower()}"


def occurred_at(kind: str, channel: str) -> datetime:
    """The host's instant of an event; the called leg's are 10 ms later."""
    later = timedelta(milliseconds=10 if channel.endswith("called") else 0)
    return BEGAN + timedelta(seconds=AFTER[kind]) + later


def event(call_id: str, leg: str, kind: str) -> Event:
    """One event of a call. A hangup says nothing of creation and answer: they must come themselves."""
    request: Request
    if kind == "HANGUP":
        request = hangup_pb2.HangupRequest(
            q850_cause=16,
            sip_status=200,
            tech_cause="SIP 200 OK",
            hangup_source=channel_pb2.HANGUP_SOURCE_CALLED,
            dial_status=channel_pb2.DIAL_STATUS_ANSWER,
            answered_ms=60_000,
            dialled_ms=65_000,
            ring_ms=900,
            progress_ms=800,
        )
    else:
        request = record_channel_pb2.RecordChannelRequest(
            event=record_channel_pb2.ChannelEvent.Value(f"CHANNEL_EVENT_{kind}"),
            called_number="74957777777",
            caller_number="74951815000",
            data_version=7,
            rate_id=RATE_ID,
        )
        request.decided_at.FromDatetime(BEGAN - timedelta(seconds=1))
    request.server = SERVER
    request.call_id = call_id
    request.account = ACCOUNT
    request.leg = channel_pb2.Leg.Value(f"LEG_{leg}")
    request.channel.unique_id = unique_id(call_id, leg)
    request.channel.linked_id = unique_id(call_id, "CALLING")
    request.channel.name = f"PJSIP/{leg.lower()}-0000002a"
    request.occurred_at.FromDatetime(occurred_at(kind, unique_id(call_id, leg)))
    if leg == "CALLED":
        request.attempt, request.route_id = 1, ROUTE
        request.calling_unique_id = unique_id(call_id, "CALLING")
        if isinstance(request, record_channel_pb2.RecordChannelRequest):
            request.dial_string = "SIP/westcall/74957777777"
            request.sent_number = "74957777777"
    return Event(call_id, leg, kind, request)


def events(call_id: str) -> list[Event]:
    """All six events of a call, in their natural order."""
    return [event(call_id, leg, kind) for kind in KINDS for leg in LEGS]


@dataclass(frozen=True)
class Records:
    """What MariaDB holds of some calls; each row as a dictionary."""

    channels: list[dict[str, Any]]
    events: list[dict[str, Any]]
    attempts: list[dict[str, Any]]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The keys of the events, repeated if an event is there twice."""
        return [(row["unique_id"], row["event"]) for row in self.events]

    def assert_whole(self) -> None:
        """Nothing is half-written: event, channel and attempt say the same."""
        happened = set(self.keys)
        assert len(happened) == len(self.events), "an event is recorded twice"
        by_channel = {row["unique_id"]: row for row in self.channels}
        assert len(by_channel) == len(self.channels), "a channel is recorded twice"
        assert set(by_channel) == {channel for channel, _ in happened}
        for channel, row in by_channel.items():
            instants = (row["created_at"], row["answered_at"], row["ended_at"])
            for kind, instant in zip(KINDS, instants, strict=True):
                expected = occurred_at(kind, channel).replace(tzinfo=None)
                assert instant == (expected if (channel, kind) in happened else None), row
            assert row["q850_cause"] == (16 if (channel, "HANGUP") in happened else None)
        called = sorted(row["call_id"] for row in self.channels if row["leg"] == "CALLED")
        assert sorted(row["call_id"] for row in self.attempts) == called


def recorded(connection: Any, call_ids: Iterable[str] | None = None) -> Records:
    """Read what is recorded: of these calls, or of all."""
    wanted = None if call_ids is None else tuple(call_ids)
    return Records(
        *(_rows(connection, table, wanted) for table in ("channels", "events", "attempts"))
    )


def _rows(connection: Any, table: str, call_ids: tuple[str, ...] | None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        if call_ids is None:
            cursor.execute(f"SELECT * FROM {table}")
        else:
            cursor.execute(f"SELECT * FROM {table} WHERE call_id IN %s", (call_ids,))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
