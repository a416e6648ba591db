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

ROUNDS = 7


@dataclass(frozen=True)
class Part:
    """A stretch of the work of one decision; microseconds of CPU, the median of rounds with other questions."""

    method: str
    name: str
    us: float


def parts(
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
            classify_call,
            classify_conversion.to_classify_call_response,
        ),
        *_stages(
            "BuildDialString",
            build,
            validate_build_dial_string,
            build_conversion.to_dial_query,
            lambda query: run(decide(query)),
            build_conversion.to_build_dial_string_response,
        ),
    ]


def _stages(
    method: str,
    requests: list[Any],
    validate: Callable[[Any], None],
    to_query: Callable[[Any], Any],
    decide: Callable[[Any], Any],
    to_response: Callable[..., Any],
) -> list[Part]:
    raw = [request.SerializeToString() for request in requests]
    queries: list[Any] = []
    decided: list[Any] = []
    responses: list[Any] = []
    return [
        Part(method, "read the bytes", _us(type(requests[0]).FromString, raw)),
        Part(method, "check", _us(validate, requests)),
        Part(method, "convert the question", _us(to_query, requests, queries)),
        Part(method, "decide", _us(decide, queries, decided)),
        Part(
            method,
            "convert the answer",
            _us(lambda answer: to_response(answer, explain=False), decided, responses),
        ),
        Part(method, "write the bytes", _us(lambda each: each.SerializeToString(), responses)),
    ]


def _us(work: Callable[[Any], Any], inputs: list[Any], results: list[Any] | None = None) -> float:
    """Do it with each input once: what is kept of answers must not help."""
    taken = []
    kept = [] if results is None else results
    for number in range(ROUNDS):
        asked = inputs[number::ROUNDS]
        began = time.process_time()  # what others do on the machine is not ours
        for each in asked:
            kept.append(work(each))
        taken.append((time.process_time() - began) / len(asked) * 1e6)
    return median(taken)
