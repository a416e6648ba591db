"""Has MariaDB measure the providers' quality again and again, beside everything else.

Every worker of every replica has one, and each would come to the same figures: whoever is first spares
the others the work. MariaDB does it all; here nothing is computed.
"""

import asyncio
import random
import time
from datetime import timedelta
from typing import Final

import structlog

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.application.measure_quality import MeasureQuality

FIRST_WITHIN_S: Final = 30.0
"""After a start the first round comes within this, or within the interval if that is shorter."""
JITTER: Final = 0.1
"""The share of the interval by which a pause is longer or shorter."""

log: Final = structlog.get_logger("dialplane.quality")


class QualityMeasurer:
    """Measures every ``interval_s`` seconds; 0: never."""

    def __init__(self, measure: MeasureQuality, interval_s: float) -> None:
        self._measure = measure
        self._interval_s = interval_s
        self._failure: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if it is to."""
        if self._interval_s:
            self._task = asyncio.create_task(self._run(), name="quality")

    async def stop(self) -> None:
        """Stop, in the middle of a round if need be: the figures are the old ones or the new."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        # Replicas that were started together do not measure together.
        await asyncio.sleep(random.uniform(0, min(self._interval_s, FIRST_WITHIN_S)))  # noqa: S311
        while True:
            await self._round()
            share = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
            await asyncio.sleep(self._interval_s * share)

    async def _round(self) -> None:
        began = time.monotonic()
        try:
            done = await self._measure.unless_since(timedelta(seconds=self._interval_s / 2))
        except Exception as error:  # noqa: BLE001 - MariaDB's absence or a fault of ours; calls go on
            self._failed(error)
            return
        if self._failure is not None:
            log.info("quality_measured_again")
            self._failure = None
        if done is not None and done.changed:
            log.info("quality_measured", seconds=round(time.monotonic() - began, 2))

    def _failed(self, error: Exception) -> None:
        """Say it once, not every round."""
        why = "MariaDB is away" if isinstance(error, DatabaseUnavailableError) else repr(error)
        if why != self._failure:
            log.error("quality_not_measured", why=why, error=str(error))
        self._failure = why
