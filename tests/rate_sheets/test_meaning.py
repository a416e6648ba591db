"""Rows that say more than a code and a price: what wins, and what nobody may guess."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialplane_service.domain.rate_sheets.records import Field, Sheet, SheetError
from tests.rate_sheets.reading import faults, of_file, of_rows
from tests.support.xlsx import Number, write_xlsx


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def prices(sheet: Sheet) -> dict[str, str]:
    return {rate.prefix: str(rate.price_per_minute) for rate in sheet.rates}


def test_a_price_of_nothing_is_meant_or_refused() -> None:
    rows = ("code|price|connect fee|status|steps", "7|0|||", "44|0.00|0||60:0/1", "49|0|0.1||")
    rest = ("53|0||blocked|", "1|0|||60:0.1/1", "371|0||removed|")
    sheet = of_rows(*rows, *rest)
    assert faults(sheet) == [(2, "FREE"), (3, "FREE")]
    assert "--allow-free" in sheet.errors[0].detail
    assert list(prices(sheet)) == ["1", "49", "53"]
    allowed = of_rows(*rows, *rest, allow_free=True)
    assert allowed.errors == []
    assert list(prices(allowed)) == ["1", "44", "49", "53", "7"]


def test_the_date_of_a_removal_is_a_date_of_the_list() -> None:
    header = "code|price|status|effective date"
    sheet = of_rows(header, "7495||removed|2026-03-01", "7|0.1||2026-02-01")
    assert sheet.effective == day("2026-03-01")
    assert (sheet.errors, sheet.removed, list(prices(sheet))) == ([], ["7495"], ["7"])
    early = of_rows(header, "7495||removed|2026-03-01", "7|0.1||", effective=day("2026-02-01"))
    assert faults(early) == [(2, "LATER_THAN_THE_DECK")]
    assert early.removed == []


@pytest.mark.parametrize(
    "rows", [("7495||Removed", "7495|0.7|New"), ("7495|0.7|New", "7495||Removed")]
)
def test_what_is_removed_and_priced_anew_is_priced(rows: tuple[str, str]) -> None:
    sheet = of_rows("code|price|status", *rows, "44||removed")
    assert (sheet.errors, sheet.removed) == ([], ["44"])
    assert prices(sheet) == {"7495": "0.7"}


def test_what_is_removed_after_its_price_began_is_refused() -> None:
    header = "code|price|status|effective date"
    sheet = of_rows(header, "7495|0.7||2025-06-01", "7495||removed|2025-07-01", "44|1||")
    assert faults(sheet) == [(2, "OVERLAPPING_DATES")]
    assert "line 3" in sheet.errors[0].detail
    renewed = of_rows(header, "7495|0.7||2025-08-01", "7495||removed|2025-07-01")
    assert (renewed.errors, renewed.removed, prices(renewed)) == ([], [], {"7495": "0.7"})


@pytest.mark.parametrize(
    ("header", "said", "blocked", "removed"),
    [
        ("change|status", "Unchanged|Blocked", True, False),
        ("change|status", "Blocked|Active", True, False),
        ("change|status", "Removed|Active", False, True),
        ("change|status", "New|Removed", False, True),
        ("change|status", "Removed|Blocked", True, False),
        ("change|status", "|", False, False),
        ("status|blocked", "new|yes", True, False),
        ("status|blocked", "blocked|no", True, False),
        ("status|blocked", "removed|yes", True, False),
        ("status|blocked", "active|n", False, False),
        ("status|zone", "closed|x", True, False),
    ],
)
def test_of_several_statuses_the_worst_holds(
    header: str, said: str, blocked: bool, removed: bool
) -> None:
    sheet = of_rows(f"code|price|{header}", f"7495|0.01|{said}")
    assert sheet.errors == []
    assert sheet.removed == (["7495"] if removed else [])
    assert [rate.terms.blocked for rate in sheet.rates] == ([] if removed else [blocked])


def test_a_second_status_that_nobody_knows_names_its_column() -> None:
    sheet = of_rows("code|price|change|state", "7|0.1|new|Ohio")
    assert [(error.fault, error.column) for error in sheet.errors] == [("UNKNOWN_STATUS", "state")]
    mapped = of_rows("code|price|change|state", "7|0.1|new|Ohio", mapping={"change": Field.STATUS})
    assert mapped.errors == []


def test_one_name_of_two_columns_maps_neither() -> None:
    with pytest.raises(SheetError, match="--map"):
        of_rows("code|usd|usd", "7|1|2", mapping={"usd": Field.PRICE})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("25/12/2025", "2025-12-25"),
        ("12/25/2025", "2025-12-25"),
        ("25-12-2025", "2025-12-25"),
        ("05/05/2025", "2025-05-05"),
        ("25/12/2026 14:30", "2026-12-25T14:30"),
        ("25/12/2026 9:05:07", "2026-12-25T09:05:07"),
        ("2026-12-25T01:00:00+03:00", "2026-12-24T22:00"),
        ("25.12.2026 14:30", "2026-12-25T14:30"),
        ("46381.5", "2026-12-25T12:00"),
    ],
)
def test_a_date(text: str, meant: str) -> None:
    sheet = of_rows("code|price|effective date", f"7|0.1|{text}")
    assert sheet.errors == []
    assert sheet.effective == (day(meant) if meant > "2026-01-15" else None)


@pytest.mark.parametrize(
    "text",
    [
        "25/12/2026 rubbish",
        "25/12/2026 25:00",
        "25/12/2026 2:30 PM",
        "25/12-2026",
        "30/02/2026",
        "13/13/2026",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_no_date(text: str) -> None:
    assert faults(of_rows("code|price|effective date", f"7|0.1|{text}")) == [(2, "BAD_DATE")]


@pytest.mark.parametrize(("since_1904", "days"), [(False, "46381"), (True, "44919")])
def test_a_workbooks_days_count_from_what_it_says(
    tmp_path: Path, since_1904: bool, days: str
) -> None:
    rows = [["Code", "Price", "Effective date"], ["7", Number("0.1"), Number(days)]]
    sheet = of_file(write_xlsx(tmp_path / "d.xlsx", rows, since_1904=since_1904))
    assert sheet.errors == []
    assert sheet.effective == day("2026-12-25")


def test_a_row_that_ends_before_its_deck_is_refused() -> None:
    rows = ("code|price|end date", "7495|0.3|2026-12-31", "7|0.1|", "44|0.1|9999-12-31")
    sheet = of_rows(*rows)
    assert faults(sheet) == [(2, "ENDS_BEFORE_THE_DECK")]
    assert "--until" in sheet.errors[0].detail
    assert list(prices(sheet)) == ["44", "7"]
    assert faults(of_rows(*rows, until=day("2027-01-01"))) == [(2, "ENDS_BEFORE_THE_DECK")]
    expressed = of_rows(*rows, until=day("2026-12-31"))
    assert (expressed.errors, len(expressed.rates)) == ([], 3)
    removed = of_rows("code|price|end date|status", "7495|0.3|2026-12-31|removed")
    assert faults(removed) == [(2, "ENDS_BEFORE_THE_DECK")]


@pytest.mark.parametrize(
    "code",
    ["7 495", "1 684", "7495 7499", "+7 495", "7,495", "1,684", "380,487", "7,495,123", "7495,9",
     "7495/9", "7; 495", "44207,49"],
)  # fmt: skip
def test_codes_that_could_be_read_in_two_ways(code: str) -> None:
    sheet = of_rows("code|price", f"{code}|0.1", "44|0.2")
    assert faults(sheet) == [(2, "AMBIGUOUS_CODE")]
    assert sheet.errors[0].column == "code"
    assert list(prices(sheet)) == ["44"]


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("495,499", ["495", "499"]),
        ("7495, 7499", ["7495", "7499"]),
        ("7495\n7499", ["7495", "7499"]),
        ("447, 447911", ["447", "447911"]),
        ("7495 - 7496", ["7495", "7496"]),
        ("7495-6,749912", ["7495", "7496", "749912"]),
        ("371, 372", ["371", "372"]),
    ],
)
def test_codes_that_cannot(code: str, meant: list[str]) -> None:
    sheet = of_rows("code|price", f"{code}|0.1")
    assert (sheet.errors, list(prices(sheet))) == ([], meant)


def test_a_country_code_is_not_put_before_codes_that_all_begin_with_it() -> None:
    header = "country code|prefix|price"
    sheet = of_rows(header, "7|7495|0.1", "44|44|0.2", "+1|1684, 1907|0.3", "49||0.4")
    assert (sheet.errors, list(prices(sheet))) == ([], ["1684", "1907", "44", "49", "7495"])
    mixed = of_rows(header, "7|7495|0.1", "44|20,1224|0.2", "1||0.3")
    assert faults(mixed) == [(2, "AMBIGUOUS_CODE")]
    assert list(prices(mixed)) == ["1", "441224", "4420"]
    assert faults(of_rows(header, "7|7495,812|0.1")) == [(2, "AMBIGUOUS_CODE")]
    assert faults(of_rows(header, "44|1,224|0.1")) == [(2, "AMBIGUOUS_CODE")]
