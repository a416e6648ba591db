"""GetRateTable: how the compiled rates are that decisions are made on."""

from typing import Protocol

from dialplane_service.domain.rate_table_status import RateTableStatus


class RateTableKeeper(Protocol):
    """Keeps the rate table of this process."""

    async def status(self) -> RateTableStatus:
        """How the table is and how its compiler does; never waits for a compile or for the database."""
        ...


class GetRateTable:
    """The use case. It answers whatever is wrong."""

    def __init__(self, keeper: RateTableKeeper) -> None:
        self._keeper = keeper

    async def __call__(self) -> RateTableStatus:
        """Say how it is."""
        return await self._keeper.status()
