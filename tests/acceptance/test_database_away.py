"""MariaDB stopped or silent: decisions go on, events are refused at once, and it heals by itself.

Decisions go on for as long as the service lives, not just for the seconds of these tests: the data
in force carry no age that a decision looks at, and only newer data ever replace them.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from tools.temporary_mariadb import temporary_mariadb

from dialplane.admin.v1 import calls_service_pb2, diagnosis_service_pb2
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.admin.v1.diagnosis_service_pb2_grpc import DiagnosisServiceStub
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.acceptance.conftest import IN_FORCE_SECONDS
from tests.support.call_events import event, events, recorded
from tests.support.decisions import decides, health, incoming
from tests.support.own_mariadb import OwnMariaDB, own_mariadb
from tests.support.rpc_errors import reason_of, refused
from tests.support.running_service import RunningService, running_service, until

AT_ONCE_SECONDS = 0.5
"""What is known to be away is not waited for."""
EVENT_SECONDS = 1.0
"""The deadline of an event, after which its host keeps it."""
BACK_SECONDS = 2.0
"""How soon events are taken again once MariaDB answers."""
AWAY = ("UNAVAILABLE", "DATABASE_UNAVAILABLE")
_numbers = count()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with temporary_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own


@pytest.fixture
def service(mariadb: OwnMariaDB) -> Iterator[RunningService]:
    """With its default settings."""
    with running_service(mariadb.database.service_url) as running:
        yield running


@pytest.fixture
def stub(service: RunningService) -> Iterator[RoutingServiceStub]:
    with service.stub() as client:
        yield client


def new_call() -> str:
    return f"away-{next(_numbers)}"


def refused_event(stub: RoutingServiceStub, kind: str) -> tuple[tuple[str, str], float]:
    """Report an event with its usual deadline; returns what the refusal says and how long it took."""
    began = time.monotonic()
    with refused() as found:
        event(new_call(), "CALLED", kind).send(stub, timeout=EVENT_SECONDS)
    return (found.code, found.reason), time.monotonic() - began


def assert_takes_events_again(mariadb: OwnMariaDB, stub: RoutingServiceStub) -> None:
    """Within two seconds of MariaDB's return, without anybody's help, and they are in MariaDB."""
    call_id = new_call()
    until(lambda: _taken(stub, call_id), BACK_SECONDS)
    for each in events(call_id):
        each.send(stub, timeout=EVENT_SECONDS)
    with mariadb.connection() as connection:
        records = recorded(connection, [call_id])
    records.assert_whole()
    assert len(records.events) == 6


def _taken(stub: RoutingServiceStub, call_id: str) -> bool:
    try:
        event(call_id, "CALLED", "CREATED").send(stub, timeout=EVENT_SECONDS)
    except grpc.RpcError:
        return False
    return True


def assert_change_is_in_force(mariadb: OwnMariaDB, stub: RoutingServiceStub) -> None:
    """A number is switched off by SQL, and the next call to it is refused within two seconds."""
    try:
        mariadb.execute("UPDATE numbers_pool SET enabled = 0 WHERE number = '74951815001'")
        until(lambda: _is_refused(stub), IN_FORCE_SECONDS)
    finally:
        mariadb.execute("UPDATE numbers_pool SET enabled = 1 WHERE number = '74951815001'")
    until(lambda: not _is_refused(stub), IN_FORCE_SECONDS)


def _is_refused(stub: RoutingServiceStub) -> bool:
    return bool(stub.ClassifyCall(incoming("74951815001"), timeout=2).HasField("refusal"))


def test_stopped(mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub) -> None:
    version = decides(stub)
    event(new_call(), "CALLED", "CREATED").send(stub)
    with mariadb.away():
        end = time.monotonic() + 4
        while time.monotonic() < end:
            for kind in ("CREATED", "HANGUP"):
                said, took = refused_event(stub, kind)
                assert said == AWAY
                assert took < AT_ONCE_SECONDS
            assert decides(stub) == version
            time.sleep(0.1)
        assert health(service.target) == "SERVING"
        assert_people_are_told(service)
    assert_takes_events_again(mariadb, stub)
    assert_change_is_in_force(mariadb, stub)


def assert_people_are_told(service: RunningService) -> None:
    """Calls cannot be shown, and the diagnosis says why instead of failing as well."""
    with grpc.insecure_channel(service.admin_target) as channel:
        with refused() as found:
            CallsServiceStub(channel).ListCalls(calls_service_pb2.ListCallsRequest(), timeout=5)
        assert (found.code, found.reason) == AWAY
        diagnosis = DiagnosisServiceStub(channel).Diagnose(
            diagnosis_service_pb2.DiagnoseRequest(), timeout=5
        )
    assert "database" in {finding.subject for finding in diagnosis.findings}, diagnosis


def test_silent(mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub) -> None:
    """Worse than stopped: connections are there, and nobody answers on them."""
    version = decides(stub)
    event(new_call(), "CALLED", "CREATED").send(stub)
    calls = [new_call() for _ in range(12)]
    with mariadb.frozen():

        def report(call_id: str) -> tuple[tuple[str, str], float]:
            began = time.monotonic()
            with refused() as found:
                event(call_id, "CALLED", "CREATED").send(stub, timeout=EVENT_SECONDS)
            return (found.code, found.reason), time.monotonic() - began

        with ThreadPoolExecutor(len(calls)) as threads:
            answers = list(threads.map(report, calls))
        assert {said for said, _ in answers} == {AWAY}
        assert max(took for _, took in answers) < EVENT_SECONDS
        end = time.monotonic() + 2
        while time.monotonic() < end:
            said, took = refused_event(stub, "HANGUP")
            assert said == AWAY
            assert took < AT_ONCE_SECONDS
            assert decides(stub) == version
            time.sleep(0.1)
        assert health(service.target) == "SERVING"
    assert_takes_events_again(mariadb, stub)
    assert_change_is_in_force(mariadb, stub)
    with mariadb.connection() as connection:
        recorded(connection, calls).assert_whole()


def test_stopped_again_and_again(mariadb: OwnMariaDB, stub: RoutingServiceStub) -> None:
    for _ in range(3):
        with mariadb.away():
            assert refused_event(stub, "CREATED")[0] == AWAY
        assert_takes_events_again(mariadb, stub)


def log_lines(service: RunningService, name: str) -> list[dict[str, object]]:
    lines = map(json.loads, service.log.read_text().splitlines())
    return [line for line in lines if line["event"] == name]


def test_a_restart_decides_from_the_last_good_file(
    mariadb: OwnMariaDB, service: RunningService, stub: RoutingServiceStub
) -> None:
    version = decides(stub)
    until(lambda: data_file(service).exists())
    service.kill()
    with mariadb.away():
        service.start()
        # At once: a question that comes as soon as it listens is answered.
        with service.stub() as fresh:
            assert decides(fresh) == version
            assert refused_event(fresh, "CREATED")[0] == AWAY
        assert health(service.target) == "SERVING"
        assert log_lines(service, "decision_data_in_force")[-1]["source"] == "last good file"
    with service.stub() as fresh:
        assert_takes_events_again(mariadb, fresh)
        assert_change_is_in_force(mariadb, fresh)


def data_file(service: RunningService) -> Path:
    return service.folder / "decision-data"


def assert_knows_nothing(service: RunningService) -> None:
    with service.stub() as fresh:
        with refused() as found:
            decides(fresh)
        assert (found.code, found.reason) == ("UNAVAILABLE", "NO_DECISION_DATA")
        with pytest.raises(grpc.RpcError) as error:
            event(new_call(), "CALLED", "CREATED").send(fresh, timeout=EVENT_SECONDS)
        assert error.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(error.value) in ("NO_DECISION_DATA", "DATABASE_UNAVAILABLE")
    assert health(service.target) == "NOT_SERVING"


def assert_knows_again(mariadb: OwnMariaDB, service: RunningService) -> None:
    mariadb.start()
    until(lambda: health(service.target) == "SERVING", BACK_SECONDS)
    with service.stub() as fresh:
        decides(fresh)
        assert_takes_events_again(mariadb, fresh)


def test_a_restart_without_a_file_says_so(mariadb: OwnMariaDB, service: RunningService) -> None:
    service.kill()
    data_file(service).unlink(missing_ok=True)
    with mariadb.away():
        service.start()
        assert_knows_nothing(service)
        assert_knows_again(mariadb, service)
    until(lambda: data_file(service).exists())


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def one_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def nothing(_content: bytes) -> bytes:
    return b""


def another_release(content: bytes) -> bytes:
    return content[:8] + b"\xff\xff" + content[10:]


def somebody_elses(_content: bytes) -> bytes:
    return b"the annual accounts of 2025, the only copy" * 10


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (cut_short, "bytes of data instead of"),
        (one_bit, "checksum is wrong"),
        (nothing, "cut short"),
        (another_release, "format is 65535"),
        (somebody_elses, "not a file of decision data"),
    ],
)
def test_a_damaged_file_is_refused_and_told(
    mariadb: OwnMariaDB, service: RunningService, damage: object, why: str
) -> None:
    assert callable(damage)
    until(lambda: data_file(service).exists())
    service.kill()
    damaged = damage(data_file(service).read_bytes())
    data_file(service).write_bytes(damaged)
    with mariadb.away():
        service.start()
        (line,) = log_lines(service, "last_good_file_refused")
        assert line["file"] == str(data_file(service))
        assert why in str(line["why"])
        assert_knows_nothing(service)
        assert_knows_again(mariadb, service)
    if damage is somebody_elses:
        until(lambda: log_lines(service, "last_good_file_not_saved"))
        assert data_file(service).read_bytes() == damaged
    else:
        until(lambda: data_file(service).read_bytes() != damaged)
