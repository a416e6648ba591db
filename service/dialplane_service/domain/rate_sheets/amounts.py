"""Amounts as people write them, made exact. No float on the way."""

import re
from decimal import Decimal
from typing import Final

from dialplane_service.domain.rate_sheets.records import Fault, RowError

HIGHEST: Final = Decimal(1_000_000)
"""More than any minute costs in any currency: a price above it is a number in the wrong column."""
DECIMALS: Final = 8
_SIGNS: Final = {"€": "EUR", "£": "GBP", "₽": "RUB", "₴": "UAH", "₸": "KZT", "₹": "INR"}
_BESIDE: Final = re.compile(
    r"(?P<before>[A-Za-z]{3}|[$€£₽₴₸₹])?(?P<amount>.*?)(?P<behind>[A-Za-z]{3}|[$€£₽₴₸₹])?"
)
_SPACES: Final = re.compile(r"[\s\u00a0\u202f']+")
_PLAIN: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,40})?|\.[0-9]{1,40}", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}", re.ASCII)
_GROUPED_COMMA: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", re.ASCII)
_GROUPED_POINT: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+", re.ASCII)


def amount(text: str, currency: str, what: str = "the price") -> Decimal:
    """The amount that a cell holds: point or comma before the decimals, its currency beside it or not.

    A single comma is a decimal comma. Trailing zeros are dropped, so equal amounts are written alike.

    Raises:
        RowError: it is no number, negative, beyond a million, finer than eight decimals, or in
            another currency.

    """
    if text.startswith("="):
        raise RowError(Fault.FORMULA, f"{what} is a formula: {text[:40]!r}")
    cleaned = text if _PLAIN.fullmatch(text) else _bare(_SPACES.sub("", text), currency, what)
    if cleaned.startswith(("-", "\u2212")) and cleaned[1:2].isdigit():
        raise RowError(Fault.NEGATIVE, f"{what} is negative: {text[:40]!r}")
    if _GROUPED_COMMA.fullmatch(cleaned):
        cleaned = cleaned.replace(".", "").replace(",", ".")
    elif _GROUPED_POINT.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    elif cleaned.count(",") == 1 and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    if not (_PLAIN.fullmatch(cleaned) or _SCIENTIFIC.fullmatch(cleaned)):
        raise RowError(Fault.NOT_A_NUMBER, f"{what} is not a number: {text[:40]!r}")
    value = Decimal(cleaned)
    if value > HIGHEST:
        raise RowError(Fault.TOO_HIGH, f"{what} is above {HIGHEST}: {text[:40]!r}")
    return _plain(value, text, what)


def shown(value: Decimal) -> str:
    """The amount as digits and a point; never an exponent."""
    return format(value, "f")


def _plain(value: Decimal, text: str, what: str) -> Decimal:
    # normalize() rounds to the thread's precision, so what is finer is refused first.
    digits = value.as_tuple().digits
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise RowError(Fault.NOT_A_NUMBER, f"{what} is not a number: {text[:40]!r}")
    while exponent < 0 and digits[-1] == 0 and len(digits) > 1:
        digits, exponent = digits[:-1], exponent + 1
    if value == 0:
        return Decimal(0)
    if exponent < -DECIMALS:
        raise RowError(Fault.TOO_FINE, f"{what} has more than {DECIMALS} decimals: {text[:40]!r}")
    plain = Decimal((0, digits, exponent))
    return plain if exponent <= 0 else Decimal(int(plain))


def _bare(text: str, currency: str, what: str) -> str:
    """The text without the currency beside it, which must be the deck's own. "$" is any dollar."""
    match = _BESIDE.fullmatch(text)
    if match is None or not match["amount"][-1:].isdecimal():
        return text
    for sign in filter(None, (match["before"], match["behind"])):
        meant = _SIGNS.get(sign, sign.upper())
        if meant != currency and not (sign == "$" and currency.endswith("D")):
            raise RowError(
                Fault.WRONG_CURRENCY, f"{what} is in {sign}, the deck in {currency}: {text[:40]!r}"
            )
    return match["amount"]
