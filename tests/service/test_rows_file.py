"""The last good file: what it keeps, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import msgspec
import pytest

from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.domain.kinds import CallerIdFallback, SubstitutionRule, Tier
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    RoutingPlan,
    WeightedShare,
)
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.rates.records import Deck, ExchangeRate, HoursRow, StepRow
from dialplane_service.domain.records import CallerIdRule
from dialplane_service.ratetable.kept_records import FORMS
from dialplane_service.ratetable.rows_file import ForeignFileError, RowsFile
from dialplane_service.ratetable.rows_format import MAGIC, RefusedFileError, decode, encode
from tests.domain.world import article_world
from tests.ports.decision_rows_file import DecisionRowsFileSuite


class TestRowsFile(DecisionRowsFileSuite):
    @pytest.fixture
    def file(self, tmp_path: Path) -> RowsFile:
        return RowsFile(tmp_path / "state" / "decision-data")


def small() -> DecisionRows:
    world = article_world()
    return DecisionRows(
        version=7,
        loaded_at=datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
        servers=tuple(world.servers.values())[:1],
        accounts=tuple(world.accounts.values())[:1],
    )


def test_truncated_at_every_byte_it_is_refused() -> None:
    whole = encode(small())
    for length in range(len(whole)):
        with pytest.raises(RefusedFileError):
            decode(whole[:length])
    assert decode(whole) == small()


def test_with_any_bit_flipped_it_is_refused() -> None:
    whole = encode(small())
    for position in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[position] ^= 1 << bit
            with pytest.raises(RefusedFileError):
                decode(bytes(damaged))


def test_with_bytes_after_its_end_it_is_refused() -> None:
    with pytest.raises(RefusedFileError):
        decode(encode(small()) + b"\0")


def test_many_rows_of_one_table_come_back_in_order() -> None:
    row = next(iter(article_world().numbers.values()))
    rows = replace(small(), numbers=tuple(replace(row, id=number) for number in range(4500)))
    assert decode(encode(rows)) == rows


def test_plans_prices_and_what_they_refer_to_come_back_equal() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    plan = RoutingPlan(
        3,
        "steady",
        (
            LeastCost(Decimal("2.50")),
            Quality(250, Decimal("40.5"), 90, 4000),
            Priority(),
            WeightedShare(),
        ),
        240,
        Decimal("-5.0000"),
        Decimal("9999999999.99999999"),
        frozenset({Tier.CLI, Tier.PREMIUM_CLI}),
        prices_required=True,
        caller_id_fallback=CallerIdFallback.NON_CLI,
        weights={8: 0, 7: 65535},
    )
    rows = replace(
        small(),
        base_currency="USD",
        routing_plans=(RoutingPlan(1, "cheapest"), plan),
        exchange_rates=(ExchangeRate("BTC", began, 10**24 - 1), ExchangeRate("IRR", began, 1)),
        quality_figures=(
            QualityFigure(7, "", 100, 40, 2**63, 1, 1),
            QualityFigure(7, "7", 1, 1, 1, 1, 0),
        ),
        caller_id_rules=(CallerIdRule(1, "RU", None, SubstitutionRule.SUBSTITUTION_FORBIDDEN),),
        rate_decks=(
            Deck(1, "a v1", 7, None, None, "RUB", 1, began, None, 5, "a" * 64),
            Deck(
                2,
                "b v1",
                None,
                1,
                Tier.CLI,
                "EUR",
                1,
                began,
                datetime.max.replace(tzinfo=UTC),
                0,
                "b" * 64,
            ),
        ),
        rate_hours=(HoursRow(1, "day", "Europe/Moscow", "mon-fri 08:00-20:00"),),
        rate_steps=(StepRow(1, 60, 10**18 - 1, 1), StepRow(1, 600, 0, 60)),
    )
    assert decode(encode(rows)) == rows


def test_a_plan_that_this_release_cannot_read_refuses_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = FORMS["routing_plans"]

    def of_a_later_release(plan: RoutingPlan) -> object:
        return msgspec.structs.replace(form.there(plan), strategies='[{"nearest": {}}]')

    monkeypatch.setitem(FORMS, "routing_plans", form._replace(there=of_a_later_release))
    content = encode(replace(small(), routing_plans=(RoutingPlan(1),)))
    with pytest.raises(RefusedFileError, match="nearest"):
        decode(content)


def test_a_damaged_file_loads_as_nothing_and_is_replaced_by_the_next_save(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(encode(small())[:-1])
    assert RowsFile(path).load() is None
    RowsFile(path).save(small())
    assert RowsFile(path).load() == small()


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    path.write_text("root:x:0:0\n")
    assert RowsFile(path).load() is None
    with pytest.raises(ForeignFileError):
        RowsFile(path).save(small())
    assert path.read_text() == "root:x:0:0\n"


def test_rows_of_another_release_are_refused(tmp_path: Path) -> None:
    content = bytearray(encode(small()))
    assert content.startswith(MAGIC)
    content[len(MAGIC)] += 1  # the format version
    with pytest.raises(RefusedFileError, match="format"):
        decode(bytes(content))


def test_a_file_from_the_future_is_replaced(tmp_path: Path) -> None:
    """Somebody set the clock back: the file must not stay for ever."""
    file = RowsFile(tmp_path / "data")
    file.save(replace(small(), loaded_at=datetime.now(UTC) + timedelta(days=1)))
    file.save(small())
    assert file.load() == small()


def test_leftovers_of_killed_writers_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "data"
    (tmp_path / "data.abc123.tmp").write_bytes(b"half")
    RowsFile(path).save(small())
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data", "data.lock"]


def test_it_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data"
    RowsFile(path).save(small())
    assert path.stat().st_mode & 0o077 == 0


def _save_often(path: Path, first: int) -> None:
    file = RowsFile(path)
    for version in range(first, first + 20):
        file.save(replace(small(), version=version, loaded_at=datetime.now(UTC)))


def test_several_processes_save_at_once(tmp_path: Path) -> None:
    path = tmp_path / "data"
    RowsFile(path).save(small())
    spawn = get_context("spawn")
    writers = [spawn.Process(target=_save_often, args=(path, number)) for number in (100, 200)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert RowsFile(path).load() is not None
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    last = RowsFile(path).load()
    assert last is not None
    assert last.version in (119, 219)
