"""The countries of numbers: the quick way says what the metadata says."""

import random

import phonenumbers
import pytest

from dialplane_service.domain.caller_id.countries import calling_code, number_country
from dialplane_service.domain.numbers import country_of
from tests.caller_id.asking import ALMATY, LONDON, MOSCOW, NEW_YORK, RIGA, TORONTO


@pytest.mark.parametrize(
    ("digits", "country"),
    [
        (MOSCOW, "RU"),
        (ALMATY, "KZ"),
        (LONDON, "GB"),
        ("441481960194", "GG"),
        (RIGA, "LV"),
        (NEW_YORK, "US"),
        (TORONTO, "CA"),
        ("18764567890", "JM"),
        ("358401234567", "FI"),
        ("70000000000", None),
        ("88213456789", None),
        ("80012345678", None),
        ("2101234567", None),
        ("9990001122", None),
        ("", None),
    ],
)
def test_a_number_has_a_country(digits: str, country: str | None) -> None:
    assert number_country(digits) == country


def test_it_is_the_country_that_the_metadata_names() -> None:
    """An example number of every kind of every country, and seeded digits behind every calling code."""
    numbers = [
        f"{found.country_code}{phonenumbers.national_significant_number(found)}"
        for region in phonenumbers.SUPPORTED_REGIONS
        for kind in phonenumbers.PhoneNumberType.values()
        if (found := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    assert len(numbers) > 1000
    dice = random.Random(20260517)
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for _ in range(20):
            rest = "".join(dice.choices("0123456789", k=dice.randint(6, 15 - len(str(code)))))
            numbers.append(f"{code}{rest}")
    for digits in numbers:
        named = country_of(digits)
        if named is not None and named != "001":
            assert number_country(digits) == named, digits
        if number_country(digits) is None:
            assert named in (None, "001"), digits


def test_no_calling_code_leads_another() -> None:
    codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    assert all(calling_code(f"{code}5551234") == code for code in codes)
