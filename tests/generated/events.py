"""Events of channels, and the exact rows that each of them leaves in MariaDB."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1.channel_pb2 import DialStatus, HangupSource, Leg
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import ChannelEvent, RecordChannelRequest
from tests.generated.world import World

Row = dict[str, Any]
Rows = dict[tuple[str, tuple[Any, ...]], Row]
"""By table and primary key; only the columns that an event decides."""

KEYS = {
    "channels": ("server_id", "unique_id"),
    "events": ("server_id", "unique_id", "event"),
    "attempts": ("call_id", "server_id", "calling_unique_id", "attempt"),
}
_NOT_OURS = ("first_recorded_at", "began_at", "recorded_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("", "Anna", "Анна", "'; DROP TABLE events; --", '"\\', "x\ny", " spaces ", "\U0001f600")


def record_channel(world: World, rng: random.Random) -> RecordChannelRequest:
    """A creation or an answer, with anything that the contract allows in each field."""
    request = RecordChannelRequest(
        event=rng.choice([1, 2]),
        dial_string=_text(rng, "SIP/westcall/74957777777"),
        called_number=_text(rng, "74957777777"),
        sent_number=_text(rng, "001110174957777777"),
        caller_number=_text(rng, "74951815000"),
        data_version=rng.choice([0, 1, 42, 2**63, 2**64 - 1]),
        rate_id=rng.choice([0, 1, 16_777_229, 2**63, 2**64 - 1]),
    )
    _common(world, rng, request)
    if rng.random() < 0.7:
        request.decided_at.CopyFrom(_instant(rng))
    return request


def hangup(world: World, rng: random.Random) -> HangupRequest:
    """An end, with anything that the contract allows in each field."""
    request = HangupRequest(
        q850_cause=rng.choice([0, 1, 16, 17, 127]),
        sip_status=rng.choice([0, 100, 200, 486, 699]),
        tech_cause=_text(rng, "SIP 486 Busy Here"),
        hangup_source=rng.choice(HangupSource.values()),
        dial_status=rng.choice(DialStatus.values()),
    )
    _common(world, rng, request)
    for field in ("answered_ms", "dialled_ms", "ring_ms", "progress_ms"):
        if rng.random() < 0.6:
            setattr(request, field, rng.choice([0, 1, 61_250, 2**63, 2**64 - 1]))
    for field in ("created_at", "answered_at"):
        if rng.random() < 0.6:
            getattr(request, field).CopyFrom(_instant(rng))
    return request


def _common(world: World, rng: random.Random, request: Any) -> None:
    unique = f"{rng.getrandbits(64)}.{rng.getrandbits(16)}"
    request.server = rng.choice(world.askers).servername
    request.channel.unique_id = unique
    request.channel.linked_id = rng.choice(["", unique, "x" * 150])
    request.channel.name = _text(rng, "PJSIP/westcall-0000002a")
    request.channel.sip_call_id = _text(rng, "3c2675ab@192.0.2.7")
    request.occurred_at.CopyFrom(_instant(rng))
    request.call_id = f"c{rng.getrandbits(100):x}"
    request.leg = rng.choice([1, 2])
    request.attempt = rng.randint(0, 10)
    request.route_id = rng.choice(["", "a1.C", "x" * 32])
    request.account = _text(rng, "acme")
    request.calling_unique_id = rng.choice(["", "1763851234.7", "y" * 150])


def _text(rng: random.Random, usual: str) -> str:
    return usual if rng.random() < 0.7 else rng.choice(_TEXTS)


def _instant(rng: random.Random) -> Timestamp:
    if rng.random() < 0.1:
        return Timestamp(seconds=rng.choice([0, 253_402_300_799]), nanos=999_999_999)
    return Timestamp(seconds=1_790_000_000 + rng.randrange(10**7), nanos=rng.randrange(10**9))


def rows_of(world: World, request: Any) -> Rows:
    """The rows of one event that is the only report of its channel."""
    server_id = world.server[request.server].id
    key = (server_id, request.channel.unique_id)
    ended = isinstance(request, HangupRequest)
    channel = {
        "call_id": request.call_id,
        "linked_id": request.channel.linked_id,
        "name": request.channel.name,
        "sip_call_id": request.channel.sip_call_id,
        "leg": Leg.Name(request.leg).removeprefix("LEG_"),
        "attempt": request.attempt,
        "route_id": request.route_id,
        "calling_unique_id": request.calling_unique_id,
        "account": request.account,
    }
    channel |= _of_end(request) if ended else _of_beginning(request)
    event = "HANGUP" if ended else ChannelEvent.Name(request.event).removeprefix("CHANNEL_EVENT_")
    rows: Rows = {
        ("channels", key): {name: _known(value) for name, value in channel.items()},
        ("events", (*key, event)): {
            "call_id": request.call_id,
            "occurred_at": instant(request, "occurred_at"),
        },
    }
    if channel["leg"] == "CALLED" and request.attempt:
        attempt = {"route_id": request.route_id}
        if not ended:
            names = ("dial_string", "sent_number", "caller_number", "data_version", "rate_id")
            for name in names:
                attempt[name] = getattr(request, name)
        place = (request.call_id, server_id, request.calling_unique_id, request.attempt)
        rows["attempts", place] = {name: _known(value) for name, value in attempt.items()}
    return rows


def _of_beginning(request: RecordChannelRequest) -> Row:
    at = "created_at" if request.event == 1 else "answered_at"
    return {
        "called_number": request.called_number,
        "caller_number": request.caller_number,
        "decided_at": instant(request, "decided_at"),
        at: instant(request, "occurred_at"),
    }


def _of_end(request: HangupRequest) -> Row:
    word = DialStatus.Name(request.dial_status).removeprefix("DIAL_STATUS_")
    source = HangupSource.Name(request.hangup_source).removeprefix("HANGUP_SOURCE_")
    durations = {
        # Nothing (NULL) is not the same as no time at all.
        name: getattr(request, name) if request.HasField(name) else None
        for name in ("answered_ms", "dialled_ms", "ring_ms", "progress_ms")
    }
    return {
        "ended_at": instant(request, "occurred_at"),
        "created_at": instant(request, "created_at"),
        "answered_at": instant(request, "answered_at"),
        "q850_cause": request.q850_cause,
        "sip_status": request.sip_status,
        "tech_cause": request.tech_cause,
        "hangup_source": source.replace("UNSPECIFIED", ""),
        "dial_status": word.replace("NO_ANSWER", "NOANSWER").replace("UNSPECIFIED", ""),
        **{name: _Zero(value) if value == 0 else value for name, value in durations.items()},
    }


class _Zero(int):
    """A nought that is known to be one."""


def _known(value: Any) -> Any:
    """Empty text and 0 mean "not known", and are NULL in the table."""
    return value if value or isinstance(value, _Zero) else None


def instant(request: Any, field: str) -> datetime | None:
    """An instant as the table keeps it: UTC, whole microseconds; None: not set."""
    if not request.HasField(field):
        return None
    stamp = getattr(request, field)
    at = _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)
    return at.replace(tzinfo=None)


def read_rows(connection: Any) -> Iterator[tuple[tuple[str, tuple[Any, ...]], Row]]:
    """Everything that lies in the three tables."""
    with connection.cursor() as cursor:
        for table, keys in KEYS.items():
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                key = tuple(row.pop(name) for name in keys)
                yield (table, key), {n: v for n, v in row.items() if n not in _NOT_OURS}


NOW = "now"
"""An instant of the host's clock while the step ran."""


def _same(found: Any, wanted: Any) -> bool:
    if wanted == NOW:
        passed = datetime.now(UTC).replace(tzinfo=None) - found
        return timedelta(0) <= passed < timedelta(minutes=10)
    return bool(found == wanted)


def row_complaints(connection: Any, expected: Rows) -> list[str]:
    """Every row that is missing, not expected, or not as expected."""
    left, found = dict(expected), []
    for key, row in read_rows(connection):
        wanted = left.pop(key, None)
        if wanted is None:
            found.append(f"row {key} came from nowhere: {row}")
        elif wrong := [name for name in row if not _same(row[name], wanted.get(name))]:
            pairs = {name: (row[name], wanted.get(name)) for name in wrong}
            found.append(f"row {key}: {pairs}")
    return found + [f"row {key} is missing: {row}" for key, row in left.items()]
