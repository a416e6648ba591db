"""What ``dialplane calls`` shows."""

from collections.abc import Sequence
from typing import Any, Final

from google.protobuf.message import Message

from dialplane.admin.v1.call_pb2 import (
    Call,
    CallSummary,
    RecordedAttempt,
    RecordedChannel,
    RecordedEvent,
)
from dialplane.routing.v1.channel_pb2 import DialStatus, HangupSource, Leg
from dialplane.routing.v1.trace_pb2 import RatePrice
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.screen import Screen
from dialplane_service.cli.text import duration

_LIST: Final = (
    *("began", "call id", "account", "server", "caller", "called"),
    *("attempts", "channels", "answered", "cause", "state"),
)
_CHANNELS: Final = (
    *("leg", "attempt", "server", "unique id", "channel", "route", "created", "answered", "ended"),
    *("cause", "sip", "ended by", "talked"),
)
_ATTEMPTS: Final = (
    *("attempt", "server", "provider", "route", "dial string", "sent", "caller id"),
    *("data version", "cause", "sip"),
)
_DECISIONS: Final = (
    *("attempt", "decided", "data version", "provider", "route"),
    *("deck", "prefix", "price/min", "terms"),
)
_CONVERTED: Final = ("converted_price_per_minute", "expected_cost")
_EVENTS: Final = ("occurred", "recorded", "event", "server", "unique id")


def show_list(screen: Screen, calls: Sequence[CallSummary], token: str, *, as_json: bool) -> None:
    """Write a list of calls."""
    if as_json:
        found = [_summary(call) for call in calls]
        screen.document({"calls": found, "next_page_token": token or None})
        return
    if not calls:
        screen.line("No calls.")
        return
    screen.table(_LIST, [_summary_row(_summary(call)) for call in calls])
    if token:
        screen.line()
        screen.line(
            f"There are more: --limit N shows more, --page-token {token} goes on from here."
        )


def show_call(screen: Screen, call: Call, *, explain: bool, as_json: bool) -> None:
    """Write one call."""
    found = _call(call)
    if as_json:
        screen.document(found)
        return
    summary = found["summary"]
    screen.facts(
        {
            "Call id": summary["call_id"],
            "Began": summary["began_at"] or "",
            "Account": summary["account"] or "none",
            "Server": summary["server"],
            "Caller": summary["caller_number"],
            "Called": summary["called_number"],
            "Talked": duration(summary["answered_ms"]),
            "Cause": _count(summary["q850_cause"]),
            "State": _state(summary),
        }
    )
    _section(screen, "Channels", _CHANNELS, [_channel_row(row) for row in found["channels"]])
    _section(screen, "Attempts", _ATTEMPTS, [_attempt_row(row) for row in found["attempts"]])
    if explain:
        decisions = [_decision_row(row) for row in found["attempts"]]
        _section(screen, "Decisions", _DECISIONS, decisions)
    _section(screen, "Events", _EVENTS, [_event_row(row) for row in found["events"]])


