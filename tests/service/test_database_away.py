"""The real service while its MariaDB comes and goes."""

import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import grpc
import pymysql
import pytest
import pytest_asyncio
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from tools.private_mariadb import PrivateMariaDB
from tools.temporary_mariadb import temporary_mariadb

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.rpc.harness import DIAL, ENDED, described
from tests.service.process import ServiceProcess, service_process
from tests.support.database import DatabaseServer, connect_arguments
from tests.support.schema import MigratedDatabase, migrated_database

SERVE = (sys.executable, "-m", "dialplane_service.cli.main", "serve")
IN_FORCE_SECONDS = 2.0
AT_ONCE_SECONDS = 0.95
"""Below the second that a host gives an event."""


@pytest.fixture(scope="module")
def own_mariadb() -> Iterator[PrivateMariaDB]:
    """A server that only this file stops and starts."""
    with temporary_mariadb() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(own_mariadb: PrivateMariaDB) -> AsyncIterator[MigratedDatabase]:
    async with migrated_database(DatabaseServer(own_mariadb.url()), demo=True) as migrated:
        yield migrated


def started(folder: Path, database: MigratedDatabase) -> AbstractContextManager[ServiceProcess]:
    return service_process(folder, SERVE, DIALPLANE_DATABASE_URL=database.service_url)


def execute(database: MigratedDatabase, statement: str) -> None:
    arguments = connect_arguments(database.admin_url)
    with closing(pymysql.connect(**arguments, database=database.name, autocommit=True)) as admin:
        admin.cursor().execute(statement)


def dialled(stub: RoutingServiceStub) -> str:
    return stub.BuildDialString(DIAL, timeout=2).dial.dial_string


def await_dialled(stub: RoutingServiceStub, expected: str, since: float) -> None:
    while dialled(stub) != expected:
        assert time.monotonic() - since < IN_FORCE_SECONDS, dialled(stub)
        time.sleep(0.01)


def switch(database: MigratedDatabase, *, voxbeam: bool) -> float:
    execute(database, f"UPDATE providers SET carries_outgoing = {int(voxbeam)} WHERE id = 8")
    return time.monotonic()


def test_decisions_outlive_the_database_and_follow_it_when_it_is_back(
    tmp_path: Path, own_mariadb: PrivateMariaDB, database: MigratedDatabase
) -> None:
    voxbeam = "SIP/sbc.voxbeam.com/001110174957777777"
    voicebuy = "SIP/sip.voicebuy.com/999274957777777"  # the second cheapest
    with started(tmp_path, database) as service:
        service.await_serving()
        with grpc.insecure_channel(service.routing) as channel:
            stub = RoutingServiceStub(channel)
            await_dialled(stub, voxbeam, time.monotonic())
            first = stub.Hangup(ENDED, timeout=1)
            assert stub.Hangup(ENDED, timeout=1).recorded_at == first.recorded_at

            await_dialled(stub, voicebuy, switch(database, voxbeam=False))
            await_dialled(stub, voxbeam, switch(database, voxbeam=True))

            own_mariadb.stop()
            for _ in range(10):
                began = time.monotonic()
                with pytest.raises(grpc.RpcError) as refused:
                    stub.Hangup(ENDED, timeout=2)
                assert time.monotonic() - began < AT_ONCE_SECONDS
                found = described(refused.value)  # type: ignore[arg-type]
                assert found.info is not None
                assert found.info.reason == "ERROR_REASON_DATABASE_UNAVAILABLE"
                assert dialled(stub) == voxbeam
                time.sleep(0.1)

            own_mariadb.start()
            await_dialled(stub, voicebuy, switch(database, voxbeam=False))
            await_dialled(stub, voxbeam, switch(database, voxbeam=True))
            assert stub.Hangup(ENDED, timeout=1).already_recorded
    assert "Traceback" not in service.stderr.read_text()


def test_a_restart_without_database_decides_at_once_on_the_last_good_data(
    tmp_path: Path, own_mariadb: PrivateMariaDB, database: MigratedDatabase
) -> None:
    with started(tmp_path, database) as service:
        service.await_serving()
    own_mariadb.stop()
    try:
        with started(tmp_path, database) as service:
            service.await_serving()
            with grpc.insecure_channel(service.routing) as channel:
                assert dialled(RoutingServiceStub(channel))
                health = HealthStub(channel).Check(HealthCheckRequest())
                assert health.status == HealthCheckResponse.SERVING
    finally:
        own_mariadb.start()


def test_a_start_without_anything_serves_as_soon_as_it_can(
    tmp_path: Path, own_mariadb: PrivateMariaDB, database: MigratedDatabase
) -> None:
    own_mariadb.stop()
    try:
        with started(tmp_path, database) as service:
            service.await_serving()
            with grpc.insecure_channel(service.routing) as channel:
                health = HealthStub(channel)
                state = health.Check(HealthCheckRequest()).status
                assert state == HealthCheckResponse.NOT_SERVING
                own_mariadb.start()
                back = time.monotonic()
                while health.Check(HealthCheckRequest()).status != HealthCheckResponse.SERVING:
                    assert time.monotonic() - back < IN_FORCE_SECONDS
                    time.sleep(0.02)
    finally:
        own_mariadb.start()
