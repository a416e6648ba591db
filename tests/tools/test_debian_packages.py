"""Unpacked packages are whole or absent. apt is played by scripts; the archives are real."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tools.debian_packages import PackagesUnavailableError, fetch_packages

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None or not Path("/var/lib/dpkg/status").exists(),
    reason="not a Debian machine",
)

APT = """\
#!/bin/sh
echo "$@" >> "{log}"
for word; do case $word in Dir::Cache::archives=*) archives=${{word#*=}};; esac; done
case " $* " in
  *" update "*) exit {update};;
  *" install "*) cp "{package}" "$archives/";;
esac
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an apt-get on PATH that delivers one package; gives the log of its calls."""
    source = tmp_path / "source"
    (source / "DEBIAN").mkdir(parents=True)
    (source / "DEBIAN").chmod(0o755)  # dpkg-deb insists, whatever the umask
    (source / "DEBIAN" / "control").write_text(
        "Package: sample\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\n"
        "Description: sample\n"
    )
    for name in ("usr/bin/tool", "lib/library"):
        (source / name).parent.mkdir(parents=True)
        (source / name).write_text("content\n")
    package = tmp_path / "sample_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", source, package], check=True, capture_output=True)
    play_apt(tmp_path, package)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path / "log"


def play_apt(folder: Path, package: Path, *, update: int = 0) -> None:
    script = folder / "bin" / "apt-get"
    script.parent.mkdir(exist_ok=True)
    script.write_text(APT.format(log=folder / "log", package=package, update=update))
    script.chmod(0o755)


def test_a_package_is_unpacked_with_old_folders_merged(apt: Path, tmp_path: Path) -> None:
    destination = tmp_path / "var with space" / "program"
    fetch_packages(["sample"], destination)
    assert (destination / "usr/bin/tool").read_text() == "content\n"
    assert (destination / "usr/lib/library").read_text() == "content\n"
    assert sorted(path.name for path in destination.parent.iterdir()) == [
        "program",
        "program.lock",
    ]


def test_it_is_fetched_once(apt: Path, tmp_path: Path) -> None:
    for _ in range(2):
        fetch_packages(["sample"], tmp_path / "program")
    assert len(apt.read_text().splitlines()) == 2


def test_what_an_interruption_left_is_no_obstacle(apt: Path, tmp_path: Path) -> None:
    (tmp_path / "program.part" / "tree" / "usr").mkdir(parents=True)
    fetch_packages(["sample"], tmp_path / "program")
    assert (tmp_path / "program/usr/bin/tool").exists()


def test_a_failing_apt_is_quoted_and_leaves_nothing(apt: Path, tmp_path: Path) -> None:
    play_apt(tmp_path, tmp_path / "sample_1_all.deb", update=100)
    with pytest.raises(PackagesUnavailableError, match="apt-get"):
        fetch_packages(["sample"], tmp_path / "program")
    assert not (tmp_path / "program").exists()
    assert not (tmp_path / "program.part").exists()


def test_a_tree_that_is_refused_is_not_put_in_place(apt: Path, tmp_path: Path) -> None:
    def refuse(tree: Path) -> None:
        raise PackagesUnavailableError("does not run")

    with pytest.raises(PackagesUnavailableError, match="does not run"):
        fetch_packages(["sample"], tmp_path / "program", verify=refuse)
    assert not (tmp_path / "program").exists()


def test_a_tree_that_no_longer_works_is_replaced(apt: Path, tmp_path: Path) -> None:
    def verify(tree: Path) -> None:
        if not (tree / "usr/bin/tool").exists():
            raise PackagesUnavailableError("incomplete")

    (tmp_path / "program" / "usr").mkdir(parents=True)
    fetch_packages(["sample"], tmp_path / "program", verify=verify)
    assert (tmp_path / "program/usr/bin/tool").exists()


def test_without_apt_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackagesUnavailableError, match="no apt-get"):
        fetch_packages(["sample"], tmp_path / "program")
