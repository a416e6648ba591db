"""The file of rates: damaged, foreign and killed ones, what is read again and what is not."""

import os
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dialplane_service.domain.rates.records import NO_STEPS, RateRow
from dialplane_service.domain.trace import DropReason
from dialplane_service.ratetable.compile_process import CompileError, compile_in_process
from dialplane_service.ratetable.compile_rates import TABLE_FILE, compile_rates
from dialplane_service.ratetable.container import PAGE
from dialplane_service.ratetable.layout import RefusedDeckError
from dialplane_service.ratetable.rate_tables import RateTables
from dialplane_service.ratetable.rows_file import ForeignFileError
from dialplane_service.ratetable.rows_format import RefusedFileError
from dialplane_service.ratetable.table import MappedRateTable
from tests.fakes.rate_rows_reader import FakeRateRowsReader, open_rate_rows
from tests.rates.engine import catalogue, compiled
from tests.rates.generated import START, rates_world
from tests.rates.oracle import RatesWorld

SECTIONS = ("keys", "starts", "parents", "slots", "hours", "rates", "destinations", "catalogue")


def world_of(seed: int) -> RatesWorld:
    """A world with hours, steps and several decks with rates."""
    for number in range(1000):
        world = rates_world(random.Random(f"{seed}/file/{number}"))
        if world.hours and world.steps and sum(map(bool, world.rows.values())) > 3:
            return world
    raise AssertionError


@pytest.fixture
def world(seed: int) -> RatesWorld:
    return world_of(seed)


