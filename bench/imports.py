"""`dialplane rates import` of a large list against bare `LOAD DATA LOCAL INFILE` of the same rows."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.support.running_service import RunningService
from tests.support.schema import MigratedDatabase

from bench.load import children_cpu_seconds, cpu_seconds
from bench.stock import connection, load_data, run, write_tsv
from bench.world import INCREMENTS, Line, Provider, amount

_DECK = 60_000
"""The id that the bare rows have; no deck has it."""
_CHECKS = ("rates_prefix_is_digits", "rates_increments_are_from_1", "rates_blocked_is_0_or_1")


@dataclass(frozen=True)
class Took:
    """Wall time, and what was used of processors by all that took part; in seconds."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Imports:
    """The same rows in the same order, which is none."""

    rows: int
    command: Took
    """The whole command: file read, rows checked and sent, deck READY and compared with the one before."""
    checked: Took
    """LOAD DATA into a table like `rates`: same keys, same checks."""
    unchecked: Took
    """LOAD DATA into a table with the same keys and no checks."""

    @property
    def ratio(self) -> float:
        return self.command.seconds / self.checked.seconds


def unsorted_list(rows: int, seed: int) -> Iterator[Line]:
    """A list in no order, prefixes of 5 to 9 digits."""
    rng = np.random.default_rng((seed, 8))
    drawn = np.unique(rng.integers(10**4, 10**9, rows + rows // 100 + 100))
    prefixes = rng.permutation(drawn)[:rows].tolist()
    assert len(prefixes) == rows, "too few prefixes were drawn"
    prices = rng.integers(1000, 1_000_000, rows).tolist()
    fees = rng.choice((0, 0, 0, 10_000), rows).tolist()
    increments = rng.integers(0, len(INCREMENTS), rows).tolist()
    for prefix, price, fee, increment in zip(prefixes, prices, fees, increments, strict=True):
        text = str(prefix)
        yield Line(text, f"Destination {text[:3]}", price, fee, *INCREMENTS[increment], 0)


def imports(
    service: RunningService,
    database: MigratedDatabase,
    provider: Provider,
    rows: int,
    seed: int,
    folder: Path,
    mariadb_pid: int,
) -> Imports:
    """Load the list in all three ways."""

    def took(work: Callable[[], None], *pids: int) -> Took:
        began, spent = time.monotonic(), _cpu(mariadb_pid, *pids)
        work()
        return Took(time.monotonic() - began, _cpu(mariadb_pid, *pids) - spent)

    listed, file = folder / "list.csv", write_tsv(folder, _DECK, unsorted_list(rows, seed))
    with listed.open("w") as written:
        written.write("Code,Destination,Rate/min,Connect fee,Interval\n")
        written.writelines(
            f"{line.prefix},{line.destination},{amount(line.price)},{amount(line.fee)}"
            f",{line.first_s}/{line.next_s}\n"
            for line in unsorted_list(rows, seed)
        )
    run(database, "CREATE TABLE bare_rates LIKE rates")
    checked = took(lambda: _load_data(database, file))
    run(database, "DROP TABLE bare_rates", "CREATE TABLE bare_rates LIKE rates")
    run(database, *(f"ALTER TABLE bare_rates DROP CONSTRAINT {name}" for name in _CHECKS))
    unchecked = took(lambda: _load_data(database, file))
    run(database, "DROP TABLE bare_rates")
    command = took(lambda: _command(service, provider, listed), service.process.pid)
    return Imports(rows, command, checked, unchecked)


def _cpu(*pids: int) -> float:
    return time.process_time() + children_cpu_seconds() + sum(map(cpu_seconds, pids))


def _load_data(database: MigratedDatabase, file: Path) -> None:
    with connection(database) as opened, opened.cursor() as cursor:
        load_data(cursor, "bare_rates", file)


def _command(service: RunningService, provider: Provider, file: Path) -> None:
    words = ["rates", "import", str(file), "--provider", provider.name]
    words += ["--currency", provider.currency, "--no-activate"]
    done = subprocess.run(
        [sys.executable, "-m", "dialplane_service.cli.main", *words],
        env={**os.environ, "DIALPLANE_ADMIN_TARGET": service.admin_target},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stderr}{service.log.read_text()[-4000:]}"
