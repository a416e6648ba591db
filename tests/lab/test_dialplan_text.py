"""What can be said of the dialplan without running it."""

import re

import pytest
from tools.asterisk_program import REPOSITORY

from dialplane_shims.variables import all_variables

TEXT = (REPOSITORY / "deploy/asterisk/extensions.conf").read_text()
LINES = [line.strip() for line in TEXT.splitlines() if not line.lstrip().startswith(";")]
CODE = "\n".join(LINES)

# What the dialplan keeps for itself: no shim reads or sets it.
OWN = {
    "DIALPLANE_AGENT",
    "DIALPLANE_AGENT_CLOCK",
    "DIALPLANE_ANNOUNCE",
    "DIALPLANE_CALLING_CHANNEL",
    "DIALPLANE_DOMAIN",
    "DIALPLANE_EMERGENCY_NUMBER",
    "DIALPLANE_FORWARDED_BY",
    "DIALPLANE_FORWARDER",
    "DIALPLANE_FORWARDERS",
    "DIALPLANE_FORWARD_TO",
    "DIALPLANE_HANDLER",
    "DIALPLANE_HEADER_",
    "DIALPLANE_LIMIT_OPTION",
    "DIALPLANE_PROXY_HEADER",
    "DIALPLANE_RECORDS",
    "DIALPLANE_STEP",
    "DIALPLANE_STEP_BOUND",
    "DIALPLANE_TONE_OPTION",
    "DIALPLANE_TURN",
    "DIALPLANE_UNSAID",
    "DIALPLANE_USERS_HEAR",
}


def extensions() -> set[tuple[str, str]]:
    found, context = set(), ""
    for line in LINES:
        if section := re.fullmatch(r"\[(\w+)\]", line):
            context = section[1]
        elif extension := re.match(r"exten => ([^,]+),1,", line):
            found.add((context, extension[1]))
    return found


def test_no_pattern_matches_everything() -> None:
    assert not re.search(r"exten => _[.!]", CODE)


def test_patterns_have_no_letters() -> None:
    """Of letters in a pattern n, x and z are digits: what is written out never matches."""
    patterns = {name for _, name in extensions() if name.startswith("_")}
    assert patterns
    assert not [name for name in patterns if re.search(r"[a-z]", re.sub(r"\[[^]]*\]", "", name))]


def test_what_a_driver_does_without_is_left_out() -> None:
    """A Goto to an extension that is not there would end the call."""
    used = re.findall(r"(\S+)\?(\w+_\$\{CHANNEL\(channeltype\)\}),1\)", CODE)
    assert len(used) == CODE.count("_${CHANNEL(channeltype)},1)}")
    assert all(f"DIALPLAN_EXISTS(service,{name},1)" in guard for guard, name in used)
    assert not re.search(r"Goto\(\w+_\$\{CHANNEL", CODE)


def test_every_subroutine_exists() -> None:
    called = set(re.findall(r"GoSub\(service,(\w+),1", CODE))
    assert called
    assert {("service", name) for name in called} <= extensions()


@pytest.mark.parametrize(
    "context", ["service", "predial", "public", "users_context", "make_a_call", "redirect"]
)
def test_the_articles_contexts_are_there(context: str) -> None:
    assert context in {name for name, _ in extensions()}


def test_variables_are_those_of_the_shims() -> None:
    known = {variable.name for variable in all_variables()} | OWN
    assert set(re.findall(r"DIALPLANE_[A-Z_]+", CODE)) <= known


def test_every_absolute_bound_is_taken_away_again() -> None:
    for name in ("decide", "record"):
        body = CODE.partition(f"exten => {name},1,")[2].partition("exten =>")[0]
        assert body.count("TIMEOUT(absolute)=${DIALPLANE_STEP_BOUND}") == 1
        assert "TIMEOUT(absolute)=0" in body.rpartition("AGI(")[2]
