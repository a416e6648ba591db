"""``dialplane serve`` as a process: starting, refusing to start, draining."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.rpc.harness import ENDED, FROM_USER, changed, failure
from tests.service.process import ServiceProcess, service_process

NO_PROXY = (("grpc.enable_http_proxy", 0),)


def channel(target: str) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(target, options=NO_PROXY)


async def serving(service: ServiceProcess) -> None:
    await asyncio.to_thread(service.await_serving)


async def ended(service: ServiceProcess) -> int:
    return await asyncio.to_thread(service.wait)


async def in_progress(service: ServiceProcess) -> None:
    await asyncio.sleep(0.3)
    assert service.process.poll() is None


async def test_it_serves_and_stops_in_order(tmp_path: Path) -> None:
    with service_process(tmp_path) as service:
        await serving(service)
        async with channel(service.routing) as routing:
            answer = await RoutingServiceStub(routing).ClassifyCall(FROM_USER)
            assert answer.targets.targets
        service.send(signal.SIGTERM)
        assert await ended(service) == 0
    assert "Traceback" not in service.stderr.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_requests_in_progress_finish_while_health_and_new_ones_are_refused(
    tmp_path: Path, number: signal.Signals
) -> None:
    with service_process(tmp_path, FAKE_SLOW_S="0.8") as service:
        await serving(service)
        async with channel(service.routing) as routing, channel(service.routing) as watching:
            watch = health_pb2_grpc.HealthStub(watching).Watch(health_pb2.HealthCheckRequest())
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
            call = asyncio.ensure_future(RoutingServiceStub(routing).Hangup(ENDED, timeout=5))
            await in_progress(service)
            began = time.monotonic()
            service.send(number)
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
            refused = await failure(RoutingServiceStub(routing).ClassifyCall(FROM_USER))
            assert refused.code is grpc.StatusCode.UNAVAILABLE
            assert refused.info is not None
            assert refused.info.reason == "ERROR_REASON_SHUTTING_DOWN"
            assert not (await call).already_recorded
            assert await ended(service) == 0
            assert time.monotonic() - began < 3, "a health watcher must not hold up the stop"


async def test_what_takes_longer_than_the_drain_is_cut_off(tmp_path: Path) -> None:
    settings = {"FAKE_SLOW_S": "60", "DIALPLANE_DRAIN_SECONDS": "0.3"}
    with service_process(tmp_path, **settings) as service:
        await serving(service)
        async with channel(service.routing) as routing:
            call = asyncio.ensure_future(RoutingServiceStub(routing).Hangup(ENDED, timeout=20))
            await in_progress(service)
            service.send(signal.SIGTERM)
            with pytest.raises(grpc.aio.AioRpcError):
                await call
            assert await ended(service) == 1


async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with service_process(tmp_path, FAKE_SLOW_S="60") as service:
        await serving(service)
        async with channel(service.routing) as routing:
            call = asyncio.ensure_future(RoutingServiceStub(routing).Hangup(ENDED, timeout=20))
            await in_progress(service)
            service.send(signal.SIGTERM)
            await in_progress(service)
            began = time.monotonic()
            service.send(signal.SIGINT)
            assert await ended(service) == 1
            assert time.monotonic() - began < 2
            with pytest.raises(grpc.aio.AioRpcError):
                await call


@pytest.mark.parametrize(
    ("workers", "shares", "setting"),
    [
        ("1", False, "DIALPLANE_ADMIN_LISTEN"),
        ("1", True, "DIALPLANE_LISTEN"),
        ("2", True, "DIALPLANE_LISTEN"),
    ],
)
def test_a_taken_port_is_told_and_never_shared(
    tmp_path: Path, workers: str, shares: bool, setting: str
) -> None:
    with socket.socket() as other:
        if shares:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        variables = {"DIALPLANE_WORKERS": workers, setting: taken, "DIALPLANE_LOG_LEVEL": "error"}
        with service_process(tmp_path, **variables) as service:
            assert service.wait() == 3
    assert service.stderr.read_text() == (
        f"dialplane: {setting}: {taken} is taken: another program listens there;"
        f" choose another, for example {setting}=127.0.0.1:50061\n"
    )


def test_a_live_unix_socket_is_taken_and_a_dead_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "r"
    variables = {"DIALPLANE_LISTEN": f"unix:{path}", "DIALPLANE_LOG_LEVEL": "error"}
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with service_process(tmp_path, **variables) as service:
            assert service.wait() == 3
        assert f"unix:{path} is taken" in service.stderr.read_text()
    with service_process(tmp_path, **variables) as service:
        service.await_serving()


def test_a_file_in_the_sockets_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("precious")
    with service_process(tmp_path, DIALPLANE_LISTEN=f"unix:{tmp_path}/r") as service:
        assert service.wait() == 3
    assert (tmp_path / "r").read_text() == "precious"
    assert "no socket" in service.stderr.read_text()


def test_faults_of_the_configuration_are_told_each_in_a_line(tmp_path: Path) -> None:
    variables = {"DIALPLANE_WORKERS": "many", "DIALPLANE_LISTEN": "0.0.0.0:50051"}
    with service_process(tmp_path, **variables) as service:
        assert service.wait() == 2
    lines = service.stderr.read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("dialplane: DIALPLANE_LISTEN: '0.0.0.0:50051' is not on the loop")
    assert lines[1].startswith("dialplane: DIALPLANE_WORKERS: 'many' is not a whole number")


async def test_a_log_that_nobody_reads_any_more_breaks_no_call(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with service_process(tmp_path, log_to=writer) as service:
        os.close(writer)
        await serving(service)
        os.close(reader)
        async with channel(service.routing) as routing:
            for number in range(5):
                request = changed(FROM_USER, channel__unique_id=f"u{number}")
                assert (await RoutingServiceStub(routing).ClassifyCall(request)).call_id
        service.send(signal.SIGTERM)
        assert await ended(service) == 0
