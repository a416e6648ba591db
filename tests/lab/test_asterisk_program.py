"""Who cannot have an Asterisk is told so by a type of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tools.asterisk_program import SUITES, NoDebianPackagesError, find_asterisk, find_sipp
from tools.debian_packages import PackagesUnavailableError, SuiteGoneError

from tools import asterisk_program


def test_a_machine_without_debian_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoDebianPackagesError, match="apt-get"):
        find_asterisk(22, tmp_path)
    with pytest.raises(NoDebianPackagesError, match="apt-get"):
        find_sipp(tmp_path)


def apt(folder: Path, said: str) -> None:
    """Put an apt-get on PATH that fails to update with these words, as the real one does."""
    script = folder / "bin/apt-get"
    script.parent.mkdir()
    script.write_text(
        '#!/bin/sh\ncase "$*" in\n'
        '*indextargets*) echo "http://deb.example/debian main";;\n'
        f"*) cat <<'END'\n{said}\nEND\nexit 100;;\nesac\n"
    )
    script.chmod(0o755)


GONE = "E: The repository 'http://deb.example/debian {} Release' does not have a Release file."
OTHERWISE = (
    "E: Failed to fetch http://deb.example/debian/dists/bullseye/InRelease  Could not resolve it",
    "E: The repository 'http://deb.example/debian bullseye InRelease' is not signed.",
    "E: Release file for http://deb.example/debian/dists/bullseye/InRelease is expired",
)


@pytest.mark.parametrize(("release", "suite"), sorted(SUITES.items()))
def test_a_suite_that_is_gone(
    release: int, suite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt(tmp_path, GONE.format(suite))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(SuiteGoneError, match=f"Asterisk {release} from {suite}"):
        find_asterisk(release, tmp_path)


@pytest.mark.parametrize("said", OTHERWISE)
def test_whatever_else_fails_is_no_suite_that_is_gone(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt(tmp_path, said)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(PackagesUnavailableError) as found:
        find_asterisk(16, tmp_path)
    assert type(found.value) is PackagesUnavailableError


def test_an_asterisk_that_does_not_run_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(*_: object, verify: Callable[[Path], None], **__: object) -> None:
        verify(tmp_path)

    monkeypatch.setattr(asterisk_program, "fetch_packages", unpack)
    monkeypatch.setattr(asterisk_program, "_require_debian", lambda: None)
    with pytest.raises(PackagesUnavailableError, match="no use") as found:
        find_asterisk(16, tmp_path)
    assert type(found.value) is PackagesUnavailableError


def test_half_a_debian_is_no_machine_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(PackagesUnavailableError, match="no dpkg-deb") as found:
        find_asterisk(22, tmp_path)
    assert type(found.value) is PackagesUnavailableError
