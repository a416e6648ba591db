# ruff: noqa: RUF001 - letters of other alphabets are what is tested
"""What must not be loaded, is not, and says where and why."""

import random
import zipfile
from pathlib import Path

import pytest

from dialplane_service.domain.rate_sheets.records import SheetError
from tests.rate_sheets.reading import faults, of_file, of_rows
from tests.support.xlsx import Number, write_xlsx


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("44x|0.1", "NOT_A_CODE"),
        ("Moscow|0.1", "NOT_A_CODE"),
        ("７４９５|0.1", "NOT_A_CODE"),
        ("0495|0.1", "NOT_A_CODE"),
        ("1234567890123456|0.1", "CODE_TOO_LONG"),
        ("|0.1", "NO_CODE"),
        ("7499-7495|0.1", "BAD_RANGE"),
        ("7-7499|0.1", "BAD_RANGE"),
        ("=A1|0.1", "FORMULA"),
        (",".join(map(str, range(10_000, 20_002))) + "|0.1", "TOO_MANY_CODES"),
        ("7|", "NO_PRICE"),
        ("7|NaN", "NOT_A_NUMBER"),
        ("7|Infinity", "NOT_A_NUMBER"),
        ("7|1e999", "NOT_A_NUMBER"),
        ("7|0x10", "NOT_A_NUMBER"),
        ("7|1_000", "NOT_A_NUMBER"),
        ("7|0.1.2", "NOT_A_NUMBER"),
        ("7|٠.١", "NOT_A_NUMBER"),
        ("7|-0.01", "NEGATIVE"),
        ("7|\u22120.01", "NEGATIVE"),
        ("7|1000000.01", "TOO_HIGH"),
        ("7|99999999999999999999999", "NOT_A_NUMBER"),
        ("7|0.000000001", "TOO_FINE"),
        ("7|=1+1", "FORMULA"),
        ("7|0.1 EUR", "WRONG_CURRENCY"),
        ("7|£0.1", "WRONG_CURRENCY"),
        ("7", "WRONG_WIDTH"),
    ],
)
def test_a_bad_row(row: str, fault: str) -> None:
    sheet = of_rows("code|price", "1|0.5", row)
    assert faults(sheet) == [(3, fault)]
    assert [rate.prefix for rate in sheet.rates] == ["1"]
    assert "line 3" in str(sheet.errors[0])


@pytest.mark.parametrize(
    ("header", "row", "fault"),
    [
        ("interval", "0/0", "BAD_INTERVAL"),
        ("interval", "60/4000", "BAD_INTERVAL"),
        ("interval", "per minute", "BAD_INTERVAL"),
        ("first increment", "0", "BAD_INTERVAL"),
        ("minimum", "-1", "BAD_INTERVAL"),
        ("effective date", "yesterday", "BAD_DATE"),
        ("effective date", "03/04/2026", "BAD_DATE"),
        ("effective date", "31.02.2026", "BAD_DATE"),
        ("status", "perhaps", "UNKNOWN_STATUS"),
        ("currency", "EUR", "WRONG_CURRENCY"),
        ("hours", "noon", "BAD_HOURS"),
        ("steps", "60:0.1/1;30:0.2/1", "BAD_STEPS"),
        ("steps", "60", "BAD_STEPS"),
        ("connect fee", "-1", "NEGATIVE"),
        ("status", '=HYPERLINK("x")', "FORMULA"),
    ],
)
def test_a_bad_cell_elsewhere(header: str, row: str, fault: str) -> None:
    sheet = of_rows(f"code|price|{header}", f"7|0.1|{row}")
    assert faults(sheet) == [(2, fault)]
    assert sheet.errors[0].column == header
    assert sheet.rates == []


def test_a_prefix_twice() -> None:
    sheet = of_rows("code|price", "7495-7499|0.1", "7497|0.2", "7|0.3")
    assert faults(sheet) == [(3, "DUPLICATE_PREFIX")]
    assert "line 2" in sheet.errors[0].detail


def test_dates_that_overlap() -> None:
    header = "code|price|effective date|end date"
    sheet = of_rows(header, "7|0.1|2025-01-01|", "7|0.2|2025-06-01|")
    assert faults(sheet) == [(3, "OVERLAPPING_DATES")]
    ended = of_rows(header, "7|0.1|2025-01-01|2025-06-01", "7|0.2|2025-06-01|")
    assert faults(ended) == []
    assert str(ended.rates[0].price_per_minute) == "0.2"
    assert faults(of_rows(header, "7|0.1|2025-02-01|2025-01-01")) == [(2, "BAD_DATE")]


def test_the_same_prefix_at_other_hours_is_another_rate() -> None:
    sheet = of_rows("code|price|hours", "7|0.1|mon-fri 08:00-20:00", "7|0.05|sat,sun", "7|0.07|")
    assert sheet.errors == []
    assert len(sheet.rates) == 3


def test_columns_that_cannot_be_told_apart() -> None:
    with pytest.raises(SheetError, match="--map"):
        of_rows("code|price|rate", "7|1|2")
    with pytest.raises(SheetError, match="--map"):
        of_rows("what|how much", "7|1")


def _file(folder: Path, content: bytes) -> Path:
    file = folder / "list.csv"
    file.write_bytes(content)
    return file


def test_a_wrong_encoding(tmp_path: Path) -> None:
    text = "Направление;Код;Цена\nМосква;7495;0,85\n"
    with pytest.raises(SheetError, match="encoding"):
        of_file(_file(tmp_path, text.encode("cp1251")), encoding="utf-8")
    with pytest.raises(SheetError, match="encoding"):
        of_file(_file(tmp_path, text.encode("utf-16")[:-1]))
    with pytest.raises(SheetError, match="no encoding"):
        of_file(_file(tmp_path, b"code,price\n7,1\n"), encoding="klingon")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n\n", b"\0\1\2\3" * 99, b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
     random.Random(5).randbytes(5000), b'code,price\n"' + b"x" * 300_000],
)  # fmt: skip
def test_no_list_at_all(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SheetError):
        of_file(_file(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="cannot be read"):
        of_file(tmp_path / "nothing.csv")


def test_a_formula_in_a_workbook_is_not_its_last_result(tmp_path: Path) -> None:
    rows = [["Code", "Price"], ["7", "=B3*2"], ["44", Number("0.5")]]
    sheet = of_file(write_xlsx(tmp_path / "f.xlsx", rows))
    assert faults(sheet) == [(2, "FORMULA")]


def test_a_zip_bomb(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "b.xlsx", [["Code", "Price"]], padding=64 * 1024**2)
    assert file.stat().st_size < 200_000
    with pytest.raises(SheetError, match="bomb"):
        of_file(file)


def test_a_bomb_of_entities(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(SheetError, match="document type"):
        of_file(write_xlsx(tmp_path / "e.xlsx", [["Code", "Price"]], prolog=laughs))


def test_archives_that_are_no_workbooks(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(SheetError, match="no XLSX"):
        of_file(tmp_path / "z.xlsx")
    whole = write_xlsx(tmp_path / "w.xlsx", [["Code", "Price"], ["7", "0.1"]]).read_bytes()
    for length in range(100, len(whole) - 1, 97):
        (tmp_path / "cut.xlsx").write_bytes(whole[:length])
        with pytest.raises(SheetError):
            of_file(tmp_path / "cut.xlsx")
    with pytest.raises(SheetError, match="no sheet"):
        of_file(tmp_path / "w.xlsx", sheet="Other")
