"""`make bench`: measure, and print what was measured.

Only ratios of things measured in the same run are claims; everything else depends on the machine
and on what else it does. Rounds of the two sides of a ratio are taken in turns.
"""

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

import uvloop
from rich.console import Console
from tests.support.database import DatabaseServer
from tests.support.running_service import running_service, until
from tests.support.schema import MigratedDatabase, migrated_database
from tools.temporary_mariadb import temporary_mariadb

from bench import echo, questions, tables
from bench.decisions import answers, compare, parts
from bench.machine import describe, is_busy
from bench.recording import CONNECTIONS, record

ROUNDS = 5
# (rounds + 1 to warm up) x (2 methods x 2 processes of decisions + 3 kinds of recording)
_STRETCHES = (ROUNDS + 1) * 7
_SET_UP_SECONDS = 12


async def measure(console: Console, *, seed: int, seconds: float, callers: int) -> None:
    """Run everything on a database of its own."""
    stretch = max(0.1, (seconds - _SET_UP_SECONDS) / _STRETCHES)
    with temporary_mariadb() as mariadb:
        server = DatabaseServer(mariadb.url())
        tables.show_machine(
            console,
            {
                **describe(server.url),
                "seed": f"{seed}; DIALPLANE_SEED={seed} repeats the questions",
                "rounds": f"{ROUNDS} of {stretch:.2f} s each, after one to warm up",
            },
        )
        async with migrated_database(server, demo=True) as database:
            await _measure(console, database, seed=seed, stretch=stretch, callers=callers)


async def _measure(
    console: Console, database: MigratedDatabase, *, seed: int, stretch: float, callers: int
) -> None:
    classify = questions.classify_calls(seed)
    build = questions.build_dial_strings(seed)
    asked = {
        "ClassifyCall": [each.SerializeToString() for each in classify],
        "BuildDialString": [each.SerializeToString() for each in build],
    }
    with (
        tempfile.TemporaryDirectory(prefix="dialplane-bench-") as folder,
        running_service(database.service_url) as service,
    ):
        for method, requests in asked.items():
            given = await answers(service.target, method, requests)
            echo.write_answers(Path(folder), method, given)
        variables = {"BENCH_ANSWERS": folder}
        with running_service(database.service_url, module="bench.echo", **variables) as bare:
            compared = await compare(
                service, bare, asked, callers=callers, rounds=ROUNDS, seconds=stretch
            )
        tables.show_compared(console, compared, callers)
        recording = await record(service, database, rounds=ROUNDS, seconds=stretch)
        tables.show_recording(console, recording, CONNECTIONS)
        data_file = service.folder / "decision-data"
        until(data_file.exists)
        tables.show_parts(console, await parts(data_file, classify, build))


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long it may take in all")
    parser.add_argument("--callers", type=int, default=16, help="concurrent decisions")
    arguments = parser.parse_args()
    console = Console(width=None if os.isatty(1) else 110)
    if is_busy():
        console.print(
            "The machine is busy with other work: quote nothing of this run but CPU times."
        )
    seed = int(os.environ.get("DIALPLANE_SEED", "20260101"))
    began = time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(
            measure(console, seed=seed, seconds=arguments.seconds, callers=arguments.callers)
        )
    console.print(f"Took {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
