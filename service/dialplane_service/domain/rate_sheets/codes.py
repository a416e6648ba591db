"""Dial codes as people write them: several in a cell, ranges, country and area codes apart."""

import re
from collections.abc import Iterator
from typing import Final

from dialplane_service.domain.rate_sheets.records import Fault, RowError

LONGEST: Final = 15
MOST_CODES: Final = 10_000
"""Of one row. A cell of a spreadsheet holds 32,767 characters."""
_SEPARATORS: Final = re.compile(r"[,;|\s/]+")
_PLAIN: Final = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_DASH_SPACES: Final = re.compile(r"\s*-\s*")


def prefixes(cell: str, country_code: str = "") -> list[str]:
    """The prefixes that a cell of codes means, each once; ``country_code`` goes before each.

    ``7495,7499`` are two codes, ``7495-7499`` a range of five, written with as few prefixes as will
    do; of ``7495-9`` the end replaces the last digits. "+" and "00" before a code are dropped.

    Raises:
        RowError: it holds anything else, nothing, or too much.

    """
    if not country_code and _PLAIN.fullmatch(cell):
        return [cell]
    country = _country(country_code)
    cleaned = _DASH_SPACES.sub("-", cell.translate(_DASHES).strip())
    parts = [part for part in _SEPARATORS.split(cleaned) if part]
    if not parts:
        if not country:
            raise RowError(Fault.NO_CODE, "there is no code")
        return [country]
    found: dict[str, None] = {}
    for part in parts:
        for code in _one(part, country):
            found[code] = None
            if len(found) > MOST_CODES:
                raise RowError(
                    Fault.TOO_MANY_CODES, f"the row has more than {MOST_CODES} codes: {cell[:40]!r}"
                )
    return list(found)


def covering(first: str, last: str) -> Iterator[str]:
    """The fewest prefixes that mean every code from ``first`` to ``last``, both of one length."""
    low, high, length = int(first), int(last), len(first)
    while low <= high:
        zeros, size = 0, 1
        while zeros < length - 1 and low % (size * 10) == 0 and low + size * 10 - 1 <= high:
            zeros, size = zeros + 1, size * 10
        yield str(low).zfill(length)[: length - zeros]
        low += size


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
