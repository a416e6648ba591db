"""The page for a host that already runs, held against the labs, which load and join what it says."""

import re
from pathlib import Path

from tools.asterisk_program import REPOSITORY

from dialplane_shims.config import load
from tests.lab.asterisk_host import DEPLOYED, SAMPLES

PAGE = (REPOSITORY / "docs/asterisk-host.md").read_text()
WRITERS = REPOSITORY / "service/dialplane_service/domain/asterisk_files"
# Written for every host, and included by dialplane/extensions.conf.
JOINED_BY_THEMSELVES = {"dialplane_settings.conf", "dialplane_emergency.conf"}


def listed() -> set[str]:
    """The modules that the page names."""
    _, found, rest = PAGE.partition("Modules it needs:")
    assert found
    names = re.findall(r"\b(?:app|func|res|chan)_\w+", rest.partition("\n\n")[0])
    assert len(names) == len(set(names))
    return set(names)


def loaded() -> set[str]:
    """The modules that labs load."""
    files = sorted(SAMPLES.rglob("modules*.conf"))
    text = "\n".join(file.read_text() for file in files)
    assert "autoload=no" in text
    return set(re.findall(r"^load => (\w+)\.so$", text, re.MULTILINE))


def test_labs_load_what_the_page_lists() -> None:
    assert listed() - loaded() == set()


def test_the_page_lists_what_labs_load() -> None:
    ours = {name for name in loaded() if name.startswith(("func_", "app_"))}
    assert ours - listed() == set()


def test_every_file_is_joined() -> None:
    """Each deployed and each exported one has its line on the page."""
    exported = set()
    for writer in WRITERS.glob("*.py"):
        exported |= set(re.findall(r"file\(\s*\"(dialplane_\w+\.conf)\"", writer.read_text()))
    assert len(exported) == 10
    deployed = {file.name for file in DEPLOYED.glob("*.conf")}
    joined = set(re.findall(r'#include "dialplane/(\w+\.conf)"', PAGE))
    assert joined == (exported | deployed) - JOINED_BY_THEMSELVES
    dialplan = Path(DEPLOYED / "extensions.conf").read_text()
    for name in JOINED_BY_THEMSELVES:
        assert f'\n#include "dialplane/{name}"' in dialplan


def test_its_settings_are_settings(tmp_path: Path) -> None:
    """And the line that is not to be left out is not."""
    [lines] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "shims.toml"
    file.write_text(lines)
    settings = load({"DIALPLANE_SHIMS_CONFIG": str(file)})
    assert (settings.errors, settings.targets) == ((), ("ipv4:10.0.0.5:50051",))
    file.write_text(lines.replace("allow_plaintext = true", ""))
    [error] = load({"DIALPLANE_SHIMS_CONFIG": str(file)}).errors
    assert "plaintext is for loopback only" in str(error)
