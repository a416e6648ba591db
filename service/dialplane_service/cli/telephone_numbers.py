"""Numbers as people type and paste them."""

import re
from typing import Final

from dialplane_service.cli.failures import usage

_SEPARATORS: Final = re.compile(r"[\s().\-/\u2010-\u2015\u2212]+")
_E164: Final = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)


def full_number(text: str) -> str:
    """E.164 digits of a full international number, whatever separates them.

    Raises:
        Failure: it is none.
    """
    digits = without_separators(text).removeprefix("+")
    if _E164.fullmatch(digits) is None:
        raise usage(
            f"{text!r} is no full international number",
            "Write the country code first, 7 to 15 digits in all: 74957777777 or"
            " '+7 (495) 777-77-77'. With --from DEVICE any number that the device can dial will do.",
        )
    return digits


def is_number(text: str) -> bool:
    """Whether the text is a full international number rather than a device's name."""
    return _E164.fullmatch(without_separators(text).removeprefix("+")) is not None


def without_separators(text: str) -> str:
    """The text without spaces, hyphens, parentheses, dots and slashes."""
    return _SEPARATORS.sub("", text)
