"""MeasureQuality: what the recorded calls of the last hours say of providers.

ASR is answers of seizures (ITU-T E.411); here a seizure is a called leg that came to be. PDD is E.721's
post-selection delay, until the first ringing or progress, as RFC 6076 measures it of SIP (4.3.1).
"""

from dataclasses import dataclass
from datetime import timedelta

from dialplane_service.application.ports import Clock, QualityStore
from dialplane_service.domain.measured_quality import Window


@dataclass(frozen=True, slots=True)
class QualityMeasurement:
    """What was measured, and whether any figure is another than before."""

    window: Window
    changed: bool


class MeasureQuality:
    """The use case."""

    def __init__(self, store: QualityStore, clock: Clock, window: timedelta) -> None:
        """``window``: how far back from now calls are counted."""
        self._store = store
        self._clock = clock
        self._window = window

    async def __call__(self) -> QualityMeasurement:
        """Measure over the window until now, whoever measured last.

        Raises:
            DatabaseUnavailableError: it is not known whether anything was measured; do it again.

        """
        now = self._clock.now()
        window = Window(now - self._window, now)
        return QualityMeasurement(window, await self._store.measure(window))

    async def unless_since(self, age: timedelta) -> QualityMeasurement | None:
        """Measure unless figures were written less than ``age`` ago; ``None``: they were.

        Raises:
            DatabaseUnavailableError: as above.

        """
        last, now = await self._store.measured_to(), self._clock.now()
        # Of an instant to come nobody knows when it was written.
        if last is not None and timedelta(0) <= now - last < age:
            return None
        return await self()
