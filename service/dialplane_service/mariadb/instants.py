"""Instants: aware and UTC here, ``DATETIME(6)`` without a zone there."""

from datetime import UTC, datetime


def to_datetime(instant: datetime | None) -> datetime | None:
    """As MariaDB keeps it."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)


def to_instant(value: datetime) -> datetime:
    """As MariaDB gave it."""
    return value.replace(tzinfo=UTC)


def to_optional_instant(value: datetime | None) -> datetime | None:
    """As MariaDB gave it; NULL stays ``None``."""
    return None if value is None else to_instant(value)
