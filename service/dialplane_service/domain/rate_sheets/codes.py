"""Dial codes as people write them: several in a cell, ranges, country and area codes apart."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dialplane_service.domain.rate_sheets.records import Fault, RowError

LONGEST: Final = 15
MOST_CODES: Final = 10_000
"""Of one row. A cell of a spreadsheet holds 32,767 characters."""
_SEPARATORS: Final = re.compile(r"[,;|/\r\n]+")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)
_MUCH_SHORTER: Final = 2
"""Digits that a code may lack of the longest beside it."""
_PLAIN: Final = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_DASH_SPACES: Final = re.compile(r"\s*-\s*")


def prefixes(cell: str, country_code: str = "") -> list[str]:
    """The prefixes that a cell of codes means, each once; ``country_code`` goes before each.

    ``7495,7499`` are two codes, ``7495-7499`` a range of five, written with as few prefixes as will
    do; of ``7495-9`` the end replaces the last digits. "+" and "00" before a code are dropped. A blank
    parts no codes: ``7 495`` may be one.

    Raises:
        RowError: it holds anything else, nothing, or too much, or could be read in two ways.

    """
    if not country_code and _PLAIN.fullmatch(cell):
        return [cell]
    country = _country(country_code)
    parts = _parts(cell)
    if not parts:
        if not country:
            raise RowError(Fault.NO_CODE, "there is no code")
        return [country]
    if len(parts) > 1:
        _check_one_meaning(parts, cell, country)
    found: dict[str, None] = {}
    for part in parts:
        for code in _one(part, country):
            found[code] = None
            if len(found) > MOST_CODES:
                raise RowError(
                    Fault.TOO_MANY_CODES, f"the row has more than {MOST_CODES} codes: {cell[:40]!r}"
                )
    return list(found)


def says_country(cell: str, country_code: str) -> bool | None:
    """Whether the codes of a cell begin with the country code already; ``None``: it has no codes.

    Raises:
        RowError: some do and some do not, or the country code is none.

    """
    country = _country(country_code)
    parts = _parts(cell)
    if not parts or not country:
        return None
    begin = {part.removeprefix("+").removeprefix("00").startswith(country) for part in parts}
    if len(begin) > 1:
        raise RowError(
            Fault.AMBIGUOUS_CODE,
            f"only some of {cell[:40]!r} begin with the country code {country}: are they whole?",
        )
    return begin.pop()


def covering(first: str, last: str) -> Iterator[str]:
    """The fewest prefixes that mean every code from ``first`` to ``last``, both of one length."""
    low, high, length = int(first), int(last), len(first)
    while low <= high:
        zeros, size = 0, 1
        while zeros < length - 1 and low % (size * 10) == 0 and low + size * 10 - 1 <= high:
            zeros, size = zeros + 1, size * 10
        yield str(low).zfill(length)[: length - zeros]
        low += size


def _parts(cell: str) -> list[str]:
    cleaned = _DASH_SPACES.sub("-", cell.translate(_DASHES))
    parts = [part.strip() for part in _SEPARATORS.split(cleaned)]
    for part in parts:
        if any(map(str.isspace, part)) and _is_digits("".join(part.split())):
            raise RowError(
                Fault.AMBIGUOUS_CODE,
                f"{part[:40]!r} may be one code or several; write it without blanks, or commas between",
            )
    return [part for part in parts if part]


def _is_digits(text: str) -> bool:
    bare = text.replace("+", "").replace("-", "")
    return bare.isascii() and bare.isdecimal()


def _check_one_meaning(parts: Sequence[str], cell: str, country: str) -> None:
    """Codes beside each other, not one number with separators nor codes that lack their beginning.

    Raises:
        RowError: they could be.

    """
    if _THOUSANDS.fullmatch(cell.strip()) and _may_be_thousands(parts, country):
        raise RowError(
            Fault.AMBIGUOUS_CODE,
            f"{cell[:40]!r} may be one code with separators of thousands;"
            " write it without, or a blank behind each comma of several codes",
        )
    if country:
        return  # Area codes of one country have all lengths.
    starts = [part.removeprefix("+").removeprefix("00").partition("-")[0] for part in parts]
    longest = max(map(len, starts))
    for length in {len(start) for start in starts if len(start) + _MUCH_SHORTER <= longest}:
        beside = {start[: min(2, length)] for start in starts if len(start) > length}
        for start, part in zip(starts, parts, strict=True):
            if len(start) == length and "-" not in part and start[:2] not in beside:
                raise RowError(
                    Fault.AMBIGUOUS_CODE,
                    f"{part[:40]!r} is much shorter than the codes beside it:"
                    " is it a code, or does it lack its beginning?",
                )


def _may_be_thousands(parts: Sequence[str], country: str) -> bool:
    if country:
        return len(parts[0]) == 1
    return len(parts[0]) < 3 or len({part[:2] for part in parts}) > 1


def _country(text: str) -> str:
    if not text.strip():
        return ""
    return _digits(text.strip(), text)


def _one(part: str, country: str) -> Iterator[str]:
    first, dash, last = part.partition("-")
    if not dash:
        yield _bounded(country + _digits(part, part, bare=bool(country)), part)
        return
    start = _digits(first, part, bare=bool(country))
    end = _digits(last, part, bare=True)
    if len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    if len(end) != len(start) or end < start:
        raise RowError(Fault.BAD_RANGE, f"{part[:40]!r} is no range of codes")
    for code in covering(_bounded(start, part), end):
        yield _bounded(country + code, part)


def _digits(text: str, part: str, *, bare: bool = False) -> str:
    """The digits of a code; ``bare``: it stands behind a country code and may begin with 0."""
    digits = text.removeprefix("+")
    if not bare:
        digits = digits.removeprefix("00")
    if not (digits.isascii() and digits.isdecimal()):
        fault = Fault.FORMULA if part.startswith("=") else Fault.NOT_A_CODE
        raise RowError(fault, f"{part[:40]!r} is no dial code")
    if digits[0] == "0" and not bare:
        raise RowError(Fault.NOT_A_CODE, f"{part[:40]!r} begins with 0, which no country code does")
    return digits


def _bounded(code: str, part: str) -> str:
    if len(code) > LONGEST:
        raise RowError(Fault.CODE_TOO_LONG, f"{part[:40]!r} is longer than {LONGEST} digits")
    return code
