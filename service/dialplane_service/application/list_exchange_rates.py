"""ListExchangeRates: what currencies are worth, and will be."""

from collections.abc import Sequence

from dialplane_service.application.ports import Clock, ExchangeRateStore
from dialplane_service.domain.rate_decks import DatedRate


class ListExchangeRates:
    """The use case."""

    def __init__(self, store: ExchangeRateStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, currency: str, *, include_past: bool) -> Sequence[DatedRate]:
        """List rates by currency, the latest first; ``currency`` empty: of all.

        Raises:
            DatabaseUnavailableError: they cannot be read now.
        """
        now = self._clock.now()
        listed, holding = [], set[str]()
        for rate in await self._store.exchange_rates():
            if currency not in ("", rate.currency) or (
                rate.currency in holding and not include_past
            ):
                continue
            listed.append(rate)
            if rate.valid_from <= now:
                holding.add(rate.currency)
        return listed
