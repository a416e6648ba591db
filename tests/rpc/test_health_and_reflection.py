"""Health says whether calls are decided; reflection lets tools speak without a proto file."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from dialplane_service.rpc.names import CALLS, DIAGNOSIS, ROUTING
from tests.rpc.harness import Harness, failure, running
from tests.service.process import service_process

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING
BUF = Path(sys.executable).with_name("buf")


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


async def state(channel: grpc.aio.Channel, name: str = "") -> int:
    return int((await HealthStub(channel).Check(HealthCheckRequest(service=name))).status)


async def test_with_data_everything_is_serving(service: Harness) -> None:
    for channel, names in (
        (service.routing, ("", ROUTING)),
        (service.admin, ("", CALLS, DIAGNOSIS)),
    ):
        for name in names:
            assert await state(channel, name) == SERVING


async def test_each_listener_answers_for_its_own_services_only(service: Harness) -> None:
    for channel, name in ((service.routing, CALLS), (service.admin, ROUTING)):
        found = await failure(HealthStub(channel).Check(HealthCheckRequest(service=name)))
        assert found.code is grpc.StatusCode.NOT_FOUND
        foreign = channel.unary_unary(f"/{name}/{'GetCall' if name == CALLS else 'Hangup'}")
        assert (await failure(foreign(b""))).code is grpc.StatusCode.UNIMPLEMENTED


async def test_without_data_calls_are_not_served_and_administration_is(tmp_path: Path) -> None:
    async with running(tmp_path, away=True) as service:
        assert await state(service.routing) == NOT_SERVING
        assert await state(service.routing, ROUTING) == NOT_SERVING
        assert await state(service.admin) == SERVING
        service.rows.away = False
        watch = HealthStub(service.routing).Watch(HealthCheckRequest())
        async with asyncio.timeout(2):
            while (await watch.read()).status != SERVING:
                pass
        watch.cancel()
        service.rows.away = True
        await asyncio.sleep(0.2)
        assert await state(service.routing) == SERVING, "decisions go on without the database"


def buf_curl(address: str, method: str, request: dict[str, object]) -> dict[str, object]:
    done = subprocess.run(
        [
            *(BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge"),
            *("--data", json.dumps(request), f"http://{address}/{method}"),
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_buf_curl_speaks_by_reflection_alone(tmp_path: Path) -> None:
    with service_process(tmp_path) as process:
        process.await_serving()
        answer = buf_curl(
            process.routing,
            f"{ROUTING}/ClassifyCall",
            {
                "server": "asterisk-macomnet",
                "simulate": True,
                "dialled": "74957777777",
                "endpoint": {"endpoint": "acme-101"},
            },
        )
        assert answer["callClass"] == "CALL_CLASS_OUTGOING"
        answer = buf_curl(process.admin, f"{DIAGNOSIS}/Diagnose", {})
        assert answer["serviceVersion"]
