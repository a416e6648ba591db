"""All checks run, and one that fails fails the whole."""

import pytest
from tools.check import main


def test_every_check_runs_though_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"first": lambda: False, "second": lambda: True, "third": lambda: False}) == 1
    said = capsys.readouterr().out
    assert all(f"==> {name}\n" in said for name in ("first", "second", "third"))
    assert "Failed: first, third" in said


def test_all_green() -> None:
    assert main({"only": lambda: True}) == 0
