"""What a column's value must be before it may take part in a decision.

The database's own constraints say the same; this holds where somebody switched them off.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from dialplane_service.domain.addresses import address
from dialplane_service.domain.rates.hours import Hours
from dialplane_service.domain.rates.records import HoursRow

Rule = Callable[[Any], Any]
"""Given a text or a whole number, returns the value to use; raises ``ValueError`` saying what it should be."""


def _matching(pattern: str, what: str) -> Rule:
    compiled = re.compile(pattern, re.ASCII)

    def rule(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(what)
        return text

    return rule


def _address(text: str) -> str:
    try:
        return str(address(text))
    except ValueError:
        raise ValueError("not an IP address") from None


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(text: str) -> str:
    # A machine without a time zone database knows none; that is not the row's fault.
    if _time_zones() and text not in _time_zones():
        raise ValueError("not an IANA time zone that this machine knows")
    return text


def _hours(text: str) -> str:
    if _time_zones():  # without them there is no UTC either
        Hours(HoursRow(0, "", "UTC", text))
    return text


def _from_one(number: int) -> int:
    if number < 1:
        raise ValueError("less than 1")
    return number


DIGITS: Final = _matching(r"[0-9]{1,15}", "not 1 to 15 digits")
PREFIX: Final = _matching(r"[0-9]{1,10}", "not 1 to 10 digits")
COUNTRY: Final = _matching(r"[A-Z]{2}", "not two capital letters (ISO 3166-1)")
CURRENCY: Final = _matching(r"[A-Z]{3}", "not three capital letters (ISO 4217)")
NAME: Final = _matching(r"[A-Za-z0-9._-]+", "not letters, digits, '.', '_' and '-' alone")
PLACE: Final = _matching(r"[A-Za-z0-9._*#+-]+", "not the name of a dialplan extension")
FEATURE_CODE: Final = _matching(r"[*#][0-9*#]{1,9}", "not '*' or '#' and then digits")
_PATH = r"/[A-Za-z0-9._-]+(:\[[A-Za-z0-9._-]+\])?(@[A-Za-z0-9._-]+)?(:[0-9]{1,5})?"

RULES: Final[dict[str, Rule]] = {
    "accountname": NAME,
    "add_prefix": _matching(r"[0-9*#]{1,15}", "not 1 to 15 of digits, '*' and '#'"),
    "called_country": COUNTRY,
    "caller_country": COUNTRY,
    "caller_id": DIGITS,
    "cli_prefix": PREFIX,
    "context": NAME,
    "country": COUNTRY,
    "currency": CURRENCY,
    "dial_number": DIGITS,
    "domainname": NAME,
    "dynamic_calls_caller_id": DIGITS,
    "endpointname": NAME,
    "expected_duration_s": _from_one,
    "endpoints.extension": PREFIX,
    "dialplan_locations.extension": PLACE,
    "feature_code": FEATURE_CODE,
    "gatename": NAME,
    "gatenumber": DIGITS,
    "rate_steps.from_s": _from_one,
    "rate_steps.increment_s": _from_one,
    "iax2": _matching("IAX2" + _PATH, "not a forward path such as IAX2/msm@msm"),
    "ipaddress": _address,
    "locationname": NAME,
    "most_calls_per_second": _from_one,
    "most_channels": _from_one,
    "noncli_prefix": PREFIX,
    "number": DIGITS,
    "planname": NAME,
    "prefix": DIGITS,
    "quality_figures.prefix": _matching(r"[0-9]{0,15}", "not at most 15 digits"),
    "premcli_prefix": PREFIX,
    "servername": NAME,
    "sha256": _matching(r"[0-9a-f]{64}", "not a SHA-256 in small hex digits"),
    "sip": _matching("SIP" + _PATH, "not a forward path such as SIP/212.5.126.1"),
    "spec": _hours,
    "strip_prefix": DIGITS,
    "timezone": _time_zone,
}
"""By column, or by "table.column" where the same name means different things."""


def rule_for(table: str, column: str) -> Rule | None:
    """The rule of a column, if it has one."""
    return RULES.get(f"{table}.{column}", RULES.get(column))
