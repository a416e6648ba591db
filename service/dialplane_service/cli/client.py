"""Asks the service, at the first place that answers."""

import os
import queue
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

# Its own complaints would stand between the command's lines.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import grpc

from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure
from dialplane_service.cli.rpc_failures import failure_of
from dialplane_service.cli.targets import shown

Answer = TypeVar("Answer")
Question = Callable[[grpc.Channel, float], Answer]
"""One RPC over a channel, within so many seconds."""

LONGEST_CONNECT_S: Final = 2.0
_LARGEST_ANSWER: Final = 64 * 1024 * 1024
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
            why = connect(channel, min(share, LONGEST_CONNECT_S))
            if why is not None:
                silent.append(f"{shown(place)} ({why})")
                continue
            try:
                return question(channel, max(share, 0.05))
            except grpc.RpcError as error:
                last = failure_of(error, shown(place))
        if last.exit_code is not ExitCode.UNAVAILABLE:
            raise last
    raise last or unreachable(silent, remedy)


def open_channel(place: str) -> grpc.Channel:
    """Open a channel; it connects when it is used."""
    return grpc.insecure_channel(place, options=_OPTIONS)


def unreachable(silent: Sequence[str], remedy: str) -> Failure:
    """Build the failure of a service that is nowhere to be found."""
    message = f"the service does not answer at {', '.join(silent)}"
    return Failure(ExitCode.UNAVAILABLE, "SERVICE_UNREACHABLE", message, remedy)


def connect(channel: grpc.Channel, seconds: float) -> str | None:
    """Wait until the other side speaks gRPC; otherwise say why it does not."""
    states: queue.SimpleQueue[grpc.ChannelConnectivity] = queue.SimpleQueue()
    channel.subscribe(states.put, try_to_connect=True)
    deadline = time.monotonic() + seconds
    try:
        while (left := deadline - time.monotonic()) > 0:
            try:
                state = states.get(timeout=left)
            except queue.Empty:
                break
            if state is grpc.ChannelConnectivity.READY:
                return None
            if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                return "nothing listens there"
    finally:
        channel.unsubscribe(states.put)
    return f"no answer within {seconds:.1f} s"
