"""The decision data in force follow the database, and outlive its absence."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from dialplane_service.application.errors import DatabaseUnavailableError, NoDecisionDataError
from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.ratetable.refresher import Refresher
from tests.domain.world import article_world
from tests.fakes.decision_rows_file import FakeDecisionRowsFile
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader

POLL = 0.02


def rows() -> DecisionRows:
    return article_world().data().rows


async def until(condition: Callable[[], bool], seconds: float = 2.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.005)


async def test_at_the_start_the_database_is_read_and_kept() -> None:
    reader, file = FakeDecisionRowsReader(rows()), FakeDecisionRowsFile()
    data = Refresher(reader, file, poll_seconds=POLL)
    with pytest.raises(NoDecisionDataError):
        data.current()
    await data.start()
    assert data.current().version == 7
    assert data.database_available
    assert not data.findings()
    await data.stop()
    assert file.rows == reader.rows


async def test_any_difference_of_the_version_is_followed_and_nothing_else_read() -> None:
    reader = FakeDecisionRowsReader(rows())
    data = Refresher(reader, FakeDecisionRowsFile(), poll_seconds=POLL)
    await data.start()
    await asyncio.sleep(POLL * 5)
    assert reader.reads == 1
    reader.commit(rows())
    await until(lambda: data.current().version == 8)
    reader.rows = replace(rows(), version=3)  # a backup was restored
    await until(lambda: data.current().version == 3)
    assert reader.reads == 3
    await data.stop()


async def test_without_database_the_last_good_file_decides() -> None:
    reader = FakeDecisionRowsReader(replace(rows(), version=9))
    reader.away = True
    data = Refresher(reader, FakeDecisionRowsFile(rows()), poll_seconds=POLL)
    began = time.monotonic()
    await data.start()
    assert time.monotonic() - began < 0.5
    assert data.current().version == 7
    assert not data.database_available
    assert [finding.code for finding in data.findings()] == ["decision_data_not_refreshed"]
    reader.away = False
    await until(lambda: data.current().version == 9)
    assert data.database_available
    assert not data.findings()
    await data.stop()


async def test_a_silent_database_holds_the_start_up_only_for_a_moment() -> None:
    class Silent(FakeDecisionRowsReader):
        async def version(self) -> int:
            await asyncio.sleep(60)
            return 1

    data = Refresher(Silent(rows()), FakeDecisionRowsFile(rows()), poll_seconds=POLL)
    began = time.monotonic()
    await data.start(patience_s=0.1)
    assert time.monotonic() - began < 1
    assert data.current().version == 7
    await data.stop()


async def test_with_neither_there_are_no_data_until_the_database_comes() -> None:
    reader = FakeDecisionRowsReader(rows())
    reader.away = True
    data = Refresher(reader, FakeDecisionRowsFile(), poll_seconds=POLL)
    await data.start()
    assert not data.loaded
    reader.away = False
    await asyncio.wait_for(data.wait_loaded(), 1)
    assert data.current().version == 7
    await data.stop()


async def test_away_and_back_are_logged_once_and_the_same_version_is_read_again() -> None:
    """What came back may be a restored backup under the same version."""
    reader = FakeDecisionRowsReader(rows())
    data = Refresher(reader, FakeDecisionRowsFile(), poll_seconds=POLL)
    await data.start()
    with capture_logs() as logs:
        reader.away = True
        asked = reader.asked
        await until(lambda: reader.asked > asked + 3)
        assert data.current().version == 7
        reader.rows = replace(reader.rows, accounts=())
        reader.away = False
        await until(lambda: not data.current().rows.accounts)
        await until(lambda: data.database_available)
    events = [line["event"] for line in logs]
    assert events.count("decision_data_not_refreshed") == 1
    assert events.count("decision_data_refreshed_again") == 1
    await data.stop()


async def test_rows_that_make_no_data_are_refused_once_and_the_old_ones_stay() -> None:
    reader = FakeDecisionRowsReader(rows())
    data = Refresher(reader, FakeDecisionRowsFile(), poll_seconds=POLL)
    await data.start()
    reader.broken_row = ValueError("servers#4 has no name")
    with capture_logs() as logs:
        reader.commit(rows())
        await until(lambda: bool(data.findings()))
        asked = reader.asked
        await until(lambda: reader.asked > asked + 3)
    assert data.current().version == 7
    assert reader.reads == 2, "bad rows are not read again at every poll"
    assert [finding.code for finding in data.findings()] == ["decision_data_refused"]
    assert [line["event"] for line in logs] == ["decision_data_refused"]
    reader.broken_row = None
    reader.commit(rows())
    await until(lambda: data.current().version == 9)
    assert not data.findings()
    await data.stop()


async def test_a_file_that_cannot_be_written_stops_nothing() -> None:
    reader, file = FakeDecisionRowsReader(rows()), FakeDecisionRowsFile()
    file.failing = True
    data = Refresher(reader, file, poll_seconds=POLL)
    with capture_logs() as logs:
        await data.start()
        reader.commit(rows())
        await until(lambda: data.current().version == 8)
        await data.stop()
    assert [line["event"] for line in logs].count("last_good_file_not_saved") == 1


async def test_a_fault_of_the_reader_does_not_end_the_polling() -> None:
    class Faulty(FakeDecisionRowsReader):
        fault: Exception | None = RuntimeError("a bug")

        async def version(self) -> int:
            if self.fault is not None:
                raise self.fault
            return await super().version()

    reader = Faulty(rows())
    data = Refresher(reader, FakeDecisionRowsFile(rows()), poll_seconds=POLL)
    await data.start()
    assert data.current().version == 7
    reader.fault = DatabaseUnavailableError("away")
    await asyncio.sleep(POLL * 3)
    reader.fault = None
    reader.rows = replace(rows(), version=12, loaded_at=rows().loaded_at + timedelta(days=1))
    await until(lambda: data.current().version == 12)
    assert not data.findings()
    await data.stop()


async def test_building_the_data_does_not_hold_up_the_loop() -> None:
    row = rows().numbers[0]
    numbers = tuple(replace(row, id=index, number=str(10**9 + index)) for index in range(60_000))
    reader = FakeDecisionRowsReader(rows())
    data = Refresher(reader, FakeDecisionRowsFile(), poll_seconds=POLL)
    await data.start()
    reader.commit(replace(rows(), numbers=numbers))
    worst = 0.0
    while data.current().version == 7:
        began = time.perf_counter()
        await asyncio.sleep(0)
        worst = max(worst, time.perf_counter() - began)
        await asyncio.sleep(0.001)
    assert worst < 0.1
    await data.stop()
