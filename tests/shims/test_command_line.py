"""`dialplane-agi` for people."""

from pathlib import Path

import pytest

from dialplane_shims import step
from dialplane_shims.command_line import DESCRIPTION
from dialplane_shims.exec_shim import run
from tests.shims.test_spool import command


def test_help_names_every_script_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    for word in (*step.DECISIONS, *step.EVENTS, "flush", "spool list", "DIALPLANE_TARGETS"):
        assert word in said
    assert "AGI(dialplane-agi,incoming)" in DESCRIPTION


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dialplane-agi 0")


@pytest.mark.parametrize(
    "arguments",
    [[], ["incomming"], ["spool"], ["flush", "x"], ["spool", "x"], ["-x"], ["a", "b", "c"]],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err


def test_an_unknown_script_is_named(tmp_path: Path) -> None:
    done = command(tmp_path, "incomming")
    assert done.returncode == 2
    assert "no script 'incomming'; there are incoming, make_a_route" in done.stderr


def test_spool_that_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    done = command(tmp_path, "spool", "list")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
