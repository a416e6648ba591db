"""Text whose quotes or separators went wrong is refused, where it went wrong."""

from pathlib import Path

import pytest

from dialplane_service.domain.rate_sheets.records import SheetError
from tests.rate_sheets.reading import faults, of_file


def _file(folder: Path, text: str) -> Path:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_quote_without_an_end_swallows_no_rows(tmp_path: Path, end: str) -> None:
    rows = ["Code,Rate,Destination", "7495,0.01,Moscow", '7812,0.02,"SPb', "7343,0.03,Ekb", ""]
    with pytest.raises(SheetError, match="line 3: a quote"):
        of_file(_file(tmp_path, end.join(rows)))


def test_a_quote_that_ends_in_the_middle_of_a_cell(tmp_path: Path) -> None:
    text = 'Code,Rate,Destination\n7495,0.01,"Moscow" city\n'
    with pytest.raises(SheetError, match="line 2: a quote"):
        of_file(_file(tmp_path, text))


def test_a_quote_that_ends_some_rows_later_swallows_none(tmp_path: Path) -> None:
    text = 'Code,Rate,Destination\n7812,0.02,"SPb\n7343,0.03,"\n7495,0.01,Moscow\n'
    sheet = of_file(_file(tmp_path, text))
    assert faults(sheet) == [(2, "ROWS_IN_A_CELL")]
    assert "quote on line 2" in sheet.errors[0].detail
    assert [rate.prefix for rate in sheet.rates] == ["7495"]


def test_the_line_of_a_quote_that_opens_below_its_rows_first(tmp_path: Path) -> None:
    text = 'Code,Destination,Rate\n7812,"St\nPetersburg","0.02\n7343,x"\n7495,Moscow,0.01\n'
    sheet = of_file(_file(tmp_path, text))
    assert faults(sheet) == [(2, "ROWS_IN_A_CELL")]
    assert "quote on line 3" in sheet.errors[0].detail


def test_a_header_that_swallowed_rows_is_none(tmp_path: Path) -> None:
    text = 'Code,Rate,"Destination\n7812,0.02,"\n7495,0.01,Moscow\n'
    with pytest.raises(SheetError, match="line 1, where columns"):
        of_file(_file(tmp_path, text))


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    text = 'code,name,price\n7495,"Russia\nMoscow",0.01\n\n44x,UK,0.1\n49x,"Ger\nmany",1\n53y,,1\n'
    sheet = of_file(_file(tmp_path, text))
    assert faults(sheet) == [(5, "NOT_A_CODE"), (6, "NOT_A_CODE"), (8, "NOT_A_CODE")]


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("7495,0,01", "behind the 2"),
        ("7495,5,,x", "behind the 2"),
        (",,7495,0.01", "behind the 2"),
        ("7495", "columns need 2"),
    ],
)
def test_a_row_of_another_width(tmp_path: Path, row: str, detail: str) -> None:
    sheet = of_file(_file(tmp_path, f"Code,Rate\n44,0.5\n{row}\n49,0.1,,\n"))
    assert faults(sheet) == [(3, "WRONG_WIDTH")]
    assert [rate.prefix for rate in sheet.rates] == ["44", "49"], "empty cells at the end are fine"
    assert detail in sheet.errors[0].detail


def test_a_header_with_empty_cells_behind_it_has_no_more_columns(tmp_path: Path) -> None:
    assert faults(of_file(_file(tmp_path, "Code,Rate,\n7495,1,01\n"))) == [(2, "WRONG_WIDTH")]


def test_a_row_that_is_cut_before_its_status(tmp_path: Path) -> None:
    sheet = of_file(_file(tmp_path, "Code,Rate,Status\n7495,1\n44,1,\n"))
    assert faults(sheet) == [(2, "WRONG_WIDTH")]
    assert [rate.prefix for rate in sheet.rates] == ["44"]
