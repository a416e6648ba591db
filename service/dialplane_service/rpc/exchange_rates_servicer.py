"""``admin.v1``'s ``ExchangeRatesService``."""

from decimal import Decimal
from typing import Any

from dialplane.admin.v1.exchange_rates_service_pb2 import (
    ExchangeRate,
    ListExchangeRatesRequest,
    ListExchangeRatesResponse,
    SetExchangeRatesRequest,
    SetExchangeRatesResponse,
)
from dialplane.admin.v1.exchange_rates_service_pb2_grpc import ExchangeRatesServiceServicer
from dialplane_service.application.list_exchange_rates import ListExchangeRates
from dialplane_service.application.set_exchange_rates import SetExchangeRates
from dialplane_service.domain.rate_decks import DatedRate
from dialplane_service.rpc.conversion.instants import to_instant, to_timestamp
from dialplane_service.rpc.validation.exchange_rates import (
    validate_list_exchange_rates,
    validate_set_exchange_rates,
)


class ExchangeRatesServicer(ExchangeRatesServiceServicer):
    """Sets and lists exchange rates into the base currency (ISO 4217)."""

    def __init__(
        self, set_rates: SetExchangeRates, list_rates: ListExchangeRates, base_currency: str
    ) -> None:
        self._set = set_rates
        self._list = list_rates
        self._base_currency = base_currency

    async def SetExchangeRates(  # noqa: N802 - gRPC's name
        self,
        request: SetExchangeRatesRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> SetExchangeRatesResponse:
        """See the proto."""
        validate_set_exchange_rates(request, self._base_currency)
        await self._set(
            [
                DatedRate(rate.currency_code, to_instant(rate.valid_from), Decimal(rate.rate))
                for rate in request.rates
            ]
        )
        return SetExchangeRatesResponse()

    async def ListExchangeRates(  # noqa: N802
        self,
        request: ListExchangeRatesRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ListExchangeRatesResponse:
        """See the proto."""
        validate_list_exchange_rates(request)
        rates = await self._list(request.currency_code, include_past=request.include_past)
        return ListExchangeRatesResponse(
            rates=[
                ExchangeRate(
                    currency_code=rate.currency,
                    valid_from=to_timestamp(rate.valid_from),
                    rate=format(rate.rate, "f").rstrip("0").rstrip("."),
                )
                for rate in rates
            ]
        )
