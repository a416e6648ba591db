"""Who cannot have an Asterisk is told so by a type of its own."""

from pathlib import Path

import pytest
from tools.asterisk_program import NoDebianPackagesError, SuiteGoneError, find_asterisk, find_sipp
from tools.debian_packages import PackagesUnavailableError

from tools import asterisk_program


def test_a_machine_without_debian_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoDebianPackagesError, match="apt-get"):
        find_asterisk(22, tmp_path)
    with pytest.raises(NoDebianPackagesError, match="apt-get"):
        find_sipp(tmp_path)


def test_a_suite_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise PackagesUnavailableError("404")

    monkeypatch.setattr(asterisk_program, "_require_debian", lambda: None)
    monkeypatch.setattr(asterisk_program, "fetch_packages", gone)
    with pytest.raises(SuiteGoneError, match="Asterisk 16 from bullseye"):
        find_asterisk(16, tmp_path)
