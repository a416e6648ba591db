"""Numbers: what was dialled or delivered becomes E.164 digits, or is found impossible."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from dialplane_service.domain.kinds import NumberFormat
from dialplane_service.domain.numbers import (
    country_of,
    delivered_e164,
    dialled_e164,
    international_prefix,
    is_dialled,
    is_e164,
    is_emergency,
    is_feature_code,
    written,
)
from tests.domain.hostile import HOSTILE

_TYPES = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.VOIP,
)
_AMBIGUOUS = {
    "HK": "its metadata reads 00 and the first digit of some country codes as a carrier's prefix",
    "CO": "0 before a mobile number is a carrier's prefix there",
    "IL": "0 before a 1919 number is not dialled there",
}


def _examples() -> list[str]:
    numbers = set()
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in _TYPES:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None and phonenumbers.is_valid_number(example):
                national = phonenumbers.national_significant_number(example)
                numbers.add(f"{example.country_code}{national}")
    return sorted(numbers)


EXAMPLES = _examples()
COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS - set(_AMBIGUOUS))


@pytest.mark.parametrize(
    ("country", "dialled", "expected"),
    [
        ("RU", "84957777777", "74957777777"),
        ("RU", "74957777777", "74957777777"),
        ("RU", "+74957777777", "74957777777"),
        ("RU", "4957777777", "74957777777"),
        ("RU", "89161234567", "79161234567"),
        ("RU", "810442038070121", "442038070121"),
        ("RU", "+442038070121", "442038070121"),
        ("RU", "442038070121", "442038070121"),
        ("RU", "81012125550123", "12125550123"),
        ("DE", "030123456", "4930123456"),
        ("DE", "0074957777777", "74957777777"),
        ("DE", "+4930123456", "4930123456"),
        ("GB", "02038070121", "442038070121"),
        ("GB", "0074957777777", "74957777777"),
        ("US", "2125550123", "12125550123"),
        ("US", "12125550123", "12125550123"),
        ("US", "01174957777777", "74957777777"),
        ("US", "+74957777777", "74957777777"),
        ("IT", "0236618300", "390236618300"),
    ],
)
def test_a_user_dials_by_the_rules_of_the_country(
    country: str, dialled: str, expected: str
) -> None:
    assert dialled_e164(dialled, country) == expected


@pytest.mark.parametrize("dialled", ["8749", "+7", "810", "+999123456789", "0", "8" * 32])
def test_what_no_country_has_is_impossible(dialled: str) -> None:
    assert is_dialled(dialled)
    assert dialled_e164(dialled, "RU") is None


def test_a_possible_number_that_the_metadata_does_not_know_yet_is_dialled_with_a_prefix() -> None:
    """Numbering plans grow faster than metadata; without a prefix it may be a slip of the finger."""
    unknown = "2001234567"
    assert not phonenumbers.is_valid_number(phonenumbers.parse(f"+7{unknown}"))
    assert dialled_e164(f"8{unknown}", "RU") == f"7{unknown}"
    assert dialled_e164(f"+7{unknown}", "RU") == f"7{unknown}"
    assert dialled_e164(unknown, "RU") is None


def test_an_unknown_country_still_reads_full_numbers() -> None:
    assert dialled_e164("+74957777777", "XX") == "74957777777"
    assert dialled_e164("74957777777", "XX") == "74957777777"
    assert dialled_e164("02038070121", "XX") is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_number_in_any_way(text: str) -> None:
    assert not is_dialled(text)
    assert dialled_e164(text, "RU") is None
    for number_format in NumberFormat:
        assert delivered_e164(text, number_format, "RU", "RU") is None


@pytest.mark.parametrize(
    ("text", "number_format", "provider", "server", "expected"),
    [
        ("74951815000", NumberFormat.E164, "RU", "RU", "74951815000"),
        ("+74951815000", NumberFormat.E164, "RU", "RU", "74951815000"),
        ("+74951815000", NumberFormat.NATIONAL, "US", "RU", "74951815000"),
        ("84951815000", NumberFormat.NATIONAL, "RU", "DE", "74951815000"),
        ("4951815000", NumberFormat.NATIONAL, "RU", "DE", "74951815000"),
        ("810442038070121", NumberFormat.NATIONAL, "RU", "RU", "442038070121"),
        ("810442038070121", NumberFormat.INTERNATIONAL, "RU", "RU", "442038070121"),
        ("00442038070121", NumberFormat.INTERNATIONAL, "DE", "RU", "442038070121"),
        # the provider's format first, then the server's country
        ("02038070121", NumberFormat.INTERNATIONAL, "RU", "GB", "442038070121"),
        ("02038070121", NumberFormat.E164, "RU", "GB", "442038070121"),
        # no country of the server: the provider's
        ("0236618300", NumberFormat.E164, "IT", None, "390236618300"),
        ("+0951815000", NumberFormat.E164, "RU", "RU", None),
        ("+74", NumberFormat.E164, "RU", "RU", None),
        ("112", NumberFormat.E164, "RU", "RU", None),
        ("112", NumberFormat.NATIONAL, "RU", "RU", None),
    ],
)
def test_a_provider_delivers_in_its_format(
    text: str, number_format: NumberFormat, provider: str, server: str | None, expected: str | None
) -> None:
    assert delivered_e164(text, number_format, provider, server) == expected


@pytest.mark.parametrize(
    ("number", "number_format", "country", "expected"),
    [
        ("74957777777", NumberFormat.E164, "RU", "74957777777"),
        ("74957777777", NumberFormat.NATIONAL, "RU", "84957777777"),
        ("442038070121", NumberFormat.NATIONAL, "RU", "810442038070121"),
        ("74957777777", NumberFormat.INTERNATIONAL, "RU", "81074957777777"),
        ("74957777777", NumberFormat.NATIONAL, "DE", "0074957777777"),
        ("4930123456", NumberFormat.NATIONAL, "DE", "030123456"),
        ("12125550123", NumberFormat.NATIONAL, "US", "12125550123"),
        # Canada is a national call from the USA, and no call to Russia is
        ("14165550123", NumberFormat.NATIONAL, "US", "14165550123"),
        ("74957777777", NumberFormat.NATIONAL, "US", "01174957777777"),
        # Italy writes the 0 that belongs to the number, and has no prefix of its own
        ("390236618300", NumberFormat.NATIONAL, "IT", "0236618300"),
        # nothing is known of the country: no prefix is made up
        ("74957777777", NumberFormat.INTERNATIONAL, "XX", "74957777777"),
        ("0000000", NumberFormat.NATIONAL, "RU", "8100000000"),
    ],
)
def test_a_number_is_written_as_the_provider_wants_it(
    number: str, number_format: NumberFormat, country: str, expected: str
) -> None:
    assert written(number, number_format, country) == expected


@given(
    number=st.sampled_from(EXAMPLES),
    number_format=st.sampled_from(NumberFormat),
    country=st.sampled_from(COUNTRIES),
)
def test_what_is_written_in_a_format_is_read_back_from_it(
    number: str, number_format: NumberFormat, country: str
) -> None:
    text = written(number, number_format, country)
    assert delivered_e164(text, number_format, country, country) == number


@given(number=st.sampled_from(EXAMPLES), country=st.sampled_from(("RU", "DE", "GB", "US")))
def test_every_number_can_be_dialled_in_full_from_anywhere(number: str, country: str) -> None:
    assert dialled_e164(f"+{number}", country) == number
    assert dialled_e164(international_prefix(country) + number, country) == number


@pytest.mark.parametrize(
    ("country", "prefix"),
    [
        ("RU", "810"),
        ("KZ", "810"),
        ("US", "011"),
        ("GB", "00"),
        ("AU", "0011"),  # the preferred one of several
        ("SG", "000"),  # the shortest of those that name a carrier
        ("BO", "0010"),  # 00 could be the beginning of 0010
        ("CL", "00"),
        ("XX", ""),
    ],
)
def test_the_international_prefix_is_the_countrys_own(country: str, prefix: str) -> None:
    assert international_prefix(country) == prefix


def test_every_country_has_an_international_prefix_of_digits() -> None:
    odd = {
        country
        for country in phonenumbers.SUPPORTED_REGIONS
        if not international_prefix(country).isdigit()
    }
    assert odd == set()


@pytest.mark.parametrize(
    ("digits", "country", "expected"),
    [
        ("112", "RU", True),
        ("01", "RU", True),
        ("911", "US", True),
        ("110", "DE", True),
        ("999", "GB", True),
        ("911", "RU", False),
        ("1121", "RU", False),
        ("11", "RU", False),
        ("112", "XX", False),
    ],
)
def test_emergency_numbers_are_known_to_the_digit(
    digits: str, country: str, expected: bool
) -> None:
    assert is_emergency(digits, country) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234567", True),
        ("123456789012345", True),
        ("123456", False),
        ("1234567890123456", False),
        ("0234567", False),
        ("+1234567", False),
        ("1234567\n", False),
        ("", False),
    ],
)
def test_e164_is_7_to_15_digits_not_led_by_0(text: str, expected: bool) -> None:
    assert is_e164(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*9", True),
        ("#31#", True),
        ("**", True),
        ("*1234567890", True),
        ("*12345678901", False),
        ("*", False),
        ("#", False),
        ("9*", False),
        ("*9\n", False),
        ("*9,1", False),
        ("*٣", False),
    ],
)
def test_a_feature_code_begins_with_a_star_or_a_hash(text: str, expected: bool) -> None:
    assert is_feature_code(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("+1", True), ("1" * 32, True), ("+" + "1" * 32, True), ("1" * 33, False)],
)
def test_at_most_32_digits_are_dialled(text: str, expected: bool) -> None:
    assert is_dialled(text) is expected


@pytest.mark.parametrize(
    ("number", "country"),
    [("74957777777", "RU"), ("77272555555", "KZ"), ("442038070121", "GB"), ("0", None)],
)
def test_a_number_tells_its_country(number: str, country: str | None) -> None:
    assert country_of(number) == country
