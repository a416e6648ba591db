"""The life of a process that serves: listen, tell health checks, drain when told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from dialplane_service.rpc.begun_writes import BegunWrites
from dialplane_service.rpc.listen_address import ListenAddress
from dialplane_service.rpc.server import Listener
from dialplane_service.rpc.work import Work

LAME_SECONDS: Final = 0.2
"""How long clients are told to go elsewhere before the door is shut."""
STREAM_SECONDS: Final = 0.2
"""How long the last answers may take to leave."""
SETTLE_SECONDS: Final = 2.0
"""How long writes may take to end whose callers have gone."""
_HEALTH_SECONDS: Final = 1.0

log: Final = structlog.get_logger("dialplane.rpc")


class StopRequests:
    """SIGTERM and SIGINT: the first asks to finish, the second to end at once."""

    def __init__(self) -> None:
        self.finish = asyncio.Event()
        self.at_once = asyncio.Event()

    def install(self) -> None:
        """Listen for the signals from now on."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.request)

    def request(self) -> None:
        """Take one more request to stop."""
        if self.finish.is_set():
            self.at_once.set()
        self.finish.set()


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a process listens: ``routing.v1`` and ``admin.v1``."""

    routing: ListenAddress
    admin: ListenAddress


@dataclass(frozen=True, slots=True)
class Serving:
    """Two listeners over one body of work."""

    routing: Listener
    admin: Listener
    work: Work
    writes: BegunWrites
    drain_seconds: float

    async def run(
        self,
        wanted: Bound,
        stops: StopRequests,
        on_listening: Callable[[Bound], None],
        loaded: Callable[[], Awaitable[None]],
    ) -> bool:
        """Serve until asked to stop; ``False``: some requests were cut off.

        ``loaded`` returns when there are data to decide on; until then health says NOT_SERVING.

        Raises:
            AddressError: somebody else listens on one of the addresses, or nobody could.

        """
        await self.routing.set_serving(serving=False)
        await self.admin.set_serving(serving=True)
        healthy = asyncio.create_task(self._serving_when(loaded))
        try:
            bound = Bound(
                await self.routing.start(wanted.routing), await self.admin.start(wanted.admin)
            )
        except BaseException:
            healthy.cancel()
            await self.routing.stop(0)
            await self.admin.stop(0)
            raise
        on_listening(bound)
        await stops.finish.wait()
        healthy.cancel()
        return await self._drain(stops.at_once)

    async def _serving_when(self, loaded: Callable[[], Awaitable[None]]) -> None:
        await loaded()
        await self.routing.set_serving(serving=True)

    async def _drain(self, at_once: asyncio.Event) -> bool:
        """Refuse new requests and finish those in progress."""
        log.info("draining", in_progress=self.work.count, seconds=self.drain_seconds)
        self.work.close()
        await self._refuse_health()
        # While the listeners are open a new request is told why; once a server is being stopped
        # gRPC says CANCELLED to what arrives before the client has read its GOAWAY.
        await _first_of(self.work.idle, at_once.wait, timeout=self.drain_seconds)
        await _first_of(at_once.wait, timeout=0 if at_once.is_set() else LAME_SECONDS)
        cut_off = self.work.count
        # Health watchers never leave by themselves.
        grace = 0 if at_once.is_set() else STREAM_SECONDS
        await asyncio.gather(self.routing.stop(grace), self.admin.stop(grace))
        lost = await self.writes.settle(0 if at_once.is_set() else SETTLE_SECONDS)
        log.info("stopped", requests_cut_off=cut_off, writes_cut_off=lost)
        return not cut_off and not lost

    async def _refuse_health(self) -> None:
        # A watcher that does not read must not hold up the stop.
        refusals = [
            asyncio.create_task(each.refuse_health()) for each in (self.routing, self.admin)
        ]
        _, pending = await asyncio.wait(refusals, timeout=_HEALTH_SECONDS)
        for task in pending:
            task.cancel()


async def _first_of(*waits: Callable[[], Awaitable[object]], timeout: float) -> None:  # noqa: ASYNC109
    tasks = [asyncio.ensure_future(wait()) for wait in waits]
    await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
