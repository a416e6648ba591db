"""SetExchangeRates: what currencies are worth from an instant on."""

from collections.abc import Sequence

from dialplane_service.application.ports import ExchangeRateStore
from dialplane_service.domain.rate_decks import DatedRate


class SetExchangeRates:
    """The use case."""

    def __init__(self, store: ExchangeRateStore) -> None:
        self._store = store

    async def __call__(self, rates: Sequence[DatedRate]) -> None:
        """Set rates, all or none.

        Raises:
            UnknownCurrencyError: one of the currencies is not known.
            DatabaseUnavailableError: it is not known whether they were set; set them again.
        """
        await self._store.set_rates(rates)
