"""Each error: its status, its one ErrorInfo, and nothing that is only for the log."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import grpc
import pytest
from structlog.testing import capture_logs

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest, ListCallsRequest
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.routing.v1.error_reason_pb2 import ErrorReason
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.application import errors as application_errors
from dialplane_service.application.errors import DialplaneError
from dialplane_service.rpc.errors import RULES
from tests.rpc.harness import (
    CREATED,
    DIAL,
    ENDED,
    FROM_USER,
    ROUTING,
    Failure,
    Harness,
    changed,
    failure,
    running,
)


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


@pytest.fixture
def stub(service: Harness) -> RoutingServiceStub:
    return RoutingServiceStub(service.routing)


def assert_error(
    found: Failure, code: grpc.StatusCode, reason: str, metadata: Mapping[str, str] | None = None
) -> None:
    assert found.code is code
    assert found.info is not None
    assert found.info.domain == "dialplane"
    assert found.info.reason == f"ERROR_REASON_{reason}"
    assert ErrorReason.Value(found.info.reason)
    assert dict(found.info.metadata) == (metadata or {})


def test_every_error_of_the_use_cases_has_a_rule() -> None:
    known = {
        kind
        for kind in vars(application_errors).values()
        if isinstance(kind, type)
        and issubclass(kind, DialplaneError)
        and kind is not DialplaneError
    }
    assert known <= RULES.keys()


async def test_invalid_request(stub: RoutingServiceStub) -> None:
    found = await failure(stub.BuildDialString(changed(DIAL, attempt=12, call_id="")))
    assert_error(found, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert found.violations == {
        "call_id": "must be 1 to 32 characters of [A-Za-z0-9._-]",
        "attempt": "must be 1 to 11",
        "tried_route_ids": "must be exactly attempt - 1 ids",
        "last_outcome": "is required from attempt 2 on",
    }
    assert found.message == "call_id must be 1 to 32 characters of [A-Za-z0-9._-] (and 3 more)"


async def test_unknown_server(stub: RoutingServiceStub) -> None:
    for call in (
        stub.ClassifyCall(changed(FROM_USER, server="nowhere")),
        stub.BuildDialString(changed(DIAL, server="nowhere")),
        stub.RecordChannel(changed(CREATED, server="nowhere")),
        stub.Hangup(changed(ENDED, server="nowhere")),
    ):
        found = await failure(call)
        assert_error(found, grpc.StatusCode.NOT_FOUND, "UNKNOWN_SERVER", {"server": "nowhere"})


async def test_the_articles_undefined_server_is_unknown(stub: RoutingServiceStub) -> None:
    found = await failure(stub.Hangup(changed(ENDED, server="undefined")))
    assert_error(found, grpc.StatusCode.NOT_FOUND, "UNKNOWN_SERVER", {"server": "undefined"})


async def test_unknown_account(stub: RoutingServiceStub) -> None:
    found = await failure(stub.BuildDialString(changed(DIAL, account="Zoë & Co")))
    assert_error(found, grpc.StatusCode.NOT_FOUND, "UNKNOWN_ACCOUNT", {"account": "Zoë & Co"})


async def test_unknown_call(service: Harness) -> None:
    found = await failure(CallsServiceStub(service.admin).GetCall(GetCallRequest(call_id="c9")))
    assert_error(found, grpc.StatusCode.NOT_FOUND, "UNKNOWN_CALL", {"call_id": "c9"})


async def test_database_unavailable(service: Harness, stub: RoutingServiceStub) -> None:
    service.recorder.away = service.calls.away = True
    for call in (
        stub.RecordChannel(CREATED),
        stub.Hangup(ENDED),
        CallsServiceStub(service.admin).ListCalls(ListCallsRequest()),
    ):
        found = await failure(call)
        assert_error(found, grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE")
        assert "secret" not in found.message
    service.recorder.away = service.calls.away = False


async def test_no_decision_data(tmp_path: Path) -> None:
    async with running(tmp_path, away=True) as service:
        stub = RoutingServiceStub(service.routing)
        for call in (stub.ClassifyCall(FROM_USER), stub.BuildDialString(DIAL), stub.Hangup(ENDED)):
            found = await failure(call)
            assert_error(found, grpc.StatusCode.UNAVAILABLE, "NO_DECISION_DATA")


async def test_internal_hides_everything_but_the_incident(
    service: Harness, stub: RoutingServiceStub
) -> None:
    service.recorder.fault = RuntimeError("secret details")
    with capture_logs() as logs:
        found = await failure(stub.Hangup(ENDED))
    service.recorder.fault = None
    assert found.info is not None
    incident = found.info.metadata["incident"]
    assert_error(found, grpc.StatusCode.INTERNAL, "INTERNAL", {"incident": incident})
    assert "secret" not in found.message
    assert incident in found.message
    (fault,) = [line for line in logs if line["event"] == "fault"]
    assert fault["incident"] == incident
    assert fault["exc_info"]


async def test_a_timeout_that_is_not_the_deadline_is_a_fault(
    service: Harness, stub: RoutingServiceStub
) -> None:
    service.recorder.fault = TimeoutError()
    found = await failure(stub.Hangup(ENDED, timeout=5))
    service.recorder.fault = None
    assert found.code is grpc.StatusCode.INTERNAL


async def test_bytes_that_are_no_message_are_the_callers_fault(service: Harness) -> None:
    for content in (b"\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"):
        raw = service.routing.unary_unary(f"{ROUTING}ClassifyCall")
        found = await failure(raw(content))
        assert_error(found, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")


async def test_unknown_method(service: Harness) -> None:
    found = await failure(service.routing.unary_unary(f"{ROUTING}Nothing")(b""))
    assert found.code is grpc.StatusCode.UNIMPLEMENTED


async def test_too_large_a_message_is_refused(stub: RoutingServiceStub) -> None:
    found = await failure(stub.ClassifyCall(changed(FROM_USER, dialled="9" * 300_000)))
    assert found.code is grpc.StatusCode.RESOURCE_EXHAUSTED
