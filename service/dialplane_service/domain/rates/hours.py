"""Week days and times at which a rate holds, by the wall clock of a time zone.

A spec is a list of spans between semicolons, each days and times: ``mon-fri 08:00-20:00; sat,sun
10:00-18:30``. Days without times mean the whole day. A span that ends no later than it begins runs
into the next day: ``fri 22:00-06:00`` ends on Saturday. ``24:00`` is the end of the day.
"""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dialplane_service.domain.rates.records import HoursRow

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_WHOLE_WEEK: Final = (1 << _WEEK) - 1
_SPAN: Final = re.compile(
    r"(?P<days>[a-z,-]+)(?:\s+(?P<h1>\d\d):(?P<m1>\d\d)-(?P<h2>\d\d):(?P<m2>\d\d))?", re.ASCII
)


class HoursError(ValueError):
    """The hours cannot be understood; the message says what and where."""


class Hours:
    """Hours that have been read. Immutable."""

    __slots__ = ("_spans", "_zone")

    def __init__(self, row: HoursRow) -> None:
        """Read the hours.

        Raises:
            HoursError: the zone is unknown or the spec not written as above.

        """
        try:
            self._zone = ZoneInfo(row.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise HoursError(f"hours {row.id}: no time zone {row.timezone!r}") from error
        spans = [part.strip().lower() for part in row.spec.split(";")]
        self._spans = tuple(span for text in spans for span in _spans(row.id, text))

    @property
    def minutes(self) -> int:
        """How many minutes of a week they hold, each counted once."""
        held = 0
        for start, end in self._spans:
            held |= ((1 << (end - start)) - 1) << start
        return (held & _WHOLE_WEEK | held >> _WEEK).bit_count()

    def hold_at(self, instant: datetime) -> bool:
        """Whether an instant lies within the hours. The wall clock decides, so a repeated hour counts twice."""
        local = instant.astimezone(self._zone)
        minute = local.weekday() * _DAY + local.hour * 60 + local.minute
        return any(
            start <= minute < end or start <= minute + _WEEK < end for start, end in self._spans
        )


def _spans(hours_id: int, text: str) -> list[tuple[int, int]]:
    """Minutes of the week, from and until before; the end may lie in the week after."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise HoursError(f"hours {hours_id}: {text!r} is not written like 'mon-fri 08:00-20:00'")
    start, end = 0, _DAY
    if match["h1"] is not None:
        start = _minute(hours_id, match["h1"], match["m1"])
        end = _minute(hours_id, match["h2"], match["m2"])
        if start == _DAY:
            raise HoursError(f"hours {hours_id}: a day ends at 24:00, nothing begins then")
        if end <= start:
            end += _DAY
    return [(day * _DAY + start, day * _DAY + end) for day in _days(hours_id, match["days"])]


def _minute(hours_id: int, hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > _DAY:
        raise HoursError(f"hours {hours_id}: there is no time {hour}:{minute}")
    return total


def _days(hours_id: int, text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise HoursError(f"hours {hours_id}: {part!r} are no days; they are mon to sun")
        start = _DAYS.index(first)
        length = (_DAYS.index(last) - start) % 7 + 1 if dash else 1
        days += [(start + day) % 7 for day in range(length)]
    return days
