"""kill -9 of the service or of the command in the middle of an import."""

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.support.database import connect_arguments
from tests.support.running_service import RunningService
from tests.support.schema import MigratedDatabase

ROWS = 60_000


def states(database: MigratedDatabase) -> dict[str, tuple[int, int]]:
    """Decks of Voxbeam's tier CLI: how many, and rates said to be there but missing, by state."""
    statement = (
        "SELECT state, COUNT(*), SUM(row_count - (SELECT COUNT(*) FROM rates WHERE deck_id = rate_decks.id))"
        " FROM rate_decks WHERE provider_id = 8 AND tier = 'CLI' GROUP BY state"
    )
    arguments = connect_arguments(database.admin_url)
    with (
        closing(pymysql.connect(**arguments, database=database.name)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return {state: (count, int(missing)) for state, count, missing in cursor.fetchall()}


def importing(service: RunningService, file: Path) -> "subprocess.Popen[Any]":
    words = ("rates", "import", str(file), "--provider", "Voxbeam", "--tier", "CLI")
    place = ("--currency", "USD", "--admin-target", service.admin_target)
    return subprocess.Popen(
        [sys.executable, "-m", "dialplane_service.cli.main", *words, *place],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def await_loading(database: MigratedDatabase, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while "LOADING" not in states(database):
        assert time.monotonic() < deadline, "no import began"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def price_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("list") / "list.csv"
    rows = (f"{prefix},0.{prefix % 997:04d}1" for prefix in range(100_000, 100_000 + ROWS))
    file.write_text("code,price\n" + "\n".join(rows))
    return file


def test_the_command_is_killed(
    demo_database: MigratedDatabase, service: RunningService, price_list: Path
) -> None:
    command = importing(service, price_list)
    await_loading(demo_database)
    command.send_signal(signal.SIGKILL)
    command.wait()
    deadline = time.monotonic() + 20
    while "LOADING" in states(demo_database):
        assert time.monotonic() < deadline, "the service forgets what nobody waits for"
        time.sleep(0.02)
    assert states(demo_database) == {"ACTIVE": (1, 0)}


def test_the_service_is_killed(
    demo_database: MigratedDatabase, service: RunningService, price_list: Path, seed: int
) -> None:
    command = importing(service, price_list)
    await_loading(demo_database)
    time.sleep(random.Random(seed).random() / 3)
    service.kill()
    assert command.wait(30) == 3, "it says that the service is gone"
    time.sleep(0.2)  # what MariaDB had in hand it finishes
    left = states(demo_database)
    assert left.pop("LOADING", (1, 0)) == (1, 0)
    assert left == {"ACTIVE": (1, 0)}
    service.start()
    assert importing(service, price_list).wait(60) == 0
    after = states(demo_database)
    assert after.pop("LOADING", (1, 0)) == (1, 0)
    assert after == {"ACTIVE": (2, 0)}
