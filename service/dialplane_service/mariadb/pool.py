"""A bounded pool of connections that fails fast, recovers by itself and never abandons a write."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.mariadb.availability import Availability
from dialplane_service.mariadb.connection import Connection, close, connect
from dialplane_service.mariadb.driver_errors import DriverError, is_away, is_lost, is_retried
from dialplane_service.mariadb.url import DatabaseUrl

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
Operation = Callable[[Connection], Awaitable[Answer]]

CONNECT_SECONDS: Final = 0.5
QUERY_SECONDS: Final = 0.8
"""Below the second that a host gives an event before it keeps it."""
_TRIES: Final = 4


class ConnectionPool:
    """At most ``size`` connections to one database, made when they are needed.

    Operations must be idempotent: one is tried again after a deadlock, and once on a new connection
    when its connection breaks.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        *,
        size: int = 8,
        connect_s: float = CONNECT_SECONDS,
        query_s: float = QUERY_SECONDS,
    ) -> None:
        self.url = url
        self.size = size
        self._connect_s = connect_s
        self._query_s = query_s
        self._places = asyncio.Semaphore(size)
        self._idle: deque[Connection] = deque()
        self._writes: set[asyncio.Task[object]] = set()
        self._availability = Availability(self._probe)
        self._closed = False

    async def run(self, operation: Operation[Answer], *, timeout_s: float | None = None) -> Answer:
        """Run an operation on a connection of its own.

        Raises:
            DatabaseUnavailableError: the database is away, busy, or did not answer in time.

        """
        limit = self._query_s if timeout_s is None else timeout_s
        why = f"{self.url} did not answer within {limit:g} s"
        # A slow query, a locked row or a crowded pool is no reason to refuse everybody; a server
        # that greets no new connection either is. Asked early, that is known before the time is up.
        doubt = asyncio.get_running_loop().call_later(limit / 2, self._availability.suspect, why)
        try:
            async with asyncio.timeout(limit):
                return await self._retried(operation)
        except TimeoutError as error:
            raise DatabaseUnavailableError(why) from error
        except DriverError as error:
            if not is_away(error):
                raise
            if is_lost(error):
                self._availability.lost(str(error))
            raise DatabaseUnavailableError(f"{self.url}: {error}") from error
        finally:
            doubt.cancel()

    async def write(
        self, operation: Operation[Answer], *, timeout_s: float | None = None
    ) -> Answer:
        """Run an operation that goes on to its end even if the caller is cancelled.

        Raises:
            DatabaseUnavailableError: as for ``run``; whether it was written is then not known.

        """
        task = asyncio.create_task(self._finished(operation, timeout_s))
        self._writes.add(task)
        task.add_done_callback(self._written)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Finish the writes that have begun, then close every connection."""
        self._closed = True
        if self._writes:
            await asyncio.wait(self._writes)
        await self._availability.close()
        await self._drop_idle()

    async def _finished(self, operation: Operation[Answer], timeout_s: float | None) -> Answer:
        return await self.run(operation, timeout_s=timeout_s)

    def _written(self, task: "asyncio.Task[object]") -> None:
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its caller has it as well, unless that one is gone.
            log.debug("mariadb_write_failed", why=str(error))

    async def _retried(self, operation: Operation[Answer]) -> Answer:
        try:
            return await self._once_or_twice(operation)
        except DriverError as error:
            if not is_retried(error):
                raise
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(is_retried),
            stop=stop_after_attempt(_TRIES),
            wait=wait_random_exponential(multiplier=0.01, max=0.1),
            reraise=True,
        ):
            with attempt:
                return await self._once_or_twice(operation)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once_or_twice(self, operation: Operation[Answer]) -> Answer:
        try:
            return await self._once(operation)
        except (DriverError, OSError, asyncio.IncompleteReadError) as error:
            if not is_lost(error):
                raise
            # The server went away or was restarted under us: the idle ones are dead as well.
            await self._drop_idle()
        return await self._once(operation)

    async def _once(self, operation: Operation[Answer]) -> Answer:
        async with self._connection() as connection:
            return await operation(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._closed:
            raise DatabaseUnavailableError("the service is shutting down")
        why = self._availability.away
        if why is not None:
            raise DatabaseUnavailableError(f"{self.url} is away: {why}")
        async with self._places:
            connection = self._take_idle() or await self._new()
            try:
                yield connection
            except BaseException:
                # Nobody knows what state it is in.
                connection.close()
                raise
            self._give_back(connection)

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        return None

    def _give_back(self, connection: Connection) -> None:
        if self._closed or connection.closed or connection.get_transaction_status():
            connection.close()
        else:
            self._idle.append(connection)

    async def _new(self) -> Connection:
        try:
            return await connect(self.url, timeout_s=self._connect_s)
        except (DriverError, TimeoutError, OSError) as error:
            # Whatever refuses a connection, a wrong password too, is nothing that an event did.
            why = str(error) or f"no connection within {self._connect_s:g} s"
            self._availability.lost(why)
            raise DatabaseUnavailableError(f"{self.url}: {why}") from error

    async def _probe(self) -> None:
        connection = await connect(self.url, timeout_s=self._connect_s)
        if self._closed or len(self._idle) >= self.size:
            await close(connection)
        else:
            self._idle.append(connection)

    async def _drop_idle(self) -> None:
        while self._idle:
            await close(self._idle.pop())
