from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from dialplane_service.application.ports import QualityStore
from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking.quality import QualityFigure
from tests.ports.channel_recorder import INSTANT

HOUR = timedelta(hours=1)
CALLS = (INSTANT, INSTANT + HOUR)
WHOLE = Window(INSTANT, INSTANT + 2 * HOUR)


class QualityStoreSuite(ABC):
    """What every `QualityStore` does. `quality` gives one where `CALLS` over Westcall began, none answered."""

    @pytest.fixture
    @abstractmethod
    def quality(self) -> QualityStore: ...

    async def test_before_the_first_measurement(self, quality: QualityStore) -> None:
        assert await quality.figures() == []
        assert await quality.measured_to() is None

    async def test_figures_are_those_of_the_last_window(self, quality: QualityStore) -> None:
        for attempts, window in (
            (2, WHOLE),
            (1, Window(INSTANT, INSTANT + HOUR)),
        ):
            assert await quality.measure(window)
            figure = QualityFigure(7, "", attempts, 0, 0, 0, 0)
            assert await quality.figures() == [MeasuredQuality("Westcall", figure, window)]
            assert await quality.measured_to() == window.end

    async def test_the_same_figures_are_not_new(self, quality: QualityStore) -> None:
        assert await quality.measure(WHOLE)
        assert not await quality.measure(Window(WHOLE.begin, WHOLE.end + HOUR))
        assert await quality.measured_to() == WHOLE.end

    async def test_a_window_without_calls_has_no_figures(self, quality: QualityStore) -> None:
        await quality.measure(WHOLE)
        assert await quality.measure(Window(WHOLE.end, WHOLE.end + HOUR))
        assert await quality.figures() == []
