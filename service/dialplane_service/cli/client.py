"""Asks the service, at the first place that answers."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

# Its own complaints would stand between the command's lines.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import grpc

from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure
from dialplane_service.cli.rpc_failures import failure_of, has_reason
from dialplane_service.cli.targets import shown

Answer = TypeVar("Answer")
Question = Callable[[grpc.Channel, float], Answer]
"""One RPC over a channel, within so many seconds."""

_LARGEST_ANSWER: Final = 64 * 1024 * 1024
_SHORTEST_S: Final = 0.05
_NOBODY_LISTENS: Final = ("Connection refused", "No such file or directory")
_OPTIONS: Final = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", _LARGEST_ANSWER),
)


def ask(places: Sequence[str], timeout_s: float, question: Question[Answer], remedy: str) -> Answer:
    """The answer of the first place that gives one; each gets its share of the time.

    Raises:
        Failure: no place answered, or one answered with an error.
    """
    deadline = time.monotonic() + timeout_s
    last: Failure | None = None
    silent: list[str] = []
    for index, place in enumerate(places):
        share = (deadline - time.monotonic()) / (len(places) - index)
        with open_channel(place) as channel:
            try:
                return question(channel, max(share, _SHORTEST_S))
            except grpc.RpcError as error:
                why = silence(error)
                if why is not None:
                    silent.append(f"{shown(place)} ({why})")
                    continue
                last = failure_of(error, shown(place))
        if last.exit_code is not ExitCode.UNAVAILABLE:
            raise last
    if last is not None:
        raise last
    message = f"the service does not answer at {', '.join(silent)}"
    raise Failure(ExitCode.UNAVAILABLE, "SERVICE_UNREACHABLE", message, remedy)


def open_channel(place: str) -> grpc.Channel:
    """Open a channel; it connects when it is used."""
    return grpc.insecure_channel(place, options=_OPTIONS)


def silence(error: grpc.RpcError) -> str | None:
    """Why a place said nothing at all; ``None``: it answered, with an error."""
    if error.code() is not grpc.StatusCode.UNAVAILABLE or has_reason(error):
        return None
    details = error.details() or ""
    if any(sign in details for sign in _NOBODY_LISTENS):
        return "nothing listens there"
    return details.rpartition(": ")[2] or "it closed the connection"
