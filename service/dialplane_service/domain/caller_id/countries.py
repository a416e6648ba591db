"""The countries of numbers, quickly.

Most calling codes belong to one country and answer from a table. The few that several share (1, 7, 44…)
are read by the phone-number metadata, whose last answers are kept.
"""

from functools import lru_cache
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from dialplane_service.domain.numbers import country_of

_LONGEST_CALLING_CODE: Final = 3
_KEPT_ANSWERS: Final = 8192
_ISO_LETTERS: Final = 2

_countries: Final[dict[str, tuple[str, ...]]] = {
    str(code): tuple(region for region in regions if len(region) == _ISO_LETTERS)
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
}
"""By calling code; none: a network that belongs to no country, for example satellite telephones."""


def number_country(digits: str) -> str | None:
    """The ISO 3166 country of an E.164 number; ``None``: none, or nobody knows which of several."""
    countries = _countries.get(calling_code(digits), ())
    if len(countries) > 1:
        return _of_shared_code(digits)
    return countries[0] if countries else None


def calling_code(digits: str) -> str:
    """The calling code that leads an E.164 number; empty: none does. No code leads another."""
    for length in range(1, _LONGEST_CALLING_CODE + 1):
        if digits[:length] in _countries:
            return digits[:length]
    return ""


@lru_cache(maxsize=_KEPT_ANSWERS)
def _of_shared_code(digits: str) -> str | None:
    return country_of(digits)
