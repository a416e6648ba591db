"""A listener: a gRPC server with our services, health and reflection behind one address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from dialplane_service.rpc.listen_address import (
    TAKEN,
    AddressError,
    ListenAddress,
    require_free,
)

LARGEST_MESSAGE: Final = 256 * 1024
"""Bytes; the largest request of the contract is a tenth of it."""
OVERALL: Final = ""
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    # A host that lost its power or its link says no goodbye: find out within 40 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # Agents keep idle channels warm with pings of their own; more often than this is a flood.
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a listener: its full name, and what adds its servicer to a server."""

    name: str
    add_to: Callable[[aio.Server], None]


class Listener:
    """One server. ``shared``: other processes listen on the same port on purpose."""

    def __init__(
        self,
        services: Sequence[Service],
        interceptors: Sequence[aio.ServerInterceptor],
        *,
        concurrent_requests: int,
        shared: bool = False,
    ) -> None:
        self._shared = shared
        # By default gRPC lets a second server share a taken port silently.
        options = (*_OPTIONS, ("grpc.so_reuseport", int(shared)))
        self._server: Any = aio.server(
            interceptors=interceptors,
            options=options,
            maximum_concurrent_rpcs=concurrent_requests,
        )
        self._health = health.aio.HealthServicer()
        self._names = [service.name for service in services]
        for service in services:
            service.add_to(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflected = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(reflected, self._server)

    async def start(self, address: ListenAddress) -> ListenAddress:
        """Listen; returns the address, with the port that was chosen for port 0.

        Raises:
            AddressError: somebody else listens there, or nobody could.

        """
        if not self._shared:
            require_free(address)
        try:
            port = self._server.add_insecure_port(str(address))
        except RuntimeError as error:
            raise AddressError(address, TAKEN) from error
        await self._server.start()
        return address if address.is_unix else ListenAddress(address.host, port)

    async def set_serving(self, *, serving: bool) -> None:
        """Tell health checks whether requests will be answered."""
        states = health_pb2.HealthCheckResponse
        state = states.SERVING if serving else states.NOT_SERVING
        for name in (OVERALL, *self._names):
            await self._health.set(name, state)

    async def refuse_health(self) -> None:
        """Tell health checks, for good, that no requests will be answered."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, seconds: float) -> None:
        """Send GOAWAY and wait so long for what is in progress."""
        await self._server.stop(seconds)