def _section(
    screen: Screen, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    screen.line()
    screen.line(f"{title}:" if rows else f"{title}: none")
    if rows:
        screen.table(columns, rows)


def _call(call: Call) -> Document:
    return {
        "summary": _summary(call.summary),
        "channels": [_channel(row) for row in call.channels],
        "attempts": [_attempt(row) for row in call.attempts],
        "events": [_event(row) for row in call.events],
    }


def _summary(call: CallSummary) -> Document:
    return {
        "call_id": call.call_id,
        "began_at": documents.instant(call, "began_at"),
        "account": call.account or None,
        "server": call.server,
        "caller_number": call.caller_number,
        "called_number": call.called_number,
        "attempts": call.attempts,
        "channels": call.channels,
        "q850_cause": call.q850_cause or None,
        "answered_ms": _optional(call, "answered_ms"),
        "ended": call.ended,
    }


def _channel(row: RecordedChannel) -> Document:
    return {
        "server": row.server,
        "unique_id": row.channel.unique_id,
        "linked_id": row.channel.linked_id or None,
        "name": row.channel.name,
        "sip_call_id": row.channel.sip_call_id or None,
        "leg": documents.word(Leg, row.leg),
        "attempt": row.attempt,
        "route_id": row.route_id or None,
        "created_at": documents.instant(row, "created_at"),
        "answered_at": documents.instant(row, "answered_at"),
        "ended_at": documents.instant(row, "ended_at"),
        "q850_cause": row.q850_cause or None,
        "sip_status": row.sip_status or None,
        "tech_cause": row.tech_cause or None,
        "hangup_source": documents.word(HangupSource, row.hangup_source),
        "dial_status": documents.word(DialStatus, row.dial_status),
        "answered_ms": _optional(row, "answered_ms"),
        "dialled_ms": _optional(row, "dialled_ms"),
        "ring_ms": _optional(row, "ring_ms"),
        "progress_ms": _optional(row, "progress_ms"),
    }


def _attempt(row: RecordedAttempt) -> Document:
    return {
        "attempt": row.attempt,
        "server": row.server,
        "route_id": row.route_id,
        "provider": row.provider,
        "dial_string": row.dial_string,
        "sent_number": row.sent_number,
        "caller_number": row.caller_number,
        "data_version": row.data_version,
        "q850_cause": row.q850_cause or None,
        "sip_status": row.sip_status or None,
        "decided_at": documents.instant(row, "decided_at"),
        "rate_id": row.rate_id or None,
        "rate": _rate(row.rate) if row.HasField("rate") else None,
    }


def _rate(price: RatePrice) -> Document:
    """What was the same then as it is now; what was converted was not kept."""
    found = documents.rate_price(price)
    return {name: found[name] for name in found if name not in _CONVERTED}


def _event(row: RecordedEvent) -> Document:
    return {
        "server": row.server,
        "unique_id": row.unique_id,
        "event": row.event,
        "occurred_at": documents.instant(row, "occurred_at"),
        "recorded_at": documents.instant(row, "recorded_at"),
    }


def _summary_row(call: Document) -> list[str]:
    words = ("began_at", "call_id", "account", "server", "caller_number", "called_number")
    return [
        *(call[name] or "" for name in words),
        str(call["attempts"]),
        str(call["channels"]),
        duration(call["answered_ms"]),
        _count(call["q850_cause"]),
        _state(call),
    ]


def _channel_row(row: Document) -> list[str]:
    words = ("server", "unique_id", "name", "route_id", "created_at", "answered_at", "ended_at")
    return [
        row["leg"] or "",
        _count(row["attempt"]),
        *(row[name] or "" for name in words),
        _count(row["q850_cause"]),
        _count(row["sip_status"]),
        row["hangup_source"] or "",
        duration(row["answered_ms"]),
    ]


def _attempt_row(row: Document) -> list[str]:
    words = ("server", "provider", "route_id", "dial_string", "sent_number", "caller_number")
    numbers = ("data_version", "q850_cause", "sip_status")
    return [
        str(row["attempt"]),
        *(row[name] for name in words),
        *(_count(row[name]) for name in numbers),
    ]


def _decision_row(row: Document) -> list[str]:
    rate = row["rate"] or {}
    price = rate.get("price_per_minute") or {}
    return [
        str(row["attempt"]),
        row["decided_at"] or "",
        _count(row["data_version"]),
        row["provider"],
        row["route_id"],
        rate.get("rate_deck") or _without_rate(row),
        " ".join(filter(None, (rate.get("matched_prefix"), rate.get("destination")))),
        " ".join(price[name] for name in ("amount", "currency_code") if price),
        _terms(rate),
    ]


def _without_rate(row: Document) -> str:
    return f"rates#{row['rate_id']}, no longer kept" if row["rate_id"] else "not priced"


def _terms(rate: Document) -> str:
    if not rate:
        return ""
    told = f"{rate['first_increment_s']}/{rate['next_increment_s']}"
    if rate["minimum_s"]:
        told += f", at least {rate['minimum_s']} s"
    fee = rate["connect_fee"]["amount"]
    return told if fee == "0" else f"{told}, connect fee {fee}"


def _event_row(row: Document) -> list[str]:
    words = ("occurred_at", "recorded_at", "event", "server", "unique_id")
    return [row[name] or "" for name in words]


def _optional(message: Message, field: str) -> Any:  # noqa: ANN401 - an integer or nothing
    return getattr(message, field) if message.HasField(field) else None


def _count(value: int | None) -> str:
    return str(value) if value else ""


def _state(call: Document) -> str:
    return "ended" if call["ended"] else "in progress"
