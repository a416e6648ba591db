"""A deadline is honoured, and its absence is not for ever."""

import time
from collections.abc import AsyncIterator

import grpc
import pytest
from google.protobuf import descriptor_pool

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.rpc import names
from dialplane_service.rpc.errors import DeadlineExceededError
from dialplane_service.rpc.interceptors.deadline import DeadlineInterceptor
from dialplane_service.rpc.names import USUAL_SECONDS
from tests.rpc.harness import ENDED, ROUTING, Harness, failure, running


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness
        harness.recorder.slow_s = 0


async def test_what_takes_longer_than_the_deadline_is_answered_before_it(service: Harness) -> None:
    service.recorder.slow_s = 5
    began = time.monotonic()
    found = await failure(RoutingServiceStub(service.routing).Hangup(ENDED, timeout=0.3))
    assert time.monotonic() - began < 1
    assert found.code is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_the_service_itself_says_why(service: Harness) -> None:
    """Its words arrive when its clock and the client's agree; the typed error is tested below."""
    service.recorder.slow_s = 5
    found = await failure(RoutingServiceStub(service.routing).Hangup(ENDED))
    assert found.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert found.info is not None
    assert found.info.reason == "ERROR_REASON_DEADLINE_EXCEEDED"


async def test_without_a_deadline_the_methods_usual_one_holds(service: Harness) -> None:
    service.recorder.slow_s = 5
    began = time.monotonic()
    await failure(RoutingServiceStub(service.routing).Hangup(ENDED))
    assert 0.9 < time.monotonic() - began < 1.5


def test_every_method_has_a_usual_deadline(service: Harness) -> None:
    assert (
        USUAL_SECONDS[f"{ROUTING}ClassifyCall"] == USUAL_SECONDS[f"{ROUTING}BuildDialString"] == 2
    )
    assert USUAL_SECONDS[f"{ROUTING}RecordChannel"] == USUAL_SECONDS[f"{ROUTING}Hangup"] == 1
    known = (
        names.ROUTING,
        names.CALLS,
        names.DIAGNOSIS,
        names.EXPORT,
        names.RATES,
        names.EXCHANGE_RATES,
        names.QUALITY,
    )
    served = map(descriptor_pool.Default().FindServiceByName, known)
    assert set(USUAL_SECONDS) == {
        f"/{each.full_name}/{method.name}"
        for each in served
        for method in each.methods
        # A stream takes as long as its deck.
        if not (method.client_streaming or method.server_streaming)
    }


@pytest.mark.parametrize("remaining", [0.0, 0.004, -1.0])
async def test_too_little_time_is_refused_before_any_work(remaining: float) -> None:
    class Context:
        def time_remaining(self) -> float:
            return remaining

    async def never(*_: object) -> None:
        raise AssertionError("it was begun")

    with pytest.raises(DeadlineExceededError):
        await DeadlineInterceptor({}).handle("/m", never, None, Context())  # type: ignore[arg-type]
