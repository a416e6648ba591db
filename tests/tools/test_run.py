"""`make run` around a stand-in for the service: the order of things, and how they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tools.listening import ADMIN_SETTING, SETTING
from tools.mariadb_program import REPOSITORY

from tests.tools.test_listening import free_address

# What the run would start, and a database whose coming and going is seen.
DRIVER = """\
import sys, time
from contextlib import contextmanager
from tools import run

@contextmanager
def fake_shared(server):
    print("database up", flush=True)
    yield server
    print("database down", flush=True)

run.shared = fake_shared
run._command = lambda *words: [sys.executable, "-c", sys.argv[1], *words]
run._await_ready = lambda service, calls: time.sleep(0.5)
sys.exit(run.main([]))
"""
SERVICE = """\
import os, signal, sys, time
words = sys.argv[1:]
print("service", *words, "privileged" * ("DIALPLANE_ADMIN_DATABASE_URL" in os.environ), flush=True)
if words == ["serve"]:
    def stop(*_):
        print("drained", flush=True)
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
    print("serving", flush=True)
    while True:
        time.sleep(0.05)
"""


def start(service: str) -> "subprocess.Popen[str]":
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("DIALPLANE_")},
        SETTING: str(free_address()),
        ADMIN_SETTING: str(free_address()),
    }
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, service],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def serving() -> Iterator["subprocess.Popen[str]"]:
    with start(SERVICE) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if "Dialplane is ready" in line:
                break
        yield run
        run.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_drains_before_the_database_goes(
    serving: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    # As a terminal does it: the whole group gets the signal, twice.
    os.killpg(serving.pid, number)
    os.killpg(serving.pid, number)
    said, _ = serving.communicate(timeout=20)
    assert serving.returncode == 0
    assert "interrupted" not in said
    assert said.index("drained") < said.index("database down")


def test_steps_run_in_order_and_only_they_are_privileged() -> None:
    with start(SERVICE.replace("while True", "while False")) as run:
        said, _ = run.communicate(timeout=20)
    steps = [line for line in said.splitlines() if line.startswith(("service ", "database "))]
    assert [step.strip() for step in steps] == [
        "database up",
        "service db migrate privileged",
        "service db demo privileged",
        "service serve",
    ]


def test_a_service_that_ends_by_itself_is_a_failure() -> None:
    with start("import sys; sys.exit(3 if sys.argv[1] == 'serve' else 0)") as run:
        said, _ = run.communicate(timeout=20)
    assert run.returncode == 1
    assert "exit code 3" in said


def test_a_failing_migration_is_a_failure() -> None:
    with start("import sys; sys.exit(4)") as run:
        said, _ = run.communicate(timeout=20)
    assert run.returncode == 1
    assert "`dialplane db migrate` failed with exit code 4" in said
    assert "serve" not in said


def test_a_killed_run_takes_its_service_along(serving: "subprocess.Popen[str]") -> None:
    serving.kill()
    said, _ = serving.communicate(timeout=20)
    assert "drained" in said
