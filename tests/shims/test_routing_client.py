"""The client: the stub's methods, shares of the deadline, and errors that say what happened."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import grpc
import grpc_testing
import pytest
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from dialplane.routing.v1 import routing_service_pb2
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane_shims import routing_client, step
from dialplane_shims.routing_client import RoutingClient, RpcFailedError
from tests.shims import bad_servers, replies
from tests.shims.harness import Serve

SERVICE = routing_service_pb2.DESCRIPTOR.services_by_name["RoutingService"]
METHODS = {method.name: method for method in SERVICE.methods}
REQUEST = ClassifyCallRequest(server="asterisk-macomnet")


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    testing = grpc_testing.channel(
        routing_service_pb2.DESCRIPTOR.services_by_name.values(),
        grpc_testing.strict_real_time(),
    )
    monkeypatch.setattr(routing_client, "connect", lambda _target: testing)
    yield testing
    testing.close()


def test_every_script_asks_a_method_of_the_contract() -> None:
    import importlib

    assert SERVICE.full_name == routing_client.SERVICE
    for script in (*step.DECISIONS, *step.EVENTS):
        handler = importlib.import_module(f"dialplane_shims.{script}")
        method = METHODS[handler.RPC]
        assert handler.REPLY.DESCRIPTOR is method.output_type


def test_a_question_and_its_answer(channel: Any) -> None:
    answers: list[Any] = []
    client = RoutingClient(["x"])
    thread = threading.Thread(
        target=lambda: answers.append(
            client.call("ClassifyCall", REQUEST, ClassifyCallResponse, 1.5)
        )
    )
    thread.start()
    _, request, rpc = channel.take_unary_unary(METHODS["ClassifyCall"])
    rpc.send_initial_metadata(())
    rpc.terminate(replies.targets(), (), grpc.StatusCode.OK, "")
    thread.join(5)
    assert request == REQUEST
    assert answers == [replies.targets()]


def ask(*targets: str, seconds: float = 1.0) -> ClassifyCallResponse:
    client = RoutingClient([f"ipv4:{target}" for target in targets])
    try:
        return client.call("ClassifyCall", REQUEST, ClassifyCallResponse, seconds)
    finally:
        client.close()


def test_an_error_with_its_reason_and_its_fields(serve: Serve) -> None:
    def refuse(_request: Any, context: Any) -> None:
        details = [any_pb2.Any(), any_pb2.Any()]
        details[0].Pack(
            error_details_pb2.ErrorInfo(reason="ERROR_REASON_INVALID_REQUEST", domain="dialplane")
        )
        violation = error_details_pb2.BadRequest.FieldViolation(field="server", description="empty")
        details[1].Pack(error_details_pb2.BadRequest(field_violations=[violation]))
        status = status_pb2.Status(code=3, message="no", details=details)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no")

    with pytest.raises(RpcFailedError) as caught:
        ask(serve(ClassifyCall=refuse).target)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert caught.value.reason == "ERROR_REASON_INVALID_REQUEST"
    assert "server: empty" in caught.value.detail


def test_broken_details_are_no_details(serve: Serve) -> None:
    def refuse(_request: Any, context: Any) -> None:
        context.set_trailing_metadata((("grpc-status-details-bin", b"\xff\xff"),))
        context.abort(grpc.StatusCode.INTERNAL, "no")

    with pytest.raises(RpcFailedError, match=r"INTERNAL: .*: no"):
        ask(serve(ClassifyCall=refuse).target)


def test_a_silent_replica_has_a_share_only(serve: Serve) -> None:
    with bad_servers.silent() as one, bad_servers.silent() as two:
        started = time.monotonic()
        assert ask(one, two, serve(ClassifyCall=replies.targets()).target) == replies.targets()
        assert 0.5 < time.monotonic() - started < 0.95


def test_all_silent(serve: Serve) -> None:
    with bad_servers.silent() as one, bad_servers.silent() as two:
        started = time.monotonic()
        with pytest.raises(RpcFailedError, match="DEADLINE_EXCEEDED"):
            ask(one, two, seconds=0.4)
        assert time.monotonic() - started < 0.6


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ],
)
def test_a_replica_that_takes_nothing_is_passed_over_and_the_answerer_first_next_time(
    code: grpc.StatusCode, serve: Serve
) -> None:
    def away(_request: Any, context: Any) -> None:
        context.abort(code, "shutting down, or full")

    one, two = serve(ClassifyCall=away), serve(ClassifyCall=replies.targets())
    client = RoutingClient([f"ipv4:{one.target}", f"ipv4:{two.target}"])
    for _ in range(3):
        client.call("ClassifyCall", REQUEST, ClassifyCallResponse, 1.0)
    client.close()
    assert (len(one.requests), len(two.requests)) == (1, 3)


def test_a_lone_service_that_restarts_is_asked_once_more(serve: Serve) -> None:
    answers = iter([True])

    def reply(_request: Any, context: Any) -> Any:
        if next(answers, False):
            context.abort(grpc.StatusCode.UNAVAILABLE, "starting")
        return replies.targets()

    assert ask(serve(ClassifyCall=reply).target) == replies.targets()


def test_no_replica_and_no_time() -> None:
    with pytest.raises(RpcFailedError, match="no replica is configured"):
        ask()
    with bad_servers.silent() as target, pytest.raises(RpcFailedError):
        ask(target, seconds=0.0)
