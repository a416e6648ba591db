"""`make bench`: measure, and print what was measured.

Only ratios of things measured in the same run are claims; everything else depends on the machine
and on what else it does. Rounds of the two sides of a ratio are taken in turns where both are short.
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
from tests.support.schema import migrated_database
from tools.temporary_mariadb import temporary_mariadb

from bench import tables
from bench.decisions import Plan
from bench.machine import describe, is_busy
from bench.run import Run
from bench.targets import show_targets
from bench.world import PROVIDERS, World

ROUNDS = 5
# (rounds + 1 to warm up) x (2 methods x 2 processes of decisions + 3 kinds of recording)
_STRETCHES = (ROUNDS + 1) * 7
_GIB = 1 << 30
_SETTINGS = {"innodb_buffer_pool_size": 2 * _GIB, "innodb_log_file_size": _GIB}
"""Room for all rates in memory: what is compared to SQL is not its disk."""


async def measure(console: Console, world: World, *, seconds: float, callers: int) -> None:
    """Run everything on a database of its own."""
    plan = Plan(callers, ROUNDS, max(0.1, seconds / _STRETCHES))
    with temporary_mariadb() as mariadb, tempfile.TemporaryDirectory() as files:
        server = DatabaseServer(mariadb.url())
        for name, value in _SETTINGS.items():
            server.execute(f"SET GLOBAL {name} = {value}")
        tables.show_machine(
            console,
            {
                **describe(server.url),
                "its memory": "buffer pool 2 GiB, redo log 1 GiB, otherwise as it comes",
                "service": "its log in memory; every other setting as it comes",
                "rates": f"{world.rates:,} of {PROVIDERS} providers, a list each",
                "seed": f"{world.seed}; DIALPLANE_SEED={world.seed} repeats rates and questions",
                "rounds": f"{ROUNDS} of {plan.seconds:.2f} s each, after one to warm up",
            },
        )
        async with migrated_database(server, demo=True) as database:
            assert mariadb.pid is not None
            run = Run(console, database, world, plan, Path(files), mariadb.pid)
            show_targets(console, await run.everything())


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--rates", type=int, default=5_000_000, help="in MariaDB, at least 50,000")
    parser.add_argument("--seconds", type=float, default=60, help="of load through gRPC, in all")
    parser.add_argument("--callers", type=int, default=16, help="concurrent decisions")
    arguments = parser.parse_args()
    if arguments.rates < 50_000:
        parser.error("--rates must be at least 50000")
    console = Console(width=None if os.isatty(1) else 110)
    if is_busy():
        console.print(
            "The machine is busy with other work: quote nothing of this run but CPU times."
        )
    world = World(arguments.rates, int(os.environ.get("DIALPLANE_SEED", "20260101")))
    began = time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(console, world, seconds=arguments.seconds, callers=arguments.callers))
    console.print(f"Took {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
