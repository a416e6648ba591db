from collections.abc import Sequence
from datetime import datetime

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking.quality import QualityFigure


class FakeQualityStore:
    """Port `QualityStore`: in memory; of one provider's calls, all to anywhere."""

    def __init__(self) -> None:
        self.calls: list[datetime] = []
        self.known: list[MeasuredQuality] = []
        self.measured = 0
        self.away = False

    async def measure(self, window: Window) -> bool:
        self.measured += 1
        self._require_available()
        attempts = sum(window.begin <= call < window.end for call in self.calls)
        if attempts == sum(each.figure.attempts for each in self.known):
            return False
        figure = QualityFigure(7, "", attempts, 0, 0, 0, 0)
        self.known = [MeasuredQuality("Westcall", figure, window)] if attempts else []
        return True

    async def measured_to(self) -> datetime | None:
        self._require_available()
        return max((each.window.end for each in self.known), default=None)

    async def figures(self) -> Sequence[MeasuredQuality]:
        self._require_available()
        return list(self.known)

    def _require_available(self) -> None:
        if self.away:
            raise DatabaseUnavailableError("the fake is away")
