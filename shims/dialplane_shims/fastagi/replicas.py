"""Watches the replicas of the service, so that steps ask those first that serve.

Speaks grpc.health.v1 without its package: the request is one text field, the answer one number
(github.com/grpc/grpc/blob/master/doc/health-checking.md).
"""

import threading
from collections.abc import Callable

from dialplane_shims.routing_client import SERVICE, RoutingClient

METHOD = "/grpc.health.v1.Health/Check"
# Field 1, a text: the service's name.
REQUEST = b"\x0a" + bytes([len(SERVICE)]) + SERVICE.encode()
# Field 1, an enum: SERVING.
SERVING = b"\x08\x01"

_INTERVAL_S = 1.0
_PATIENCE_S = 1.0


def check(client: RoutingClient, seconds: float) -> dict[str, bool]:
    """Ask all replicas at once whether they serve; one that does not answer in time does not."""
    import grpc

    asked = {}
    for target in client.targets:
        ask: grpc.UnaryUnaryMultiCallable[bytes, bytes] = client.channel(target).unary_unary(
            METHOD, request_serializer=None, response_deserializer=None
        )
        asked[target] = ask.future(REQUEST, timeout=seconds)
    serving = {}
    for target, reply in asked.items():
        try:
            serving[target] = reply.result() == SERVING
        except grpc.RpcError:
            # A server without health checks is believed until a call says otherwise.
            serving[target] = reply.code() is grpc.StatusCode.UNIMPLEMENTED
        client.note_health(target, serving=serving[target])
    return serving


class ReplicaWatch(threading.Thread):
    """Checks the replicas of `client()` every second; `changed(target, serving)` hears of changes.

    Nobody is told of a replica before it was checked once; then it is told in any case.
    """

    def __init__(
        self, client: Callable[[], RoutingClient], changed: Callable[[str, bool], None]
    ) -> None:
        super().__init__(name="replicas", daemon=True)
        self._client, self._changed = client, changed
        self._stop = threading.Event()
        self.serving: dict[str, bool] = {}

    def run(self) -> None:
        """Check until told to stop."""
        while not self._stop.is_set():
            self.check_once()
            self._stop.wait(_INTERVAL_S)

    def check_once(self) -> None:
        """Check all replicas now, within a second."""
        serving = check(self._client(), _PATIENCE_S)
        before, self.serving = self.serving, serving
        for target, up in serving.items():
            if before.get(target) is not up:
                self._changed(target, up)

    def stop(self) -> None:
        """Check no more."""
        self._stop.set()
