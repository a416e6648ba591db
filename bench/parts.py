"""Where the microseconds of one decision go."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.offline import Source, build_dial_string, run
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest
from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.ratetable.table import MappedRateTable
from dialplane_service.rpc.conversion import build_dial_string as build_conversion
from dialplane_service.rpc.conversion import classify_call as classify_conversion
from dialplane_service.rpc.validation.build_dial_string import validate_build_dial_string
from dialplane_service.rpc.validation.classify_call import validate_classify_call

REPEATS = 7


@dataclass(frozen=True)
class Part:
    """A stretch of the work of one decision; the median over repetitions, in microseconds of CPU."""

    method: str
    name: str
    us: float


async def parts(
    source: Source,
    table: MappedRateTable,
    classify: list[ClassifyCallRequest],
    build: list[BuildDialStringRequest],
) -> list[Part]:
    """Time the steps of both decisions on the service's own last good files, without gRPC."""
    classify_call = ClassifyCall(source, source)
    decide = build_dial_string(source, table)
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
            [await decide(build_conversion.to_dial_query(each)) for each in build],
            build_conversion.to_build_dial_string_response,
            lambda query: run(decide(query)),
        ),
    ]


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