def patch(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def flip(path: Path, offset: int) -> None:
    patch(path, offset, bytes([path.read_bytes()[offset] ^ 0x10]))


@pytest.mark.parametrize("section", SECTIONS)
def test_one_wrong_bit_in_any_section_is_refused(
    section: str, world: RatesWorld, tmp_path: Path
) -> None:
    path = tmp_path / TABLE_FILE
    place = compiled(world, tmp_path).file.header.sections[section]
    for offset in {place.offset, place.offset + place.length // 2, place.offset + place.length - 1}:
        flip(path, offset)
        with pytest.raises(RefusedFileError, match=section):
            MappedRateTable(path)
        flip(path, offset)
    assert not MappedRateTable(path).file.sealed  # mended, and proven by reading it whole


def test_one_wrong_bit_anywhere_in_the_header_is_refused(world: RatesWorld, tmp_path: Path) -> None:
    compiled(world, tmp_path)
    for offset in [*range(80), *range(80, PAGE, 61)]:
        flip(tmp_path / TABLE_FILE, offset)
        with pytest.raises(RefusedFileError):
            MappedRateTable(tmp_path / TABLE_FILE)
        flip(tmp_path / TABLE_FILE, offset)


def test_a_file_that_is_cut_or_grown_is_refused(world: RatesWorld, tmp_path: Path) -> None:
    compiled(world, tmp_path)
    path = tmp_path / TABLE_FILE
    whole = path.read_bytes()
    for length in (0, 1, 55, PAGE - 1, PAGE, PAGE + 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(RefusedFileError):
            MappedRateTable(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(RefusedFileError, match="bytes instead of"):
        MappedRateTable(path)


def test_a_foreign_file_is_neither_used_nor_overwritten(world: RatesWorld, tmp_path: Path) -> None:
    path = tmp_path / TABLE_FILE
    path.write_bytes(b"#!/bin/sh\n" * 1000)
    with pytest.raises(RefusedFileError, match="not a file of rates"):
        MappedRateTable(path)
    with pytest.raises(ForeignFileError):
        compile_rates(tmp_path, catalogue(world), FakeRateRowsReader(world.rows))
    assert path.read_bytes().startswith(b"#!/bin/sh")


def test_a_segment_is_no_table(world: RatesWorld, tmp_path: Path) -> None:
    compiled(world, tmp_path)
    shutil.copy(next(tmp_path.glob("*.segment")), tmp_path / TABLE_FILE)
    with pytest.raises(RefusedFileError, match="holds a segment"):
        MappedRateTable(tmp_path / TABLE_FILE)


def test_a_restart_uses_the_file_unread_and_a_copy_only_once_read(
    world: RatesWorld, tmp_path: Path
) -> None:
    assert compiled(world, tmp_path).file.sealed
    copy = tmp_path / "copy"
    shutil.copy(tmp_path / TABLE_FILE, copy)
    assert not MappedRateTable(copy).file.sealed
    shutil.copy2(tmp_path / TABLE_FILE, copy)
    assert not MappedRateTable(copy).file.sealed  # same instant, another inode
    os.utime(tmp_path / TABLE_FILE)
    assert not MappedRateTable(tmp_path / TABLE_FILE).file.sealed


def test_a_damaged_new_file_leaves_the_old_table_in_force(
    world: RatesWorld, tmp_path: Path
) -> None:
    rates = compiled(world, tmp_path).file.header.sections["rates"]
    tables = RateTables(tmp_path)
    assert tables.refresh()
    before = tables.current()
    path = tmp_path / TABLE_FILE
    broken = bytearray(path.read_bytes())
    broken[rates.offset + rates.length // 2] ^= 1
    (tmp_path / "new").write_bytes(broken)
    (tmp_path / "new").replace(path)
    assert not tables.refresh()
    assert not tables.refresh()
    assert tables.current() is before
    assert [finding.code for finding in tables.findings()] == ["rate_table_refused"]
    compile_rates(tmp_path, catalogue(world, version=2), FakeRateRowsReader(world.rows))
    assert tables.refresh()
    assert tables.current().version == 2
    assert tables.findings() == []


def test_without_a_file_nobody_has_a_price(tmp_path: Path) -> None:
    tables = RateTables(tmp_path)
    assert not tables.refresh()
    assert not tables.current().in_force(START).ever_of_provider(1)


def test_only_new_decks_are_read(world: RatesWorld, tmp_path: Path) -> None:
    reader = FakeRateRowsReader(world.rows)
    first = compile_rates(tmp_path, catalogue(world), reader)
    assert first.decks_read == len(world.decks)
    written = (tmp_path / TABLE_FILE).stat().st_mtime_ns
    assert compile_rates(tmp_path, catalogue(world), reader).decks_read == 0
    assert (tmp_path / TABLE_FILE).stat().st_mtime_ns == written
    reader.read.clear()
    dearer = [row._replace(price_per_minute=row.price_per_minute + 1) for row in world.rows[1]]
    reader.rows_by_deck = world.rows | {1: dearer}
    world.decks[0] = replace(world.decks[0], sha256="f" * 64)
    compile_rates(tmp_path, catalogue(world, version=2), reader)
    assert reader.read == [1]
    gone = world.decks.pop()
    compile_rates(tmp_path, catalogue(world, version=3), reader)
    assert reader.read == [1]
    assert not list(tmp_path.glob(f"deck-{gone.id}-*"))


def test_a_damaged_segment_is_read_again(world: RatesWorld, tmp_path: Path) -> None:
    compiled(world, tmp_path)
    flip(next(tmp_path.glob("deck-2-*")), PAGE - 1)
    reader = FakeRateRowsReader(world.rows)
    compile_rates(tmp_path, catalogue(world, version=2), reader)
    assert reader.read == [2]


ROW = RateRow("7916", 0, 1, "Moscow", 1, 0, 1, 1, 0, 0, NO_STEPS)


def twice(rows: Sequence[RateRow]) -> bool:
    return len({row.prefix for row in rows}) < len(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [ROW._replace(prefix="")],
        [ROW._replace(prefix="7" * 16)],
        [ROW._replace(prefix="79a")],
        [ROW._replace(prefix="7\0")],
        [ROW._replace(prefix="٧٩")],
        [ROW._replace(prefix="-7")],
        [ROW._replace(price_per_minute=-1)],
        [ROW._replace(price_per_minute=10**18)],
        [ROW._replace(connect_fee=2**70)],
        [ROW._replace(first_increment_s=0)],
        [ROW._replace(next_increment_s=0)],
        [ROW._replace(minimum_s=2**16)],
        [ROW._replace(hours_id=3)],
        [ROW._replace(steps_id=3)],
        [ROW, ROW._replace(id=2)],
        [],
        [ROW, ROW._replace(prefix="7917")],
    ],
)
def test_rows_that_make_no_rates_leave_the_old_table(
    rows: Sequence[RateRow], world: RatesWorld, tmp_path: Path
) -> None:
    compiled(world, tmp_path)
    world.hours.clear()
    world.steps.clear()
    count = len(rows) if twice(rows) else 1
    world.decks[:] = [replace(world.decks[0], sha256="e" * 64, row_count=count)]
    with pytest.raises(RefusedDeckError, match="deck 1"):
        compile_rates(tmp_path, catalogue(world, version=2), FakeRateRowsReader({1: list(rows)}))
    assert MappedRateTable(tmp_path / TABLE_FILE).version == 1
    assert not list(tmp_path.glob("*.tmp"))


def test_destinations_are_kept_by_name(world: RatesWorld, tmp_path: Path) -> None:
    table = compiled(world, tmp_path)
    for deck in world.decks:
        for row in world.rows[deck.id]:
            if row.hours_id == 0:
                found = table.matches(row.prefix, START, (deck.id,)).rate(0)
                assert found is not None
                if found.id == row.id:
                    assert table.destination(found) == row.destination


def test_a_number_no_prefix_fits_has_no_rate(world: RatesWorld, tmp_path: Path) -> None:
    found = compiled(world, tmp_path).matches("9" * 15, START, (1, 2))
    assert found.missing == {0: DropReason.NO_RATE, 1: DropReason.NO_RATE}


@contextmanager
def open_and_die(rows: dict[int, list[RateRow]]) -> Iterator[FakeRateRowsReader]:
    class Dying(FakeRateRowsReader):
        def rates(self, deck_id: int) -> Iterator[Sequence[RateRow]]:
            if len(self.read) == 2:
                os.kill(os.getpid(), 9)
            return super().rates(deck_id)

    yield Dying(rows)


async def test_another_process_compiles(world: RatesWorld, tmp_path: Path) -> None:
    done = await compile_in_process(tmp_path, catalogue(world), partial(open_rate_rows, world.rows))
    assert done.rates == sum(map(len, world.rows.values()))
    assert MappedRateTable(tmp_path / TABLE_FILE).file.sealed


async def test_a_killed_compiler_leaves_the_old_table(world: RatesWorld, tmp_path: Path) -> None:
    compiled(world, tmp_path)
    for number, deck in enumerate(world.decks):
        world.decks[number] = replace(deck, sha256="d" * 64)
    with pytest.raises(CompileError, match="killed"):
        await compile_in_process(
            tmp_path, catalogue(world, version=2), partial(open_and_die, world.rows)
        )
    assert MappedRateTable(tmp_path / TABLE_FILE).version == 1
    reader = FakeRateRowsReader(world.rows)
    compile_rates(tmp_path, catalogue(world, version=2), reader)
    assert len(reader.read) == len(world.decks) - 2


async def test_what_the_compiler_says_is_told(world: RatesWorld, tmp_path: Path) -> None:
    world.decks[0] = replace(world.decks[0], row_count=10**6)
    with pytest.raises(CompileError, match="RefusedDeckError: deck 1 has"):
        await compile_in_process(tmp_path, catalogue(world), partial(open_rate_rows, world.rows))
