"""Telephone numbers: what was dialled or delivered becomes E.164 digits, or is found impossible.

Rules: ITU-T E.164 (at most 15 digits), the country's international and national prefixes from the
phone-number metadata (Russia's international prefix is 810, its national prefix 8).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from dialplane_service.domain.kinds import NumberFormat

LONGEST_E164: Final = 15
_DIALLED: Final = re.compile(r"\+?[0-9]{1,32}", re.ASCII)
_E164: Final = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_VISUAL_SEPARATORS: Final = str.maketrans("", "", " -.()")


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
