"""A service on the demo database, one per test file, and a way to change rows by SQL."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import build_dial_string_pb2, classify_call_pb2, number_pb2
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.shims.conftest import run_process
from tests.support.database import DatabaseServer
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase, migrated_database

__all__ = ["run_process"]

IN_FORCE_SECONDS = 2.0
"""The promise: a change by SQL is decided upon within two seconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """A fresh database with the demo rows."""
    async with migrated_database(mariadb_server, demo=True) as database:
        yield database


@pytest.fixture(scope="module")
def service(demo_database: MigratedDatabase) -> Iterator[RunningService]:
    """The service on the demo database."""
    with running_service(demo_database.service_url, DIALPLANE_POLL_INTERVAL_S="0.05") as running:
        yield running


@pytest.fixture(scope="module")
def stub(service: RunningService) -> Iterator[RoutingServiceStub]:
    """A client of the service."""
    with service.stub() as client:
        yield client


Execute = Callable[..., None]


@dataclass
class Rows:
    """The rows of the demo database. Changes are undone at the end of the test, and waited for."""

    connection: Any
    stub: RoutingServiceStub
    undo: list[tuple[str, tuple[Any, ...]]]

    def update(self, table: str, row_id: int, **columns: Any) -> None:
        """Change columns of one row by SQL, and wait until the service decides on it."""
        names = ", ".join(f"`{name}`" for name in columns)
        sets = ", ".join(f"`{name}` = %s" for name in columns)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM `{table}` WHERE id = %s", (row_id,))
            before = cursor.fetchone()
            assert before is not None, f"{table}#{row_id} is not in the demo data"
        statement = f"UPDATE `{table}` SET {sets} WHERE id = %s"
        self.undo.append((statement, (*before, row_id)))
        self.execute(statement, (*columns.values(), row_id))

    def insert(self, table: str, undo: str, **columns: Any) -> None:
        """Add a row by SQL; `undo` is the condition that finds it again."""
        names = ", ".join(f"`{name}`" for name in columns)
        places = ", ".join(["%s"] * len(columns))
        self.undo.append((f"DELETE FROM `{table}` WHERE {undo}", ()))
        self.execute(f"INSERT INTO `{table}` ({names}) VALUES ({places})", tuple(columns.values()))

    def execute(self, statement: str, arguments: tuple[Any, ...] = ()) -> None:
        """Run a statement, and wait until the service decides on what it changed."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, arguments)
        self.wait()

    def wait(self) -> None:
        """Wait until the service's data version is the database's."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT version FROM data_version")
            (version,) = cursor.fetchone()
        deadline = time.monotonic() + IN_FORCE_SECONDS
        while self.version() != version:
            assert time.monotonic() < deadline, "a change by SQL is in force within two seconds"
            time.sleep(0.02)

    def version(self) -> int:
        """The data version that the service decides with."""
        number = number_pb2.Number(e164="74957777777")
        now = Timestamp()
        now.GetCurrentTime()
        request = build_dial_string_pb2.BuildDialStringRequest(
            call_id="version", decided_at=now, called=number, attempt=1, simulate=True
        )
        return int(self.stub.BuildDialString(request, timeout=5).data_version)


@pytest.fixture
def rows(demo_database: MigratedDatabase, stub: RoutingServiceStub) -> Iterator[Rows]:
    """The rows of the demo database, as they were again after the test."""
    import pymysql

    from tests.support.database import connect_arguments

    arguments = connect_arguments(demo_database.admin_url)
    connection = pymysql.connect(**arguments, database=demo_database.name, autocommit=True)
    changed = Rows(connection, stub, [])
    try:
        yield changed
    finally:
        for statement, values in reversed(changed.undo):
            changed.execute(statement, values)
        connection.close()


Classify = Callable[..., classify_call_pb2.ClassifyCallResponse]


@pytest.fixture
def classify(stub: RoutingServiceStub) -> Classify:
    """Ask ClassifyCall: `classify("74951815000", provider=..., server=..., caller=...)`."""

    def ask(dialled: str, **fields: Any) -> classify_call_pb2.ClassifyCallResponse:
        caller = fields.pop("caller", "")
        fields.setdefault("server", "asterisk-macomnet")
        request = classify_call_pb2.ClassifyCallRequest(dialled=dialled, explain=True, **fields)
        request.channel.unique_id = f"test-{time.time_ns()}"
        request.caller.number = caller
        return stub.ClassifyCall(request, timeout=5)

    return ask
