"""`dialplane rates import` of a large list against bare `LOAD DATA LOCAL INFILE` of the same rows."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.support.running_service import RunningService
from tests.support.schema import MigratedDatabase

from bench.stock import connection, load_data, write_tsv
from bench.world import INCREMENTS, Line, Provider, amount

_DECK = 60_000
"""The id that the bare rows have; no deck has it."""
_CHECKS = ("rates_prefix_is_digits", "rates_increments_are_from_1", "rates_blocked_is_0_or_1")


@dataclass(frozen=True)
class Imports:
    """Seconds of wall time; the same rows in the same order, which is none."""

    rows: int
    command_s: float
    """The whole command: file read, rows checked and sent, deck READY and compared with the one before."""
    checked_s: float
    """LOAD DATA into a table like `rates`: same keys, same checks."""
    unchecked_s: float
    """LOAD DATA into a table with the same keys and no checks."""


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
) -> Imports:
    """Load the list in all three ways."""
    listed, file = folder / "list.csv", write_tsv(folder, _DECK, unsorted_list(rows, seed))
    with listed.open("w") as written:
        written.write("Code,Destination,Rate/min,Connect fee,Interval\n")
        written.writelines(
            f"{line.prefix},{line.destination},{amount(line.price)},{amount(line.fee)}"
            f",{line.first_s}/{line.next_s}\n"
            for line in unsorted_list(rows, seed)
        )
    checked = _load_data(database, file)
    unchecked = _load_data(database, file, *(f"DROP CONSTRAINT {name}" for name in _CHECKS))
    command = _command(service, provider, listed)
    return Imports(rows, command, checked, unchecked)


def _load_data(database: MigratedDatabase, file: Path, *changes: str) -> float:
    with connection(database) as opened, opened.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_rates LIKE rates")
        for change in changes:
            cursor.execute(f"ALTER TABLE bare_rates {change}")
        began = time.monotonic()
        load_data(cursor, "bare_rates", file)
        taken = time.monotonic() - began
        cursor.execute("DROP TABLE bare_rates")
    return taken


def _command(service: RunningService, provider: Provider, file: Path) -> float:
    words = ["rates", "import", str(file), "--provider", provider.name]
    words += ["--currency", provider.currency, "--no-activate"]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "dialplane_service.cli.main", *words],
        env={**os.environ, "DIALPLANE_ADMIN_TARGET": service.admin_target},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began
