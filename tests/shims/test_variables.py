"""The channel variables: each named once, and the page for people agrees."""

import re
from pathlib import Path

from dialplane_shims import answer
from dialplane_shims.answer import STATUSES
from dialplane_shims.text import VARIABLE_LIMIT
from dialplane_shims.variables import all_variables

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/channel-variables.md").read_text()
_ROW = re.compile(
    r"^\| `([^`]+)` \| (in|out|in/out) \| (yes)? ?\| (.+) \| `([^`]+)` \|$", re.MULTILINE
)


def test_the_page_has_exactly_the_modules_variables_in_its_order() -> None:
    rows = [
        (name, direction, inherited == "yes", meaning, example)
        for name, direction, inherited, meaning, example in _ROW.findall(PAGE)
    ]
    assert rows == [
        (each.name, each.direction, each.inherited, each.meaning, each.example)
        for each in all_variables()
    ]


def test_the_page_has_exactly_the_statuses() -> None:
    section = PAGE.partition("## `DIALPLANE_STATUS`")[2].partition("`DIALPLANE_REASON` is")[0]
    assert tuple(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == STATUSES
    assert all(getattr(answer, status) == status for status in STATUSES)


def test_names_are_unique_and_examples_fit() -> None:
    names = [each.name for each in all_variables()]
    assert len(names) == len(set(names))
    assert all(0 < len(each.example.encode()) <= VARIABLE_LIMIT for each in all_variables())


def test_no_other_module_names_a_variable() -> None:
    """A name that is spelled twice is a name that drifts."""
    ours = {each.name for each in all_variables() if each.name.startswith("DIALPLANE_")}
    for path in (ROOT / "shims/dialplane_shims").glob("*.py"):
        if path.name not in ("variables.py", "names.py", "command_line.py"):
            quoted = set(re.findall(r'"(DIALPLANE_[A-Z_0-9]+)"', path.read_text()))
            assert not quoted & ours, path
