"""Runs shims on generated channels, thousands of them, in a process of its own.

    python -m tests.generated.shim_worker WORLD TARGET SPOOL

WORLD is a file with what the oracles know. Each line of standard input is a task,
"SCRIPT SEED FIRST LAST FILE": run these cases and leave their outcomes in FILE; then "done" is
answered. The main loop of `dialplane-agi` runs as it is, but for three things: its descriptors lead
to `InstantAsterisk`, settings and a client with warm channels are made once for all steps, as in the
agent, and signals are nobody's.
"""

import os
import pickle
import random
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from dialplane_shims import agi, config, deadline, exec_shim, names, routing_client
from tests.generated.classifying_shims import ClassifyingShim
from tests.generated.dialling_shim import DiallingShim
from tests.generated.event_shims import EventShim, shim_rows
from tests.generated.events import Rows
from tests.generated.instant_asterisk import InstantAsterisk, InstantSession, instant_asterisk
from tests.generated.outcome import Outcomes
from tests.generated.shim_cases import ShimCase
from tests.generated.shim_checks import KEPT, complaint_of
from tests.generated.world import World

THREADS = 6


class NoSignals:
    """Stands where the module `_signal` stands: threads may not touch handlers."""

    SIGHUP = SIG_IGN = 1

    def signal(self, *_: Any) -> None:
        """Do nothing."""


def maker_of(world: World, script: str) -> Any:
    """What makes the cases of a script."""
    if script in names.EVENTS:
        return EventShim(world, script)
    return DiallingShim(world) if script == "incoming_dialer" else ClassifyingShim(world, script)


def shim_case(seed: int, script: str, index: int, maker: Any, hostile: Any) -> ShimCase:
    """The case of a number: odd ones are valid, the hostile classes take turns at the others."""
    rng = random.Random(f"{seed}/{script}/{index}")
    made = maker.valid(rng) if index % 2 else hostile[index // 2 % len(hostile)][1](rng)
    assert isinstance(made, ShimCase)
    return made


def environment_bytes(case: ShimCase) -> bytes:
    """The environment as Asterisk writes it."""
    lines = [key.encode() + b": " + value for key, value in case.channel.environment.items()]
    return b"\n".join(lines) + b"\n\n"


class Runner:
    """Runs the cases of one task in several threads."""

    def __init__(self, world: World, asterisk: InstantAsterisk) -> None:
        self._world, self._asterisk = world, asterisk
        self._lock = threading.Lock()

    def run(self, script: str, seed: int, numbers: range) -> tuple[Outcomes, Rows]:
        """Run them all."""
        outcomes, started = Outcomes(script), time.monotonic()
        rows: Rows = {}
        maker = maker_of(self._world, script)
        hostile, waiting = maker.hostile(), iter(numbers)

        def work() -> None:
            while True:
                with self._lock:
                    index = next(waiting, None)
                if index is None:
                    return
                case = shim_case(seed, script, index, maker, hostile)
                try:
                    label, complaint = self._one(script, case, random.Random(index))
                except Exception:  # noqa: BLE001  # told like everything else that is wrong
                    label, complaint = "exception", traceback.format_exc()
                with self._lock:
                    outcomes.note(case.kind, label, complaint)
                    if case.event is not None and label in KEPT:
                        rows.update(shim_rows(self._world, case.event, case.channel))

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcomes.seconds = time.monotonic() - started
        return outcomes, rows

    def _one(self, script: str, case: ShimCase, pieces: random.Random) -> tuple[str, str]:
        session = InstantSession(case.channel, environment_bytes(case), pieces)
        descriptor = self._asterisk.open(session)
        try:
            code = exec_shim.run_here(script, descriptor, descriptor, b"", deadline.Deadline(0.0))
        finally:
            self._asterisk.close(descriptor)
        return complaint_of(case, session, code)


def main(world_file: str, target: str, spool: str) -> None:
    """Take tasks until there are no more."""
    os.environ |= {
        "DIALPLANE_TARGETS": target,
        "DIALPLANE_SPOOL": spool,
        "DIALPLANE_DECISION_DEADLINE": "10",
        "DIALPLANE_EVENT_DEADLINE": "10",
        "DIALPLANE_SHIMS_CONFIG": str(Path(__file__).parents[1] / "shims/empty.toml"),
    }
    world = pickle.loads(Path(world_file).read_bytes())
    client = routing_client.RoutingClient((f"ipv4:{target}",))
    routing_client.RoutingClient = lambda _targets: client  # type: ignore[assignment,misc]
    settings = config.load(os.environ)
    assert not settings.errors
    config.load = lambda _environment: settings
    exec_shim._signal = NoSignals()
    with instant_asterisk(agi) as asterisk:
        runner = Runner(world, asterisk)
        for line in sys.stdin:
            script, seed, first, last, file = line.split()
            done = runner.run(script, int(seed), range(int(first), int(last)))
            Path(file).write_bytes(pickle.dumps(done))
            print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
