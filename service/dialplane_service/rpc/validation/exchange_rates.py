"""The rules of ``ExchangeRatesService``'s requests."""

import re
from typing import Final

from dialplane.admin.v1.exchange_rates_service_pb2 import (
    ListExchangeRatesRequest,
    SetExchangeRatesRequest,
)
from dialplane_service.rpc.validation.rates import check_currency
from dialplane_service.rpc.validation.violations import Violations

_MOST: Final = 1000
_RATE: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)


def validate_set_exchange_rates(request: SetExchangeRatesRequest, base_currency: str) -> None:
    """Check every field. The base currency has no rate, a currency one of each instant.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    if not 1 <= len(request.rates) <= _MOST:
        check.add("rates", f"must be 1 to {_MOST}")
    found = set[tuple[str, int, int]]()
    for number, rate in enumerate(request.rates[:_MOST]):
        path = f"rates[{number}]"
        check_currency(check, f"{path}.currency_code", rate.currency_code)
        if rate.currency_code == base_currency:
            check.add(f"{path}.currency_code", "is the base currency, which is worth 1 of itself")
        check.instant(f"{path}.valid_from", rate.valid_from)
        key = rate.currency_code, rate.valid_from.seconds, rate.valid_from.nanos // 1000
        if key in found:
            check.add(f"{path}.valid_from", "is that of another rate of the currency")
        found.add(key)
        if not _RATE.fullmatch(rate.rate) or not rate.rate.strip("0."):
            check.add(f"{path}.rate", "must be a decimal above 0 with at most 12 decimals")
    check.raise_if_any()


def validate_list_exchange_rates(request: ListExchangeRatesRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    if request.currency_code:
        check_currency(check, "currency_code", request.currency_code)
    check.raise_if_any()
