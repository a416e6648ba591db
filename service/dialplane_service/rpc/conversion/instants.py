"""Instants: aware and UTC here, ``Timestamp`` on the wire. Below a microsecond nothing is kept."""

from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_instant(value: Timestamp) -> datetime:
    """Convert a valid timestamp."""
    return _EPOCH + timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)


def to_timestamp(value: datetime) -> Timestamp:
    """Convert an aware instant."""
    micros = (value - _EPOCH) // timedelta.resolution
    seconds, rest = divmod(micros, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)


def to_optional_timestamp(value: datetime | None) -> Timestamp | None:
    """Convert an instant that may be absent."""
    return None if value is None else to_timestamp(value)
