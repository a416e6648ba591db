"""Week days and times by a zone's wall clock."""

from datetime import UTC, datetime

import pytest

from dialplane_service.domain.rates.hours import Hours, HoursError
from dialplane_service.domain.rates.records import HoursRow

MONDAY = 1  # June 2026 begins on a Monday


def holds(spec: str, day: int, hour: int, minute: int = 0, zone: str = "UTC") -> bool:
    instant = datetime(2026, 6, day, hour, minute, tzinfo=UTC)
    return Hours(HoursRow(1, "hours", zone, spec)).hold_at(instant)


@pytest.mark.parametrize(
    ("spec", "day", "hour", "minute", "expected"),
    [
        ("mon-fri 08:00-20:00", 1, 8, 0, True),
        ("mon-fri 08:00-20:00", 1, 7, 59, False),
        ("mon-fri 08:00-20:00", 1, 19, 59, True),
        ("mon-fri 08:00-20:00", 1, 20, 0, False),
        ("mon-fri 08:00-20:00", 6, 12, 0, False),
        ("MON-FRI 08:00-20:00; sat,sun 10:00-18:30", 6, 18, 29, True),
        ("sat-mon", 1, 0, 0, True),
        ("sat-mon", 2, 0, 0, False),
        ("fri 22:00-06:00", 6, 5, 59, True),
        ("fri 22:00-06:00", 5, 5, 59, False),
        ("fri 22:00-06:00", 6, 6, 0, False),
        ("sun 22:00-06:00", 1, 5, 0, True),
        ("mon 00:00-24:00", 1, 23, 59, True),
        ("mon 00:00-24:00", 2, 0, 0, False),
        ("mon 12:00-12:00", 2, 11, 59, True),
    ],
)
def test_spans(spec: str, day: int, hour: int, minute: int, expected: bool) -> None:
    assert holds(spec, day, hour, minute) is expected


def test_the_zones_wall_clock_decides_through_daylight_saving() -> None:
    row = HoursRow(1, "hours", "Europe/Berlin", "mon-sun 08:00-09:00")
    winter, summer = (datetime(2026, month, 1, 7, 30, tzinfo=UTC) for month in (1, 7))
    assert Hours(row).hold_at(winter)
    assert not Hours(row).hold_at(summer)


@pytest.mark.parametrize(
    ("zone", "spec"),
    [
        ("Europe/Atlantis", "mon"),
        ("../etc/passwd", "mon"),
        ("", "mon"),
        ("UTC", ""),
        ("UTC", "mon;"),
        ("UTC", "monday"),
        ("UTC", "mon 8:00-20:00"),
        ("UTC", "mon 08:60-20:00"),
        ("UTC", "mon 08:00-24:01"),
        ("UTC", "mon 24:00-08:00"),
        ("UTC", "mon-xyz 08:00-20:00"),
        ("UTC", "mon ٠٨:00-20:00"),
    ],
)
def test_what_cannot_be_understood_is_refused(zone: str, spec: str) -> None:
    with pytest.raises(HoursError, match="hours 7"):
        Hours(HoursRow(7, "hours", zone, spec))
