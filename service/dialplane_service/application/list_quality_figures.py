"""ListQualityFigures: what was measured of providers."""

from collections.abc import Sequence

from dialplane_service.application.ports import QualityStore
from dialplane_service.domain.measured_quality import MeasuredQuality, concerns


class ListQualityFigures:
    """The use case."""

    def __init__(self, store: QualityStore) -> None:
        self._store = store

    async def __call__(self, provider: str, prefix: str) -> Sequence[MeasuredQuality]:
        """List figures by provider's name, then by prefix; ``provider``, ``prefix`` empty: all.

        Raises:
            DatabaseUnavailableError: they cannot be read now.

        """
        figures = await self._store.figures()
        return [figure for figure in figures if concerns(figure, provider, prefix)]
