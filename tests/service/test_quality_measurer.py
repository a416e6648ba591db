"""The rounds of the measurer: one of several does the work, and an absent database is told once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from structlog.testing import capture_logs

from dialplane_service.application.measure_quality import MeasureQuality
from dialplane_service.domain.measured_quality import Window
from dialplane_service.mariadb.quality_measurer import QualityMeasurer
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.quality_store import FakeQualityStore
from tests.service.test_refresher import until

INTERVAL_S = 0.02
DAY = timedelta(days=1)


@asynccontextmanager
async def measuring(
    store: FakeQualityStore, clock: FakeClock, interval_s: float = INTERVAL_S
) -> AsyncIterator[QualityMeasurer]:
    measurer = QualityMeasurer(MeasureQuality(store, clock, DAY), interval_s)
    measurer.start()
    yield measurer
    async with asyncio.timeout(1):
        await measurer.stop()


async def test_it_measures_again_and_again() -> None:
    store, clock = FakeQualityStore(), FakeClock()
    store.calls = [NOON - timedelta(hours=1)]
    async with measuring(store, clock):
        await until(lambda: store.measured == 1)
        clock.instant += timedelta(hours=1)
        await until(lambda: store.measured > 1)
        clock.instant += DAY
        await until(lambda: not store.known)


async def test_whoever_is_first_spares_the_others_the_work() -> None:
    store, clock = FakeQualityStore(), FakeClock()
    store.calls = [NOON - timedelta(hours=1)]
    async with measuring(store, clock), measuring(store, clock):
        await until(lambda: bool(store.known))
        await asyncio.sleep(INTERVAL_S * 5)
    assert store.measured == 1


async def test_a_window_that_ends_later_than_now_stops_nobody() -> None:
    store, clock = FakeQualityStore(), FakeClock()
    store.calls = [NOON - timedelta(hours=1)]
    await store.measure(Window(NOON - DAY, NOON + DAY))
    assert await MeasureQuality(store, clock, DAY).unless_since(DAY) is not None


async def test_an_absent_database_is_told_once_and_tried_again() -> None:
    store = FakeQualityStore()
    store.away = True
    with capture_logs() as logs:
        async with measuring(store, FakeClock()):
            await asyncio.sleep(INTERVAL_S * 10)
            store.away = False
            await until(lambda: bool(store.measured))
            await until(lambda: logs[-1]["event"] == "quality_measured_again")
    assert [each["event"] for each in logs] == ["quality_not_measured", "quality_measured_again"]


async def test_zero_is_never() -> None:
    store = FakeQualityStore()
    async with measuring(store, FakeClock(), 0):
        await asyncio.sleep(0.05)
    assert not store.measured


async def test_it_stops_in_the_middle_of_a_round() -> None:
    class Slow(FakeQualityStore):
        async def measure(self, window: Window) -> bool:  # noqa: ARG002
            self.measured += 1
            await asyncio.sleep(3600)
            return True

    store = Slow()
    async with measuring(store, FakeClock()):
        await until(lambda: store.measured == 1)
