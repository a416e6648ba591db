"""`dialplane quality`."""

import pytest

from tests.cli.conftest import Run

FIELDS = [
    *("provider", "prefix", "attempts", "answered", "talk_ms", "pdd_attempts", "pdd_ms"),
    *("asr_percent", "acd_s", "mean_pdd_ms", "measured_from", "measured_to"),
]


def test_figures_for_people(ask: Run) -> None:
    result = ask("quality", "list")
    assert result.code == 0
    assert result.out.splitlines() == [
        "Calls from 2026-01-31T12:00:00.123456Z to 2026-02-01T12:00:00.123456Z",
        "",
        "PROVIDER  PREFIX  ATTEMPTS  ASR %  ACD S  PDD MS",
        "Voxbeam   all     0         -      -      -",
        "Westcall  all     3         66.7   30.5   2000.5",
        "Westcall  7495    2         50.0   60.0   -",
    ]


def test_the_json_object_is_stable(ask: Run) -> None:
    figures = ask("quality", "list", "--provider", "Westcall", "--json").document["figures"]
    assert [list(each) for each in figures] == [FIELDS, FIELDS]
    assert list(figures[0].values()) == [
        *("Westcall", "", 3, 2, 61_000, 2, 4001, "66.7", "30.5", "2000.5"),
        *("2026-01-31T12:00:00.123456Z", "2026-02-01T12:00:00.123456Z"),
    ]
    assert figures[1]["mean_pdd_ms"] is None


def test_filters(ask: Run) -> None:
    found = ask("quality", "list", "--prefix", "749577", "--json").document["figures"]
    assert [each["prefix"] for each in found] == ["", "", "7495"]
    assert ask("quality", "list", "--provider", "nobody").out.startswith("No figures")
    assert ask("quality", "list", "--prefix", "7a", "--json").error["reason"] == "INVALID_REQUEST"


@pytest.mark.parametrize("words", [("quality", "list"), ("quality", "measure")])
def test_without_the_service(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words, "--admin-target", "127.0.0.1:1")
    assert result.code == 3
    assert "nothing listens there" in result.err
