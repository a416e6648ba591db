"""The real service on the demo rows, and the command run in this process."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from dialplane_service.cli.main import main
from tests.support.database import DatabaseServer
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase, migrated_database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """A fresh database with the demo rows."""
    async with migrated_database(mariadb_server, demo=True) as database:
        yield database


@pytest.fixture(scope="module")
def service(demo_database: MigratedDatabase) -> Iterator[RunningService]:
    """The service on the demo database."""
    with running_service(demo_database.service_url) as running:
        yield running


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


Run = Callable[..., Result]


@pytest.fixture
def run(
    service: RunningService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs `dialplane export` at the service."""
    monkeypatch.setenv("DIALPLANE_ADMIN_TARGET", service.admin_target)
    monkeypatch.setenv("DIALPLANE_TARGETS", service.target)

    def command(*words: str) -> Result:
        capsys.readouterr()
        code = main(words)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(int(code), captured.out, captured.err)

    return command
