"""Places that do not answer, or not as a service should."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import grpc
import pytest

from dialplane_service.cli.exit_codes import ExitCode
from tests.cli.conftest import Run
from tests.service.process import ServiceProcess

QUICK_S = 3.0
QUESTION = ("route", "74957777777", "--json")


@pytest.fixture
def silent() -> Iterator[str]:
    """A port where somebody listens and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def rude() -> Iterator[str]:
    """A port where somebody speaks, but no gRPC."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(1)


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1", "[::1]:1", "localhost:1", "unix:/nonexistent/socket"]
)
def test_nobody_listens(run: Run, place: str) -> None:
    began = time.monotonic()
    result = run(*QUESTION, "--target", place)
    assert time.monotonic() - began < QUICK_S
    assert result.code == 3
    assert result.error["reason"] == "SERVICE_UNREACHABLE"
    assert "DIALPLANE_TARGETS" in result.error["remedy"]
    assert "dialplane serve" in result.error["remedy"]


def test_somebody_says_nothing(run: Run, silent: str) -> None:
    began = time.monotonic()
    result = run(*QUESTION, "--target", silent)
    assert time.monotonic() - began < QUICK_S
    assert result.code == 3
    assert "did not answer in time" in result.error["message"]


def test_somebody_speaks_something_else(run: Run, rude: str) -> None:
    began = time.monotonic()
    result = run(*QUESTION, "--target", rude)
    assert time.monotonic() - began < QUICK_S
    assert result.code == 3


def test_the_first_that_answers(run: Run, service: ServiceProcess, silent: str) -> None:
    targets = f"127.0.0.1:1, {silent},{service.routing}"
    result = run(*QUESTION, "--target", targets, "--timeout", "3")
    assert result.code == 0
    assert result.document["routes"]


def test_all_that_were_asked_are_named(run: Run) -> None:
    message = run(*QUESTION, "--target", "127.0.0.1:1,127.0.0.1:2").error["message"]
    assert "127.0.0.1:1 (nothing listens there), 127.0.0.1:2 (nothing listens there)" in message


def test_the_wrong_listener(run: Run, service: ServiceProcess) -> None:
    result = run(*QUESTION, "--target", service.admin)
    assert result.code == 3
    assert "--admin-target" in result.error["remedy"]


def test_the_database_is_away(run: Run, service_without_data: ServiceProcess) -> None:
    result = run(*QUESTION, "--target", service_without_data.routing)
    assert result.code == 3
    assert result.error["reason"] == "NO_DECISION_DATA"
    listed = run("calls", "list", "--admin-target", service_without_data.admin, "--json")
    assert listed.code == 3
    assert listed.error["reason"] == "DATABASE_UNAVAILABLE"
    assert "secret" not in listed.err


@pytest.mark.parametrize(
    "place",
    [
        "",
        ",",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:99999",
        "10.0.0.1:50051",
        "example.com:1",
        "a b:1",
    ],
)
def test_places_that_cannot_be_asked(run: Run, place: str) -> None:
    result = run(*QUESTION, "--target", place)
    assert result.code == 2
    assert "--target" in result.error["message"]


def test_unknown_names(run: Run, service: ServiceProcess) -> None:
    for option, reason in (("--server", "UNKNOWN_SERVER"), ("--account", "UNKNOWN_ACCOUNT")):
        result = run(*QUESTION, "--target", service.routing, option, "nobody")
        assert result.code == 5
        assert result.error["reason"] == reason
        assert result.error["metadata"] == {option[2:]: "nobody"}


EXIT_CODES = {
    grpc.StatusCode.UNAUTHENTICATED: ExitCode.NOT_PERMITTED,
    grpc.StatusCode.PERMISSION_DENIED: ExitCode.NOT_PERMITTED,
    grpc.StatusCode.UNKNOWN: ExitCode.INTERNAL,
    grpc.StatusCode.INTERNAL: ExitCode.INTERNAL,
    grpc.StatusCode.DATA_LOSS: ExitCode.INTERNAL,
    grpc.StatusCode.UNAVAILABLE: ExitCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.ABORTED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.FAILED_PRECONDITION: ExitCode.REJECTED,
    grpc.StatusCode.INVALID_ARGUMENT: ExitCode.REJECTED,
    grpc.StatusCode.NOT_FOUND: ExitCode.NOT_FOUND,
}


class Refusing(grpc.GenericRpcHandler):
    """Ends every RPC with one status, and damaged details."""

    def __init__(self, code: grpc.StatusCode) -> None:
        self.code = code

    def service(self, _: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:  # type: ignore[type-arg]
        def refuse(_: bytes, context: grpc.ServicerContext) -> bytes:
            context.set_trailing_metadata((("grpc-status-details-bin", b"\xff\xff"),))
            context.abort(self.code, "\x1b[31mgo away")
            return b""

        return grpc.unary_unary_rpc_method_handler(refuse)


@pytest.mark.parametrize("code", EXIT_CODES)
def test_every_status_has_its_exit_code(run: Run, code: grpc.StatusCode) -> None:
    server = grpc.server(ThreadPoolExecutor(1), handlers=[Refusing(code)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        result = run("route", "74957777777", "--target", f"127.0.0.1:{port}")
    finally:
        server.stop(None).wait()
    assert result.code == EXIT_CODES[code]
    assert "\x1b" not in result.err
    assert "go away" in result.err
