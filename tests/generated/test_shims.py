"""Ten thousand generated channels for each shim, against a serving process with MariaDB.

Half of them are valid: exactly the variables that the oracles expect must be set, and exactly the
rows must lie in MariaDB. Half have hostile values in named places. The handlers and the main loop of
`dialplane-agi` run in two worker processes, over the same bytes that Asterisk speaks.
"""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dialplane_shims.names import DECISIONS, EVENTS
from tests.generated.conftest import INPUTS, Site
from tests.generated.events import Rows, row_complaints
from tests.generated.outcome import Outcomes
from tests.generated.shim_checks import flush
from tests.shims.harness import shim_environment

_WORKERS = 2
_ROOT = Path(__file__).parents[2]


class Workers:
    """Processes that run shims."""

    def __init__(self, site: Site, folder: Path, stack: ExitStack) -> None:
        self._site, self._folder = site, folder
        world = folder / "world"
        world.write_bytes(pickle.dumps(site.world))
        self._stderr = [folder / f"stderr-{number}" for number in range(_WORKERS)]
        arguments = [str(world), site.service.target, str(folder / "spool")]
        command = [sys.executable, "-m", "tests.generated.shim_worker", *arguments]
        self._processes = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    cwd=_ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stack.enter_context(path.open("w")),
                    text=True,
                )
            )
            for path in self._stderr
        ]
        # Closed first, so that they end.
        stack.callback(
            lambda: [process.stdin.close() for process in self._processes if process.stdin]
        )

    def run(self, script: str) -> tuple[Outcomes, Rows]:
        """Run all cases of a script, a share in each process."""
        share = INPUTS // _WORKERS
        outcomes = Outcomes(script)
        rows: Rows = {}
        for number, process in enumerate(self._processes):
            assert process.stdin
            file = self._folder / f"outcomes-{number}"
            first = number * share
            process.stdin.write(f"{script} {self._site.seed} {first} {first + share} {file}\n")
            process.stdin.flush()
        for number, process in enumerate(self._processes):
            assert process.stdout
            assert process.stdout.readline() == "done\n", self._stderr[number].read_text()[-3000:]
            found, more = pickle.loads((self._folder / f"outcomes-{number}").read_bytes())
            outcomes.add(found)
            rows |= more
        if any(outcome == "SPOOLED" for _, outcome in outcomes.seen):
            flush(shim_environment(self._folder, self._site.service.target))
        return outcomes, rows

    def assert_stderr_is_meant(self) -> None:
        """One line for each alarm, and nothing else."""
        for path in self._stderr:
            for line in path.read_text().splitlines():
                assert line.startswith("dialplane-agi "), line[:500]
                assert len(line.encode()) <= 500


@pytest.fixture(scope="module")
def workers(site: Site) -> Iterator[Workers]:
    """The worker processes."""
    with tempfile.TemporaryDirectory(prefix="dialplane-") as folder, ExitStack() as stack:
        yield Workers(site, Path(folder), stack)


@pytest.mark.parametrize("script", [*DECISIONS, *EVENTS])
def test_generated_channels(site: Site, workers: Workers, script: str) -> None:
    site.empty_event_tables()
    outcomes, rows = workers.run(script)
    outcomes.complaints += row_complaints(site.connection, rows)
    workers.assert_stderr_is_meant()
    site.conclude(outcomes)
