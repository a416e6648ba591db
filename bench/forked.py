"""Decisions of the article's way: a process each."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pymysql
from tests.support.schema import MigratedDatabase

from bench.load import children_cpu_seconds, cpu_seconds

_SCRIPT = Path(__file__).with_name("forked_script.py")


@dataclass(frozen=True)
class Forked:
    """One after the other."""

    decisions: int
    median_ms: float
    process_cpu_s: float
    mariadb_cpu_s: float

    @property
    def per_cpu_second(self) -> float:
        return self.decisions / (self.process_cpu_s + self.mariadb_cpu_s)


def forked(database: MigratedDatabase, numbers: list[str], mariadb_pid: int) -> Forked:
    """Decide about each number in a process of its own, with the driver and nothing else on its path."""
    url = database.service
    assert url.unix_socket is not None
    # No virtual environment: its start-up hooks would only cost.
    python = getattr(sys, "_base_executable", sys.executable)
    environment = {"PYTHONPATH": str(Path(pymysql.__file__).parents[1])}
    command = [python, "-s", str(_SCRIPT), url.unix_socket, url.user, url.password, url.database]
    taken, mariadb, own = [], cpu_seconds(mariadb_pid), children_cpu_seconds()
    for number in numbers:
        began = time.perf_counter()
        done = subprocess.run(
            [*command, number], env={**os.environ, **environment}, capture_output=True, text=True
        )
        taken.append(time.perf_counter() - began)
        assert done.returncode == 0, done.stderr
        assert "SIP/" in done.stdout, number
    return Forked(
        len(numbers),
        median(taken) * 1000,
        children_cpu_seconds() - own,
        cpu_seconds(mariadb_pid) - mariadb,
    )
