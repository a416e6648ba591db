"""Telephone numbers: what was dialled or delivered becomes E.164 digits, or is found impossible.

Rules: ITU-T E.164 (at most 15 digits) and the phone-number metadata of each country, which knows its
international prefix (Russia's is 810, not 00), its national prefix and its emergency numbers.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult
from phonenumbers.shortnumberinfo import is_emergency_number

from dialplane_service.domain.kinds import NumberFormat

LONGEST_E164: Final = 15
LONGEST_DIALLED: Final = 32
LONGEST_EXTENSION: Final = 10
SHORTEST_E164: Final = 7
_DIALLED: Final = re.compile(rf"\+?[0-9]{{1,{LONGEST_DIALLED}}}", re.ASCII)
_E164: Final = re.compile(rf"[1-9][0-9]{{{SHORTEST_E164 - 1},{LONGEST_E164 - 1}}}", re.ASCII)
_FEATURE_CODE: Final = re.compile(r"[*#][0-9*#]{1,10}", re.ASCII)
_NANP: Final = 1
"""The calling code that the USA, Canada and the Caribbean share: among them nothing is international."""
_NOT_DIGIT: Final = re.compile(r"[^0-9]", re.ASCII)


class NumberKind(StrEnum):
    """What a number is."""

    E164 = "E164"
    NATIONAL_SHORT = "NATIONAL_SHORT"
    EMERGENCY = "EMERGENCY"
    EXTENSION = "EXTENSION"
    ANONYMOUS = "ANONYMOUS"
    FEATURE_CODE = "FEATURE_CODE"


@dataclass(frozen=True, slots=True)
class Number:
    """A normalised number: digits only (a feature code also has "*" and "#"); anonymous has none."""

    kind: NumberKind
    digits: str


ANONYMOUS: Final = Number(NumberKind.ANONYMOUS, "")


def is_dialled(text: str) -> bool:
    """Whether the text has the form of a dialled number: an optional "+", then 1 to 32 digits."""
    return _DIALLED.fullmatch(text) is not None


def is_e164(digits: str) -> bool:
    """Whether the digits have the form of a full international number: 7 to 15, not led by 0."""
    return _E164.fullmatch(digits) is not None


def is_feature_code(text: str) -> bool:
    """Whether the text has the form of a feature code, for example "*97"."""
    return _FEATURE_CODE.fullmatch(text) is not None


def is_emergency(digits: str, country: str) -> bool:
    """Whether the metadata knows the digits as an emergency number of the country, to the digit."""
    known: bool = is_emergency_number(digits, country)
    return known


def delivered_e164(
    text: str, number_format: NumberFormat, provider_country: str, server_country: str | None
) -> str | None:
    """E.164 digits of a number that a provider delivered; ``None``: it cannot be one.

    Read by the provider's format first, then as somebody at the server's country would dial it.
    """
    if not is_dialled(text):
        return None
    if text.startswith("+"):
        return text[1:] if is_e164(text[1:]) else None
    if number_format is NumberFormat.E164 and is_e164(text):
        return text
    if number_format is not NumberFormat.E164:
        parsed = _valid_or_prefixed(text, provider_country)
        if parsed is not None:
            return parsed
    return dialled_e164(text, server_country or provider_country)


def dialled_e164(text: str, country: str) -> str | None:
    """E.164 digits of what a user in the country dialled; ``None``: it cannot be a number.

    In this order: a valid number by the country's own dialling rules; a valid full number without
    "+"; a number whose length is possible after the country's prefix, or with "+" (numbering plans
    grow faster than metadata).
    """
    if not is_dialled(text):
        return None
    if text.startswith("+"):
        return _possible(_parsed(text, None))
    national = _parsed(text, country)
    if national is not None and phonenumbers.is_valid_number(national):
        return _e164(national)
    full = _parsed(f"+{text}", None)
    if full is not None and phonenumbers.is_valid_number(full):
        return _e164(full)
    return _valid_or_prefixed(text, country)


def written(e164: str, number_format: NumberFormat, country: str) -> str:
    """An E.164 number as a provider of the country wants it written.

    NATIONAL writes the country's own numbers with the national prefix, all others like
    INTERNATIONAL, which puts the country's international prefix first.
    """
    if number_format is NumberFormat.E164:
        return e164
    if number_format is NumberFormat.NATIONAL:
        national = _national(e164, country)
        if national is not None:
            return national
    return international_prefix(country) + e164


@cache
def international_prefix(country: str) -> str:
    """What is dialled in the country before a foreign number, for example "810" in RU; "" if unknown.

    Where it may name a carrier too (Singapore's 0[0-3]x), the shortest one that the country accepts
    and that no digit behind it can turn into another.
    """
    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None:
        return ""
    text = metadata.preferred_international_prefix or metadata.international_prefix or ""
    text = text.replace("~", "")  # a pause for the second dial tone
    if not text or text.isdigit():
        return text
    accepted, leading = re.compile(text, re.ASCII), _NOT_DIGIT.split(text, maxsplit=1)[0]
    endings = ["", *(f"{end:0{width}}" for width in (1, 2, 3) for end in range(10**width))]
    codes = [leading + end for end in endings if accepted.fullmatch(leading + end)]
    return next(code for code in codes if not _leads_another(code, codes))


def _leads_another(code: str, codes: list[str]) -> bool:
    return any(other != code and other.startswith(code) for other in codes)


def country_of(e164: str) -> str | None:
    """The ISO 3166 country of a number by its leading digits; ``None``: none or several fit."""
    parsed = _parsed(f"+{e164}", None)
    if parsed is None:
        return None
    region: str | None = phonenumbers.region_code_for_number(parsed)
    return region


def _national(e164: str, country: str) -> str | None:
    parsed = _parsed(f"+{e164}", None)
    if parsed is None:
        return None
    dialled_alike = parsed.country_code == _NANP == phonenumbers.country_code_for_region(country)
    if not dialled_alike and phonenumbers.region_code_for_number(parsed) != country:
        return None
    metadata = PhoneMetadata.metadata_for_region(country, None)
    prefix: str = (metadata.national_prefix or "") if metadata is not None else ""
    digits: str = phonenumbers.national_significant_number(parsed)
    return prefix + digits


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


def _possible(parsed: PhoneNumber | None) -> str | None:
    if parsed is None:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    return _e164(parsed)


def _valid_or_prefixed(text: str, country: str) -> str | None:
    parsed = _parsed(text, country)
    if parsed is None:
        return None
    if phonenumbers.is_valid_number(parsed):
        return _e164(parsed)
    metadata = PhoneMetadata.metadata_for_region(country, None)
    national = metadata.national_prefix if metadata is not None else None
    prefixes = tuple(prefix for prefix in (international_prefix(country), national) if prefix)
    return _possible(parsed) if prefixes and text.startswith(prefixes) else None


def _e164(parsed: PhoneNumber) -> str | None:
    digits = f"{parsed.country_code}{phonenumbers.national_significant_number(parsed)}"
    return digits if is_e164(digits) else None
