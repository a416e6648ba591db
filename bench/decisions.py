"""Decisions through gRPC against the bare echo, and where the microseconds of one go."""

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from grpc import aio
from tests.support.running_service import RunningService

from bench.load import Measured, load, rpc
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest
from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.ratetable.rate_tables import RateTables
from dialplane_service.ratetable.rows_file import RowsFile
from dialplane_service.rpc.conversion import build_dial_string as build_conversion
from dialplane_service.rpc.conversion import classify_call as classify_conversion
from dialplane_service.rpc.validation.build_dial_string import validate_build_dial_string
from dialplane_service.rpc.validation.classify_call import validate_classify_call

CHANNELS = 4
REPEATS = 15


@dataclass
class Compared:
    """A method of the service and the echo of its messages."""

    method: str
    service: Measured = field(default_factory=lambda: Measured([]))
    echo: Measured = field(default_factory=lambda: Measured([]))


async def answers(target: str, method: str, requests: Sequence[bytes]) -> list[bytes]:
    """What the service says to each question."""
    async with aio.insecure_channel(target) as channel:
        ask: Any = rpc([channel], method, requests)
        return [await ask(number) for number in range(len(requests))]


async def compare(
    service: RunningService,
    echo: RunningService,
    questions: dict[str, list[bytes]],
    *,
    callers: int,
    rounds: int,
    seconds: float,
) -> list[Compared]:
    """Service and echo in turns, so that both have the machine's good and bad moments."""
    compared = {method: Compared(method) for method in questions}
    async with AsyncExitStack() as opened:
        sides = []
        for name, running in (("echo", echo), ("service", service)):
            channels = [
                # Options differ, or gRPC would share one connection between the channels.
                await opened.enter_async_context(
                    aio.insecure_channel(running.target, options=[("bench.channel", number)])
                )
                for number in range(CHANNELS)
            ]
            sides.append((name, channels, running.process.pid))
        for number in range(rounds + 1):
            for method, requests in questions.items():
                for name, channels, pid in sides:
                    ask = rpc(channels, method, requests)
                    taken = await load(ask, callers=callers, seconds=seconds, pid=pid)
                    if number:  # the first round only warms up
                        getattr(compared[method], name).rounds.append(taken)
    return list(compared.values())


@dataclass(frozen=True)
class Part:
    """A stretch of the work of one decision; the median over repetitions, in microseconds of CPU."""

    method: str
    name: str
    us: float


class _Source:
    def __init__(self, data: DecisionData) -> None:
        self._data = data

    def current(self) -> DecisionData:
        return self._data

    def now(self) -> datetime:
        return datetime.now(UTC)


async def parts(
    data_file: Path, classify: list[ClassifyCallRequest], build: list[BuildDialStringRequest]
) -> list[Part]:
    """Time the steps of both decisions on the service's own last good file, without gRPC."""
    rows = RowsFile(data_file).load()
    assert rows is not None, "the service has kept no file"
    source: Any = _Source(DecisionData(rows))
    rates = RateTables(data_file.with_name(f"{data_file.name}.rates"))
    rates.refresh()
    classify_call = ClassifyCall(source, source)
    build_dial_string = BuildDialString(source, rates, RoutingSettings())
    return [
        *_stages(
            "ClassifyCall",
            classify,
            validate_classify_call,
            classify_conversion.to_call_query,
            [classify_call(classify_conversion.to_call_query(each)) for each in classify],
            classify_conversion.to_classify_call_response,
            classify_call,
        ),
        *_stages(
            "BuildDialString",
            build,
            validate_build_dial_string,
            build_conversion.to_dial_query,
            [await build_dial_string(build_conversion.to_dial_query(each)) for each in build],
            build_conversion.to_build_dial_string_response,
            lambda query: _run(build_dial_string(query)),
        ),
    ]


def _run(coroutine: Any) -> None:  # noqa: ANN401
    """Drive a use case that waits for nothing, without an event loop's own cost."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("a decision waited for something")


def _stages(
    method: str,
    requests: list[Any],
    validate: Callable[[Any], None],
    to_query: Callable[[Any], Any],
    decided: list[Any],
    to_response: Callable[..., Any],
    decide: Callable[[Any], object],
) -> list[Part]:
    raw = [request.SerializeToString() for request in requests]
    queries = [to_query(request) for request in requests]
    responses = [to_response(answer, explain=False) for answer in decided]
    read = type(requests[0]).FromString
    return [
        Part(method, "read the bytes", _us(read, raw)),
        Part(method, "check", _us(validate, requests)),
        Part(method, "convert the question", _us(to_query, requests)),
        Part(method, "decide", _us(decide, queries)),
        Part(method, "convert the answer", _us(lambda a: to_response(a, explain=False), decided)),
        Part(method, "write the bytes", _us(lambda m: m.SerializeToString(), responses)),
    ]


def _us(work: Callable[[Any], object], inputs: list[Any]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()  # what others do on the machine is not ours
        for each in inputs:
            work(each)
        taken.append((time.process_time() - began) / len(inputs) * 1e6)
    return median(taken)
