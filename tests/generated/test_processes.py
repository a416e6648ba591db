"""Some of the same generated channels through real processes, pipes and sockets.

By themselves, by handing over to the agent of the host, and over FastAGI. What is held against them
is what the volume of `test_shims.py` is held against: no patch, no short cut.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dialplane_shims.names import DECISIONS, EVENTS
from tests.generated.conftest import INPUTS, Site
from tests.generated.event_shims import shim_rows
from tests.generated.events import Rows, row_complaints
from tests.generated.outcome import Outcomes
from tests.generated.shim_cases import ShimCase
from tests.generated.shim_checks import GIVEN_UP, KEPT, complaint_of, flush
from tests.generated.shim_worker import environment_bytes, maker_of, shim_case
from tests.shims.agent_process import StartAgent
from tests.shims.conftest import run_process, start_agent
from tests.shims.fake_asterisk import assert_commands_are_meant
from tests.shims.harness import RunProcess, shim_environment

__all__ = ["run_process", "start_agent"]

_SCRIPTS = [*DECISIONS, *EVENTS]
_ALONE, _HANDED_OVER, _OVER_FASTAGI = range(6), range(6, 46), range(46, 106)
# Steps through all classes, and through valid and hostile ones alike.
_STRIDE = 611


@dataclass
class Done:
    """A session that is over."""

    commands: list[bytes]
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            assert_commands_are_meant(self.commands)
        except AssertionError as error:
            self.faults.append(str(error))


RunCase = Callable[[ShimCase], tuple[list[bytes], int]]
"""Gives the commands and the exit code."""


def run_all(
    site: Site, folder: Path, script: str, numbers: range, run: RunCase, *, agent: bool = True
) -> None:
    """Run some cases, two at a time, and assert that nothing was wrong.

    `agent`: one is in the way. It leaves a session that it cannot understand to the process, or to
    the dialplan, which takes an empty status for a refusal.
    """
    site.empty_event_tables()
    maker = maker_of(site.world, script)
    hostile = maker.hostile()
    outcomes = Outcomes(script)
    rows: Rows = {}

    def one(number: int) -> None:
        index = number * _STRIDE % INPUTS
        case = shim_case(site.seed, script, index, maker, hostile)
        given_up = agent and case.told == GIVEN_UP
        case = replace(case, told=None) if given_up else case
        commands, code = run(case)
        if agent and not case.channel.sets and (given_up or is_hung_up(case)):
            assert not Done(commands).faults
            outcomes.note(case.kind, "nothing")
            return
        label, complaint = complaint_of(case, Done(commands), code)
        outcomes.note(case.kind, label, complaint)
        if case.event is not None and label in KEPT:
            rows.update(shim_rows(site.world, case.event, case.channel))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, numbers))
    if any(outcome == "SPOOLED" for _, outcome in outcomes.seen):
        flush(shim_environment(folder, site.service.target))
    outcomes.complaints += row_complaints(site.connection, rows)
    assert not (verdict := outcomes.verdict()), verdict
    assert sum(outcomes.seen.values()) == len(numbers)
    site.assert_logs_are_quiet()


@pytest.mark.parametrize("script", _SCRIPTS)
def test_processes_by_themselves(
    site: Site, run_process: RunProcess, tmp_path: Path, script: str
) -> None:
    def run(case: ShimCase) -> tuple[list[bytes], int]:
        ran = run_process(
            script, case.channel, site.service.target, environment_bytes=environment_bytes(case)
        )
        assert_is_alarms(ran.stderr)
        return ran.commands, ran.code

    run_all(site, tmp_path, script, _ALONE, run, agent=False)


@pytest.mark.parametrize("script", _SCRIPTS)
def test_processes_that_hand_over(
    site: Site, run_process: RunProcess, start_agent: StartAgent, tmp_path: Path, script: str
) -> None:
    agent = start_agent(site.service.target)

    def run(case: ShimCase) -> tuple[list[bytes], int]:
        ran = run_process(
            script,
            case.channel,
            site.service.target,
            environment_bytes=environment_bytes(case),
            DIALPLANE_AGENT_SOCKET=agent.socket,
        )
        assert_is_alarms(ran.stderr)
        return ran.commands, ran.code

    run_all(site, tmp_path, script, _HANDED_OVER, run)
    assert agent.stop() == 0


@pytest.mark.parametrize("script", _SCRIPTS)
def test_sessions_over_fastagi(
    site: Site, start_agent: StartAgent, tmp_path: Path, script: str
) -> None:
    agent = start_agent(site.service.target)

    def run(case: ShimCase) -> tuple[list[bytes], int]:
        return agent.call(script, case.channel).commands, 0

    run_all(site, tmp_path, script, _OVER_FASTAGI, run)
    assert agent.stop() == 0


def is_hung_up(case: ShimCase) -> bool:
    """Whether somebody wrote FastAGI's line for "the caller hung up": it ends the writer's own call."""
    values = [*case.channel.environment.values(), *case.channel.variables.values()]
    return any(b"\nHANGUP" in value for value in values)


def assert_is_alarms(stderr: str) -> None:
    """One line for each alarm, and nothing else."""
    for line in stderr.splitlines():
        assert line.startswith("dialplane-agi "), stderr[:500]
