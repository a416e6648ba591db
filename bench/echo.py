"""`python -m bench.echo`: `dialplane serve` in everything but its routing servicer.

It listens, logs, counts, bounds and checks like the service, and answers without deciding: ready
messages as the real service gave them, in a circle. What it costs is the floor.
"""

import os
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallResponse
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceServicer
from dialplane_service import bootstrap
from dialplane_service.cli.serve import run

ANSWERS = "BENCH_ANSWERS"
"""The variable that names the folder of the ready answers."""


def write_answers(folder: Path, method: str, answers: list[bytes]) -> None:
    """Keep the answers of a method for an echo process."""
    for number, answer in enumerate(answers):
        (folder / f"{method}-{number:04}").write_bytes(answer)


def _read_answers(method: str, kind: type[Message]) -> "cycle[Any]":
    files = sorted(Path(os.environ[ANSWERS]).glob(f"{method}-*"))
    return cycle([kind.FromString(file.read_bytes()) for file in files])


class EchoServicer(RoutingServiceServicer):
    """Stands where the real one would."""

    def __init__(self, *_: object) -> None:
        self._classified = _read_answers("ClassifyCall", ClassifyCallResponse)
        self._built = _read_answers("BuildDialString", BuildDialStringResponse)

    async def ClassifyCall(self, request: Any, context: Any) -> ClassifyCallResponse:  # noqa: ANN401, ARG002, N802
        return next(self._classified)

    async def BuildDialString(self, request: Any, context: Any) -> BuildDialStringResponse:  # noqa: ANN401, ARG002, N802
        return next(self._built)


def main() -> int:
    bootstrap.RoutingServicer = EchoServicer  # type: ignore[assignment,misc]
    return run()


if __name__ == "__main__":
    sys.exit(main())
