"""The emergency numbers of a country, listed."""

import re
from functools import cache

from phonenumbers import PhoneMetadata

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.numbers import is_emergency


def emergency_numbers(data: DecisionData, country: str) -> tuple[str, ...]:
    """Every number that is taken for an emergency number of the country, shortest first."""
    configured = {number for code, number in data.emergency_routes if code == country}
    return tuple(sorted(configured | set(known_numbers(country)), key=lambda n: (len(n), n)))


@cache
def known_numbers(country: str) -> tuple[str, ...]:
    """The emergency numbers that the phone-number metadata knows, for example 112 and 999 of GB.

    The metadata is a pattern; every number of at most five digits is tried against it, once.
    """
    metadata = PhoneMetadata.short_metadata_for_region(country)
    description = metadata.emergency if metadata is not None else None
    if description is None or description.national_number_pattern is None:
        return ()
    pattern = re.compile(description.national_number_pattern, re.ASCII)
    candidates = (
        f"{value:0{length}d}"
        for length in description.possible_length
        if 2 <= length <= 5
        for value in range(10**length)
    )
    return tuple(
        text for text in candidates if pattern.fullmatch(text) and is_emergency(text, country)
    )
