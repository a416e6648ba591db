"""The rate table in force follows the decision data, and no failure takes it away."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.domain.rates.records import HoursRow, StepRow
from dialplane_service.ratetable.compile_process import OpenReader
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from dialplane_service.ratetable.compiler import RateCompiler
from dialplane_service.ratetable.layout import catalogue_of
from dialplane_service.ratetable.rate_tables import RateTables
from dialplane_service.ratetable.refresher import Refresher
from tests.domain.world import article_world
from tests.fakes.decision_rows_file import FakeDecisionRowsFile
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader
from tests.fakes.rate_rows_reader import open_rate_rows, open_slowly, open_unless_away
from tests.rates.generated import START, rates_world
from tests.rates.oracle import RatesWorld, spec

POLL = 0.02
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def world(seed: int) -> RatesWorld:
    """A world with hours, steps and several decks with rates."""
    for number in range(1000):
        found = rates_world(random.Random(f"{seed}/compiler/{number}"))
        if found.hours and found.steps and sum(map(bool, found.rows.values())) > 3:
            return found
    raise AssertionError


def rows_of(world: RatesWorld) -> DecisionRows:
    return replace(
        article_world().data().rows,
        rate_decks=tuple(world.decks),
        rate_hours=tuple(
            HoursRow(key, f"hours {key}", zone, spec(spans))
            for key, (zone, spans) in world.hours.items()
        ),
        rate_steps=tuple(
            StepRow(key, step.from_s, step.price_per_minute, step.increment_s)
            for key, steps in world.steps.items()
            for step in steps
        ),
    )


def repriced(world: RatesWorld) -> RatesWorld:
    """All decks with other contents."""
    decks = [replace(deck, sha256="d" * 64) for deck in world.decks]
    return replace(world, decks=decks)


class Worker:
    """A process that serves, as far as rates go."""

    def __init__(self, rows: DecisionRows, folder: Path, open_reader: OpenReader) -> None:
        self.reader = FakeDecisionRowsReader(rows)
        self.data = Refresher(self.reader, FakeDecisionRowsFile(rows), poll_seconds=POLL)
        self.tables = RateTables(folder)
        self.compiler = RateCompiler(self.data, self.tables, open_reader, poll_seconds=POLL)

    @property
    def version(self) -> int:
        return self.tables.current().version

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.compiler.findings()]


@asynccontextmanager
async def working(
    rows: DecisionRows, folder: Path, open_reader: OpenReader, *, away: bool = False
) -> AsyncIterator[Worker]:
    worker = Worker(rows, folder, open_reader)
    worker.reader.away = away
    await worker.data.start()
    await worker.compiler.start(0)
    try:
        yield worker
    finally:
        await worker.compiler.stop()
        await worker.data.stop()


async def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.005)


async def up_to_date(worker: Worker) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not (await worker.compiler.status()).up_to_date:
        assert time.monotonic() < deadline
        await asyncio.sleep(POLL)


async def test_decks_are_compiled_and_followed(world: RatesWorld, tmp_path: Path) -> None:
    async with working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as worker:
        await up_to_date(worker)
        assert worker.compiler.findings() == []
        status = await worker.compiler.status()
        assert (status.version, status.data_version, status.up_to_date) == (7, 7, True)
        assert (status.decks, status.rates) == (
            len(world.decks),
            sum(map(len, world.rows.values())),
        )
        assert status.file_bytes == (tmp_path / TABLE_FILE).stat().st_size
        segments = sorted(tmp_path.glob("*.segment"))  # noqa: ASYNC240 - nothing else runs
        assert status.segment_bytes == sum(path.stat().st_size for path in segments)
        assert (status.compiling_since, status.failure, status.refused) == (None, "", "")
        assert status.compiled_at is not None
        worker.reader.commit(rows_of(repriced(world)))
        await until(lambda: worker.version == 8)
        worker.reader.commit(rows_of(replace(world, decks=world.decks[1:])))
        await until(lambda: worker.version == 9)
        assert (
            worker.tables.current()
            .in_force(START)
            .of_provider(world.decks[0].provider_id or 0, world.decks[0].tier or "CLI")
            is not world.decks[0]
        )


async def test_what_does_not_concern_rates_compiles_nothing(
    world: RatesWorld, tmp_path: Path
) -> None:
    rows = rows_of(world)
    async with working(rows, tmp_path, partial(open_rate_rows, world.rows)) as worker:
        await until(lambda: worker.version == 7)
        written = (tmp_path / TABLE_FILE).stat().st_mtime_ns
        unused = (HoursRow(99, "new", "UTC", "mon"), *rows.rate_hours)
        more = (*rows.rate_steps, StepRow(77, 60, 1, 1))
        worker.reader.commit(replace(rows, accounts=(), rate_hours=unused, rate_steps=more))
        await until(lambda: worker.data.current().version == 8)
        for _ in range(10):
            await asyncio.sleep(POLL)
        await up_to_date(worker)
        assert (worker.version, (tmp_path / TABLE_FILE).stat().st_mtime_ns) == (7, written)
        hours = tuple(replace(row, spec="sun 00:00-00:01") for row in rows.rate_hours)
        worker.reader.commit(replace(rows, rate_hours=hours))
        await until(lambda: worker.version == 9)


async def test_without_a_deck_there_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "rates"
    async with working(article_world().data().rows, folder, partial(open_rate_rows, {})) as worker:
        await until(lambda: worker.data.loaded)
        await asyncio.sleep(POLL * 5)
        await up_to_date(worker)
        assert not folder.exists()


async def test_a_restart_without_database_has_the_table_at_once(
    world: RatesWorld, tmp_path: Path
) -> None:
    open_reader = partial(open_rate_rows, world.rows)
    async with working(rows_of(world), tmp_path, open_reader) as worker:
        await until(lambda: worker.version == 7)
    async with working(rows_of(world), tmp_path, open_reader, away=True) as worker:
        assert worker.version == 7, "before any round"
        await asyncio.sleep(POLL * 5)
        assert worker.codes == []


async def test_the_first_start_waits_for_its_table(world: RatesWorld, tmp_path: Path) -> None:
    """So that the first calls are not routed as if nothing had a price."""
    worker = Worker(rows_of(world), tmp_path, partial(open_rate_rows, world.rows))
    await worker.data.start()
    await worker.compiler.start(PATIENCE_S)
    assert worker.version == 7
    await worker.compiler.stop()
    await worker.data.stop()


async def test_the_first_start_does_not_wait_for_a_table_that_cannot_be(
    world: RatesWorld, tmp_path: Path
) -> None:
    worker = Worker(rows_of(world), tmp_path, partial(open_unless_away, {}, tmp_path))
    await worker.data.start()
    began = time.monotonic()
    await worker.compiler.start(10 * PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S
    assert worker.codes == ["rate_table_not_compiled"]
    await worker.compiler.stop()
    await worker.data.stop()


async def test_a_table_that_is_older_than_the_data_stays_while_the_database_is_away(
    world: RatesWorld, tmp_path: Path
) -> None:
    open_reader = partial(open_rate_rows, world.rows)
    async with working(rows_of(world), tmp_path, open_reader) as worker:
        await until(lambda: worker.version == 7)
    newer = replace(rows_of(repriced(world)), version=8)
    async with working(newer, tmp_path, open_reader, away=True) as worker:
        await until(lambda: worker.codes == ["rate_table_not_compiled"])
        assert worker.version == 7
        assert not (await worker.compiler.status()).up_to_date
        worker.reader.away = False
        await until(lambda: worker.version == 8)
        await until(lambda: worker.codes == [])


async def test_a_compile_that_fails_is_tried_again_and_told(
    world: RatesWorld, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.write_text("")
    opening = partial(open_unless_away, world.rows, away)
    with capture_logs() as logs:
        async with working(rows_of(world), tmp_path / "rates", opening) as worker:
            await until(lambda: worker.codes == ["rate_table_not_compiled"])
            status = await worker.compiler.status()
            assert "the fake is away" in status.failure
            assert status.failed_at is not None
            assert worker.version == 0
            away.unlink()
            await until(lambda: worker.version == 7)
            await until(lambda: worker.codes == [])
    told = [line["event"] for line in logs if line["event"].startswith("rate_table")]
    assert told == [
        "rate_table_not_compiled",
        "rate_table_compiled",
        "rate_table_in_force",
        "rate_table_compiled_again",
    ]


async def test_a_bad_deck_leaves_the_old_table_until_it_is_taken_back(
    world: RatesWorld, tmp_path: Path
) -> None:
    async with working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as worker:
        await until(lambda: worker.version == 7)
        bad = replace(world.decks[0], id=999, row_count=10)
        world_with = replace(world, decks=[*world.decks, bad])
        worker.reader.commit(rows_of(world_with))
        await until(lambda: worker.codes == ["rate_table_not_compiled"])
        assert worker.version == 7
        worker.reader.commit(rows_of(world))
        await until(lambda: worker.codes == [])
        assert worker.version == 7


@pytest.mark.parametrize("damage", ["cut", "flip", "gone", "empty"])
async def test_a_damaged_file_leaves_the_table_in_force_and_is_made_again(
    world: RatesWorld, tmp_path: Path, damage: str
) -> None:
    async with working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as worker:
        await until(lambda: worker.version == 7)
        path, before = tmp_path / TABLE_FILE, worker.tables.current()
        whole = path.read_bytes()
        broken = bytearray(whole)
        broken[-len(whole) // 3] ^= 1
        contents = {"cut": whole[:-4096], "flip": bytes(broken), "empty": b""}
        path.unlink()
        if damage in contents:
            path.write_bytes(contents[damage])
        await until(lambda: path.exists() and path.read_bytes()[4096:] == whole[4096:])
        await until(lambda: worker.tables.current() is not before)
        assert worker.version == 7
        await until(lambda: worker.codes == [])


async def test_a_foreign_file_stays_and_is_told(world: RatesWorld, tmp_path: Path) -> None:
    path = tmp_path / TABLE_FILE
    path.write_bytes(b"#!/bin/sh\n" * 1000)
    async with working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as worker:
        await until(lambda: worker.codes == ["rate_table_refused", "rate_table_not_compiled"])
        assert path.read_bytes().startswith(b"#!/bin/sh")
        path.unlink()
        await until(lambda: worker.version == 7)
        await until(lambda: worker.codes == [])


async def test_of_several_workers_one_compiles_and_all_take_it_up(
    world: RatesWorld, tmp_path: Path
) -> None:
    with capture_logs() as logs:
        async with (
            working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as one,
            working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as two,
            working(rows_of(world), tmp_path, partial(open_rate_rows, world.rows)) as three,
        ):
            workers = (one, two, three)
            await until(lambda: all(worker.version == 7 for worker in workers))
            for worker in workers:
                worker.reader.commit(rows_of(repriced(world)))
            await until(lambda: all(worker.version == 8 for worker in workers))
            for worker in workers:
                await up_to_date(worker)
            inodes = {
                worker.tables.mapped and worker.tables.mapped.file.identity for worker in workers
            }
            assert len(inodes) == 1
    compiled = [line["version"] for line in logs if line["event"] == "rate_table_compiled"]
    assert compiled == [7, 8]


async def test_stopping_ends_a_compile(world: RatesWorld, tmp_path: Path) -> None:
    started, never = tmp_path / "started", tmp_path / "never"
    slowly = partial(open_slowly, world.rows, started, never)
    async with working(rows_of(world), tmp_path / "rates", slowly) as worker:
        await until(started.exists)
        status = await worker.compiler.status()
        assert status.compiling_since is not None
        pid = int(started.read_text())
        os.kill(pid, 0)
        for number in (signal.SIGINT, signal.SIGTERM):  # a terminal and a service manager tell all
            os.kill(pid, number)
        await asyncio.sleep(POLL * 3)
        assert worker.codes == []
        began = time.monotonic()
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not list((tmp_path / "rates").glob(TABLE_FILE))


async def test_decisions_go_on_while_it_compiles(world: RatesWorld, tmp_path: Path) -> None:
    started, go_on = tmp_path / "started", tmp_path / "go on"
    slowly = partial(open_slowly, world.rows, started, go_on)
    many = replace(
        rows_of(world),
        rate_steps=tuple(StepRow(key, 60, key, 1) for key in range(100, 5_000)),
    )
    async with working(many, tmp_path / "rates", slowly) as worker:
        longest, before = 0.0, time.monotonic()
        while not started.exists():
            await asyncio.sleep(0.001)
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
        assert longest < 0.25, "the loop stood still"
        assert worker.version == 0
        go_on.write_text("")
        await until(lambda: bool(worker.codes) or worker.version == 7)


def test_the_catalogue_has_steps_in_order(world: RatesWorld) -> None:
    rows = rows_of(world)
    backwards = replace(rows, rate_steps=rows.rate_steps[::-1])
    assert catalogue_of(backwards).steps == world.steps
    assert catalogue_of(rows).decks == tuple(world.decks)
