"""What every session of a shim is held against, whatever was on the channel."""

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Protocol

from dialplane_shims.exec_shim import EXIT_OK
from tests.generated.hostile import MARK
from tests.generated.requests import DIAL_STRING
from tests.generated.shim_cases import ShimCase
from tests.generated.shim_oracle import told_complaint

STATUSES = {
    *("TARGETS", "DIAL", "LOCATION", "REFUSED", "NO_MORE_ROUTES", "UNAVAILABLE"),
    *("RECORDED", "SPOOLED", "REJECTED", "LOST"),
}
GIVEN_UP = {"DIALPLANE_STATUS": "UNAVAILABLE"}
"""All that is told where Asterisk itself cannot be understood."""
_CLEAN_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\"\\<>${}]*")
_CLEAN_NUMBER = re.compile(r"\+?[0-9]{0,20}")

KEPT = ("RECORDED", "SPOOLED")
"""What is said of an event that is in MariaDB, now or after a flush."""


class Session(Protocol):
    """A session that is over."""

    commands: list[bytes]
    faults: list[str]


def flush(environment: Mapping[str, str]) -> None:
    """Deliver what the host kept, as people and timers do; nothing may be left."""
    command = [sys.executable, "-m", "dialplane_shims.exec_shim", "flush"]
    for _ in range(20):
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        if ran.returncode == EXIT_OK:
            return
        time.sleep(0.5)
    raise AssertionError(f"the spool is not empty: {ran.stdout} {ran.stderr}")


def complaint_of(case: ShimCase, session: Session, code: int) -> tuple[str, str]:
    """The status that was set, and what is wrong; empty: nothing."""
    sets = case.channel.sets
    status = sets[-1][1] if sets else "nothing"
    if session.faults:
        return status, f"commands that were not meant: {session.faults[:3]}"
    if not sets:
        return status, f"nothing was told, exit code {code}"
    if sets[-1][0] != "DIALPLANE_STATUS" or status not in STATUSES:
        return status, f"the last that was set is {sets[-1]}"
    if [name for name, _ in sets].count("DIALPLANE_STATUS") > 1:
        return status, "the status was set twice"
    told = {name.removeprefix("__"): value for name, value in sets}
    dial_string = told.get("DIALSTRING", "-")
    if DIAL_STRING.fullmatch(dial_string) is None or MARK in dial_string:
        return status, f"dial string {dial_string!r}"
    name = told.get("DIALPLANE_CALLER_NAME", "")
    if _CLEAN_NAME.fullmatch(name) is None or len(name.encode()) > 64:
        return status, f"caller name {name!r}"
    if _CLEAN_NUMBER.fullmatch(told.get("DIALPLANE_CALLER_NUMBER", "")) is None:
        return status, f"caller number {told['DIALPLANE_CALLER_NUMBER']!r}"
    if case.told is None:
        return status, ""
    expected = case.told
    if status == "SPOOLED" and expected.get("DIALPLANE_STATUS") == "RECORDED":
        # The machine is too busy for MariaDB: the event is kept, and flushed before rows are read.
        expected = {**expected, "DIALPLANE_STATUS": "SPOOLED"}
    if complaint := told_complaint(case.channel, expected):
        return status, f"{complaint} on {case.channel.environment} {case.channel.variables}"
    if code != int(case.told == GIVEN_UP):
        return status, f"exit code {code}"
    return status, ""
