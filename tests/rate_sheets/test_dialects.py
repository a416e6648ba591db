"""Files of every usual dialect become the same exact rates."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.rate_sheets.dialects import DIALECTS, EXCEL_RATES, Dialect, excel
from tests.rate_sheets.reading import NOW, of_file
from tests.support.xlsx import Number, write_xlsx


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_dialect(dialect: Dialect, tmp_path: Path) -> None:
    sheet = of_file(dialect.write(tmp_path))
    assert sheet.errors == []
    found = {rate.prefix: rate.price_per_minute for rate in sheet.rates}
    assert found == {prefix: Decimal(price) for prefix, price in dialect.rates.items()}
    assert [rate.prefix for rate in sheet.rates] == sorted(dialect.rates)
    assert {rate.prefix for rate in sheet.rates if rate.terms.blocked} == set(dialect.blocked)
    assert sheet.removed == sorted(dialect.removed)
    increments = {
        (rate.terms.first_increment_s, rate.terms.next_increment_s) for rate in sheet.rates
    }
    assert increments == {dialect.increments}
    assert set(dialect.names) <= {rate.destination for rate in sheet.rates}


@pytest.mark.parametrize("shared", [True, False])
def test_a_workbook(tmp_path: Path, shared: bool) -> None:
    sheet = of_file(excel(tmp_path))
    assert sheet.errors == []
    assert {rate.prefix: rate.price_per_minute for rate in sheet.rates} == EXCEL_RATES
    assert sheet.effective is None, "its dates have passed"
    file = write_xlsx(tmp_path / "i.xlsx", [["Code", "Price"], ["7", Number("1")]], shared=shared)
    assert [rate.prefix for rate in of_file(file).rates] == ["7"]


def test_a_sheet_by_name(tmp_path: Path) -> None:
    sheet = of_file(excel(tmp_path), sheet="Rates")
    assert [(rate.prefix, rate.price_per_minute) for rate in sheet.rates] == [
        ("1", Decimal("0.005"))
    ]


def test_a_list_for_next_month_takes_over_then(tmp_path: Path) -> None:
    file = tmp_path / "next.csv"
    file.write_text("code,price,effective date\n7,0.1,2026-02-01\n44,0.2,2025-06-01\n")
    sheet = of_file(file)
    assert sheet.effective is not None
    assert sheet.effective > NOW
    assert (sheet.effective.month, len(sheet.rates)) == (2, 2)
