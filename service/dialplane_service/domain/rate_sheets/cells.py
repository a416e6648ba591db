"""The other cells of a row: increments, dates, status, hours and steps."""

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import Final

from dialplane_service.domain.rate_sheets.amounts import amount
from dialplane_service.domain.rate_sheets.records import Fault, HoursText, RowError, StepText
from dialplane_service.domain.rates.hours import Hours, HoursError
from dialplane_service.domain.rates.records import HoursRow

_LONGEST_S: Final = 3600
_INTERVAL: Final = re.compile(
    r"([0-9]{1,5})(?:\s*[/+:;-]\s*([0-9]{1,5}))?(?:\s*[/+:;-]\s*([0-9]{1,5}))?"
)
_SECONDS: Final = re.compile(r"([0-9]{1,5})(?:[.,]0+)?(?:\s*s(?:ec(?:onds?)?)?\.?)?", re.IGNORECASE)
_DATE_ORDERS: Final = (
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y/%m/%d",
    "%Y%m%d",
)
_SLASHED: Final = re.compile(
    r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})(?: +([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_SERIAL: Final = re.compile(r"([0-9]{5})(?:\.([0-9]+))?")
DAY_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
"""What spreadsheets count days from, unless the workbook says 1904."""
DAY_ZERO_1904: Final = datetime(1904, 1, 1, tzinfo=UTC)
_STEP: Final = re.compile(r"([0-9]{1,5}):([0-9.,]+)/([0-9]{1,5})")
_MOST_STEPS: Final = 16


class Standing(Enum):
    """What a row's status makes of it."""

    SOLD = "SOLD"
    BLOCKED = "BLOCKED"
    REMOVED = "REMOVED"


_WORDS: Final = {
    Standing.SOLD: "active|open|opened|enabled|available|ok|new|new code|new destination|added|add|"
    "increase|increased|decrease|decreased|dearer|cheaper|unchanged|no change|no changes|same|"
    "current|current rate|changed|change|pending increase|pending decrease|price increase|"
    "price decrease|up|down|+|-|n|no|false|0|новый|без изменений|повышение|снижение",
    Standing.BLOCKED: "blocked|block|barred|suspended|not available|unavailable|not offered|"
    "disabled|inactive|n/a|na|stopped|closed|blocked destination|y|yes|true|1|x|закрыт|закрыто|"
    "блокировка|заблокировано",
    Standing.REMOVED: "removed|remove|deleted|delete|discontinued|withdrawn|code removed|"
    "removed code|end of sale|удален|удалено",
}
_STANDINGS: Final = {word: what for what, words in _WORDS.items() for word in words.split("|")}


def standing(text: str) -> Standing:
    """What a status says.

    Raises:
        RowError: nothing that is known.

    """
    found = _STANDINGS.get(" ".join(text.lower().split()))
    if found is None:
        raise RowError(Fault.UNKNOWN_STATUS, f"nothing is known of the status {text[:40]!r}")
    return found


def interval(text: str) -> tuple[int, int, int]:
    """First increment, next increment and minimum in seconds of ``60/1``, ``60`` or ``30/30/6``.

    Of three numbers the first is the minimum.

    Raises:
        RowError: it is none of these.

    """
    match = _INTERVAL.fullmatch(text.strip().lower().removesuffix("s").removesuffix("sec").strip())
    if match is None:
        raise RowError(Fault.BAD_INTERVAL, f"{text[:40]!r} is not written like 60/60 or 60/1")
    first, second, third = (int(part) if part else 0 for part in match.groups())
    minimum = 0
    if third:
        minimum, first, second = first, second, third
    second = second or first
    # "0/60" means that there is no first increment of its own.
    return _increment(first or second, text), _increment(second, text), minimum


def seconds(text: str, *, least: int) -> int:
    """Whole seconds from ``least`` to an hour.

    Raises:
        RowError: it is no such number.

    """
    match = _SECONDS.fullmatch(text.strip())
    if match is None or not least <= int(match[1]) <= _LONGEST_S:
        raise RowError(
            Fault.BAD_INTERVAL,
            f"{text[:40]!r} is not a number of seconds from {least} to {_LONGEST_S}",
        )
    return int(match[1])


def instant(text: str, day_zero: datetime = DAY_ZERO) -> datetime:
    """A date, or date and time; without a time zone it is UTC. Numbers of days since ``day_zero`` too.

    Raises:
        RowError: it is none, or day and month could be either.

    """
    cleaned = text.strip()
    serial = _SERIAL.fullmatch(cleaned)
    if serial is not None:
        fraction = int((serial[2] or "0")[:9].ljust(9, "0")) * 86_400 // 10**9
        return day_zero + timedelta(days=int(serial[1]), seconds=fraction)
    slashed = _SLASHED.fullmatch(cleaned)
    if slashed is not None:
        return _slashed(slashed, text)
    try:
        parsed = datetime.fromisoformat(cleaned)
    except ValueError:
        parsed = _by_order(cleaned, text)
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=UTC)
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise RowError(
            Fault.BAD_DATE, f"{text[:40]!r} is outside the years 1 to 9999 in UTC"
        ) from error


def hours(spec: str, timezone: str) -> HoursText | None:
    """When a rate holds; ``None``: always.

    Raises:
        RowError: the hours or the time zone cannot be understood.

    """
    plain = "; ".join(" ".join(part.split()) for part in spec.lower().split(";") if part.strip())
    if plain in ("", "always", "all", "any", "24/7", "flat"):
        return None
    try:
        Hours(HoursRow(0, "", timezone or "UTC", plain))
    except HoursError as error:
        raise RowError(Fault.BAD_HOURS, str(error).partition(": ")[2] or str(error)) from error
    return HoursText(timezone or "UTC", plain)


def steps(text: str, currency: str) -> tuple[StepText, ...]:
    """Later prices, written ``60:0.012/1;600:0.01/1``: from second, price per minute, increment.

    Raises:
        RowError: they are not written so, or do not rise.

    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = _STEP.fullmatch(part)
        if match is None:
            raise RowError(Fault.BAD_STEPS, f"{part[:40]!r} is not written like 60:0.012/1")
        found.append(
            StepText(int(match[1]), amount(match[2], currency, "a step's price"), int(match[3]))
        )
    rising = all(one.from_s < other.from_s for one, other in pairwise(found))
    inside = all(1 <= s.from_s <= 65_535 and 1 <= s.increment_s <= _LONGEST_S for s in found)
    if not rising or not inside or len(found) > _MOST_STEPS:
        raise RowError(Fault.BAD_STEPS, f"the steps do not rise, or are too many: {text[:40]!r}")
    return tuple(found)


def _increment(value: int, text: str) -> int:
    if not 1 <= value <= _LONGEST_S:
        raise RowError(Fault.BAD_INTERVAL, f"{text[:40]!r}: an increment is 1 to {_LONGEST_S} s")
    return value


def _slashed(match: re.Match[str], text: str) -> datetime:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    hour, minute, second_of = (int(part or 0) for part in match.group(5, 6, 7))
    if first <= 12 and second <= 12 and first != second:
        raise RowError(
            Fault.BAD_DATE, f"{text[:40]!r}: day and month could be either; write 2026-01-31"
        )
    day, month = (first, second) if first > 12 else (second, first)
    try:
        return datetime(year, month, day, hour, minute, second_of, tzinfo=UTC)
    except ValueError as error:
        raise RowError(Fault.BAD_DATE, f"{text[:40]!r} is no date") from error


def _by_order(cleaned: str, text: str) -> datetime:
    for order in _DATE_ORDERS:
        try:
            return datetime.strptime(cleaned, order).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise RowError(Fault.BAD_DATE, f"{text[:40]!r} is no date; write 2026-01-31")
