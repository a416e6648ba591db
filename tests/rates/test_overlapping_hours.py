"""Hours of one prefix that overlap: what they say decides, not which of them were seen first."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from dialplane_service.domain.rates.hours import Hours
from dialplane_service.domain.rates.records import Deck, HoursRow, RateRow
from dialplane_service.ratetable.compile_rates import TABLE_FILE, compile_rates
from dialplane_service.ratetable.layout import Catalogue
from dialplane_service.ratetable.table import MappedRateTable
from tests.fakes.rate_rows_reader import FakeRateRowsReader

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
ROW = RateRow("7", 0, 1, "", 100, 0, 60, 60, 0, 0, 0)


@pytest.mark.parametrize(
    "specs",
    [
        ("mon 00:00-12:00", "mon-fri 00:00-24:00", "mon-sun 00:00-24:00"),
        ("mon 08:00-20:00", "tue,mon 08:00-20:00", "mon-wed 06:00-20:00"),
        ("mon 09:00-10:00; mon 09:00-10:00", "mon 09:00-10:30", "mon 09:00-11:00"),
        ("fri-mon 00:00-10:00", "mon,fri,sat,sun 00:00-10:00", "sat-mon"),
    ],
)
def test_the_narrowest_week_wins_whatever_the_ids(specs: tuple[str, ...], tmp_path: Path) -> None:
    for number, ids in enumerate(permutations((3, 11, 40))):
        rows = [ROW]
        hours = []
        for place, (hours_id, spec) in enumerate(zip(ids, specs, strict=True), start=2):
            hours.append(HoursRow(hours_id, spec, "UTC", spec))
            rows.append(ROW._replace(hours_id=hours_id, id=place))
        start = datetime(2026, 1, 1, tzinfo=UTC)
        deck = Deck(1, "d", 1, None, None, "EUR", 1, start, None, len(rows), "a" * 64)
        folder = tmp_path / str(number)
        compile_rates(folder, Catalogue(1, (deck,), tuple(hours)), FakeRateRowsReader({1: rows}))
        found = MappedRateTable(folder / TABLE_FILE).matches("79", MONDAY, (1,)).rate(0)
        assert found is not None
        assert found.id == 2, f"{specs[0]} under id {ids[0]}"


@pytest.mark.parametrize(
    ("spec", "minutes"),
    [
        ("mon-sun 00:00-24:00", 10080),
        ("mon", 1440),
        ("sun 22:00-06:00", 480),
        ("sun 22:00-06:00; mon 00:00-06:00", 480),
        ("mon 09:00-10:00; mon 09:30-11:00", 120),
        ("mon-sun 12:00-12:00", 10080),
    ],
)
def test_minutes_of_a_week(spec: str, minutes: int) -> None:
    assert Hours(HoursRow(1, "", "UTC", spec)).minutes == minutes
