"""`make bench-asterisk`: what a step and a call cost on one real Asterisk 22, in one run.

Only ratios of things measured in the same run are claims; everything else depends on the machine
and on what else it does. Steps of all ways are taken in turns.
"""

import argparse
import asyncio
import os
import subprocess
import time

from rich.console import Console
from tests.lab.lab import Lab
from tests.support.database import DatabaseServer
from tests.support.schema import migrated_database
from tools.asterisk_program import REPOSITORY, AsteriskProgram, find_asterisk, find_sipp
from tools.debian_packages import PackagesUnavailableError
from tools.temporary_mariadb import temporary_mariadb

from bench import tables as bench_tables
from bench.asterisk import calls, tables
from bench.asterisk.host import running_bench
from bench.asterisk.steps import measure_steps
from bench.machine import describe, is_busy

# The shares of the time: steps, the two ladders; the rest is set-up and the failed attempts.
_STEPS_SHARE, _AGENT_SHARE, _FORKED_SHARE = 0.3, 0.25, 0.25
_FIRST_AGENT, _FIRST_FORKED = 20.0, 1.0


def measure(console: Console, lab: Lab, seconds: float) -> tables.Result:
    """Run everything: with the agent, and at the end without it."""
    stretch = min(4.0, seconds / 45)
    steps = measure_steps(lab, seconds * _STEPS_SHARE)
    tables.show_steps(console, steps)
    with calls.failing_routes(lab):
        attempts = calls.measure_failed_attempts(lab, 10)
        bare = calls.measure_bare_attempts(lab, 5)
    agent = calls.measure_rate(lab, _FIRST_AGENT, stretch, seconds * _AGENT_SHARE)
    lab.host.agent.kill()
    # The dialplan sees from the agent's clock that it is gone; from here on every step is a process.
    time.sleep(1.5)
    with calls.failing_routes(lab):
        forked_attempts = calls.measure_failed_attempts(lab, 2)
    forked = calls.measure_rate(lab, _FIRST_FORKED, stretch, seconds * _FORKED_SHARE)
    return tables.Result(steps, agent, forked, attempts, forked_attempts, bare)


async def run(console: Console, version: str, *, seed: int, seconds: float) -> None:
    """Run everything on a database of its own."""
    with temporary_mariadb() as mariadb:
        server = DatabaseServer(mariadb.url())
        described = {
            **describe(server.url),
            "Asterisk": version,
            "seed": f"{seed}; nothing here is random but ids",
            "bound": f"about {seconds:.0f} s in all",
        }
        bench_tables.show_machine(console, described)
        folder = (
            REPOSITORY / "var/bench-asterisk" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        )
        async with migrated_database(server, demo=True) as database:
            with running_bench(database, folder) as lab:
                result = measure(console, lab, seconds)
        tables.show_calls(console, result)
        tables.show_targets(console, result)
        console.print(f"Logs: {folder.relative_to(REPOSITORY)}")


def _version(asterisk: AsteriskProgram) -> str:
    command = asterisk.command(asterisk.PROGRAM, "-V")
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return told.stdout.strip().removeprefix("Asterisk ")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-asterisk ARGS=…", description=__doc__)
    parser.add_argument("--seconds", type=float, default=150, help="how long it may take, roughly")
    arguments = parser.parse_args()
    console = Console(width=None if os.isatty(1) else 110)
    if is_busy():
        console.print("The machine is busy with other work: quote nothing of this run but ratios.")
    seed = int(os.environ.get("DIALPLANE_SEED", "20260101"))
    began = time.monotonic()
    try:
        version = _version(find_asterisk(22))
        find_sipp()
        asyncio.run(run(console, version, seed=seed, seconds=arguments.seconds))
    except PackagesUnavailableError as error:
        raise SystemExit(f"not measured: {error}") from error
    one, five, _ = os.getloadavg()
    took = time.monotonic() - began
    console.print(f"Took {took:.0f} s; load after: {one:.1f} over 1 min, {five:.1f} over 5 min.")


if __name__ == "__main__":
    main()
