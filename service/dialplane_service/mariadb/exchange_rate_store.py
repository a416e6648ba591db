"""The port ``ExchangeRateStore`` over MariaDB."""

import json
from collections.abc import Sequence
from typing import Final

from dialplane_service.application.errors import UnknownCurrencyError
from dialplane_service.domain.rate_decks import DatedRate
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.mariadb.connection import execute
from dialplane_service.mariadb.driver_errors import DriverError, signal_name
from dialplane_service.mariadb.instants import to_datetime, to_instant
from dialplane_service.mariadb.pool import ConnectionPool

WRITE_SECONDS: Final = 10.0
_SELECT: Final = """
SELECT currency.iso, exchange_rates.valid_from, exchange_rates.rate
FROM exchange_rates JOIN currency ON currency.id = exchange_rates.currency_id
ORDER BY currency.iso, exchange_rates.valid_from DESC LIMIT 10000
"""


class MariaDBExchangeRateStore:
    """Reads and writes exchange rates."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def set_rates(self, rates: Sequence[DatedRate]) -> None:
        """See the port."""
        rows = [
            (rate.currency, str(to_datetime(rate.valid_from)), shown(rate.rate)) for rate in rates
        ]
        text = json.dumps(rows)
        try:
            await self._pool.write(
                lambda connection: execute(connection, "CALL usp_set_exchange_rates(%s)", (text,)),
                timeout_s=WRITE_SECONDS,
            )
        except DriverError as error:
            if signal_name(error) != "UNKNOWN_CURRENCY":
                raise
            raise UnknownCurrencyError(await self._unknown(rates)) from error

    async def exchange_rates(self) -> Sequence[DatedRate]:
        """See the port."""
        rows = await self._pool.run(
            lambda connection: execute(connection, _SELECT), timeout_s=WRITE_SECONDS
        )
        return [DatedRate(iso, to_instant(valid_from), rate) for iso, valid_from, rate in rows]

    async def _unknown(self, rates: Sequence[DatedRate]) -> str:
        known = await self._pool.run(
            lambda connection: execute(connection, "SELECT iso FROM currency")
        )
        return next((rate.currency for rate in rates if (rate.currency,) not in known), "")
