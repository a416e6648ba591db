"""A service process per session, and the command run in this one."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dialplane_service.cli.main import main
from tests.service.process import ServiceProcess, service_process

FAKE = (sys.executable, "-m", "tests.cli.fake_service")


@dataclass(frozen=True)
class Result:
    """What a run of the command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """Standard error as the JSON of an error."""
        return json.loads(self.err)["error"]


Run = Callable[..., Result]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The service over the article's rows and some calls."""
    variables = {"DIALPLANE_QUALITY_INTERVAL_S": "0"}  # the figures are the tests' own
    folder = tmp_path_factory.mktemp("service")
    with service_process(folder, FAKE, **variables) as process:
        process.await_serving()
        yield process


@pytest.fixture(scope="session")
def service_without_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The service with its database away from the start."""
    folder = tmp_path_factory.mktemp("away")
    with service_process(folder, FAKE, FAKE_AWAY="1") as process:
        process.await_serving()
        yield process


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command at no particular service."""
    monkeypatch.delenv("DIALPLANE_TARGETS", raising=False)
    monkeypatch.delenv("DIALPLANE_ADMIN_TARGET", raising=False)

    def command(*arguments: str) -> Result:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(int(code), captured.out, captured.err)

    return command


@pytest.fixture
def ask(run: Run, service: ServiceProcess, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command at the service."""
    monkeypatch.setenv("DIALPLANE_TARGETS", service.routing)
    monkeypatch.setenv("DIALPLANE_ADMIN_TARGET", service.admin)
    return run
