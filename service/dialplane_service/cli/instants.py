"""Instants as people type them."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane_service.cli.failures import usage


def instant(text: str, option: str) -> Timestamp:
    """An instant of RFC 3339 or a day; without a time zone it is UTC.

    Raises:
        Failure: it is neither.
    """
    try:
        parsed = datetime.fromisoformat(text)
        in_utc = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        remedy = f"For example {option} 2026-01-31 or {option} 2026-01-31T12:00:00Z"
        raise usage(f"{option}: {text!r} is no instant", remedy) from error
    timestamp = Timestamp()
    timestamp.FromDatetime(in_utc)
    return timestamp
