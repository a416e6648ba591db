"""Asks the service: several replicas, one deadline, and errors that say what became of it.

gRPC is imported when the first question is asked: it costs more than the rest of a step.
"""

import os
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import DecodeError, Message

from dialplane_shims.deadline import Deadline

if TYPE_CHECKING:
    import grpc

SERVICE = "dialplane.routing.v1.RoutingService"

# Every RPC is idempotent: another replica may be asked the same where the first did not answer.
# gRPC itself says CANCELLED for a replica that stops, RESOURCE_EXHAUSTED for one that is full.
RETRIED = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED")
# gRPC connects again after 0.1 s at the earliest.
_PAUSE_S = 0.15
# A reply is a few kilobytes; more is not ours.
_LONGEST_REPLY = 262_144

R = TypeVar("R", bound=Message)


class RpcFailedError(Exception):
    """No reply was to be had. `code` is a gRPC status name, `reason` our ErrorReason if one came."""

    def __init__(self, code: str, detail: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason + ': ' if reason else ''}{detail}")
        self.code, self.detail, self.reason = code, detail, reason


class RoutingClient:
    """One warm channel per replica; safe to share between threads."""

    def __init__(self, targets: Sequence[str]) -> None:
        self._targets = tuple(targets)
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()
        self._first = 0
        self._down: set[str] = set()

    def call(self, rpc: str, request: Message, reply_type: type[R], seconds: float) -> R:
        """Return the reply to `request`. Raises RpcFailedError within `seconds`.

        Each try has an equal share of what is left, so that a silent replica does not eat it all.
        """
        deadline = Deadline(seconds)
        order = self._order()
        if not order:
            raise RpcFailedError("UNAVAILABLE", "no replica is configured")
        failure = RpcFailedError("DEADLINE_EXCEEDED", "no time was left to ask")
        if deadline.remaining() <= 0.0:
            raise failure
        import grpc  # noqa: F401  # here, so that what it costs is taken from the deadline

        count = len(order)
        # Replicas known to be down are asked last, with what the others left of the time.
        up = sum(target not in self._down for target in order) or count
        for tried in range(2 * count):
            if tried == count:
                # All refused at once, as while a lone service restarts: one more round.
                time.sleep(min(_PAUSE_S, deadline.remaining()))
            share = deadline.remaining() / max(1, (up if tried < up else count) - tried)
            if share <= 0.0:
                break
            target = order[tried % count]
            try:
                reply = self._try(target, rpc, request, reply_type, share)
            except RpcFailedError as error:
                failure = error
                if error.code not in RETRIED:
                    raise
                self._down.add(target)
            else:
                self._down.discard(target)
                # The next question starts where one was answered.
                self._first = self._targets.index(target)
                return reply
        raise failure

    def note_health(self, target: str, *, serving: bool) -> None:
        """Ask this replica as ever, or only after all others; what a call finds out counts too."""
        if serving:
            self._down.discard(target)
        else:
            self._down.add(target)

    @property
    def targets(self) -> tuple[str, ...]:
        """The replicas, as gRPC names them."""
        return self._targets

    def close(self) -> None:
        """Close all channels."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    def _try(
        self, target: str, rpc: str, request: Message, reply_type: type[R], seconds: float
    ) -> R:
        import grpc

        def parse(data: bytes) -> R | None:
            # None is gRPC's own word for "cannot be read", without its traceback in the log.
            try:
                return reply_type.FromString(data)
            except DecodeError:
                return None

        ask = self.channel(target).unary_unary(
            f"/{SERVICE}/{rpc}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=parse,
        )
        try:
            reply = ask(request, timeout=seconds)
        except grpc.RpcError as error:
            raise _failed(target, error) from error
        if not isinstance(reply, reply_type):
            raise RpcFailedError("INTERNAL", f"{target} answered nonsense")
        return reply

    def _order(self) -> list[str]:
        """Return the replicas in the order to ask them in."""
        turned = self._targets[self._first :] + self._targets[: self._first]
        return sorted(turned, key=self._down.__contains__)

    def channel(self, target: str) -> "grpc.Channel":
        """Return the channel to a replica, made when it is first needed."""
        with self._lock:
            if target not in self._channels:
                self._channels[target] = connect(target)
            return self._channels[target]


def connect(target: str) -> "grpc.Channel":
    """Return a channel to one replica. Plaintext: `config` lets nothing but loopback through."""
    # gRPC's C core writes to standard error on its own account; a step says one line, its own.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc

    return grpc.insecure_channel(
        target,
        options=(
            ("grpc.enable_http_proxy", 0),
            ("grpc.enable_retries", 0),
            ("grpc.max_receive_message_length", _LONGEST_REPLY),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000),
        ),
    )


def _failed(target: str, error: "grpc.RpcError") -> RpcFailedError:
    code = error.code().name if hasattr(error, "code") and error.code() else "UNKNOWN"
    detail = str(error.details() or "") if hasattr(error, "details") else str(error)
    trailers = error.trailing_metadata() if hasattr(error, "trailing_metadata") else None
    found = [datum.value for datum in trailers or () if datum.key == "grpc-status-details-bin"]
    reason, violations = _explained(found[0] if found else None)
    return RpcFailedError(code, f"{target}: {violations or detail}", reason)


def _explained(details: str | bytes | None) -> tuple[str, str]:
    """Return our error reason and the fields that were wrong, where the error carries them."""
    if not isinstance(details, bytes):
        return "", ""
    from google.rpc import error_details_pb2, status_pb2

    try:
        status = status_pb2.Status.FromString(details)
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        for detail in status.details:
            detail.Unpack(info)
            detail.Unpack(bad)
    except DecodeError:
        return "", ""
    fields = [f"{found.field}: {found.description}" for found in bad.field_violations]
    return info.reason, "; ".join(fields)
