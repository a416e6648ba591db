"""Generated code: the same every time, and stale code is named."""

import shutil
from pathlib import Path

import pytest

from tools import generate_protos


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed package that a test may spoil."""
    copy = tmp_path / "dialplane"
    shutil.copytree(generate_protos.GENERATED, copy)
    monkeypatch.setattr(generate_protos, "GENERATED", copy)
    monkeypatch.setattr(generate_protos, "REPOSITORY", tmp_path)
    return copy


def test_the_committed_code_is_fresh() -> None:
    assert generate_protos.main(["--check"]) == 0


def test_stale_missing_and_left_over_files_are_named_and_mended(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = committed / "routing" / "v1"
    (package / "routing_service_pb2.py").write_text("stale\n")
    (package / "hangup_pb2.pyi").unlink()
    (package / "removed_pb2.py").write_text("")
    assert generate_protos.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("stale")] == [
        "stale: dialplane/routing/v1/hangup_pb2.pyi",
        "stale: dialplane/routing/v1/removed_pb2.py",
        "stale: dialplane/routing/v1/routing_service_pb2.py",
    ]
    assert "make proto" in said
    assert generate_protos.main([]) == 0
    assert generate_protos.main(["--check"]) == 0
