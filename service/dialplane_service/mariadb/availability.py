"""Whether MariaDB is there, so that nobody waits for what is known to be away."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

log = structlog.get_logger(__name__)

PROBE_SECONDS: Final = 0.25
"""Between two looks at a database that is away."""
DOUBT_SECONDS: Final = 0.3
"""How long a database that is slow may take to greet a new connection before it counts as away."""


class Availability:
    """Known away or not. While away, one task looks again and again; everybody else fails at once."""

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self._probe = probe
        self._prober: asyncio.Task[None] | None = None
        self._doubter: asyncio.Task[None] | None = None
        self._why = ""
        self._closed = False

    @property
    def away(self) -> str | None:
        """Why the database is away; ``None`` when it is not known to be."""
        return self._why if self._prober is not None else None

    def lost(self, why: str) -> None:
        """Somebody found it away."""
        self._why = why
        if self._prober is None and not self._closed:
            log.warning("mariadb_away", why=why)
            # Nobody's: it must not log under the ids of the request that happened to find out.
            self._prober = asyncio.create_task(self._look(), context=contextvars.Context())

    def suspect(self, why: str) -> None:
        """Somebody waits long for an answer: find out whether it is away. Nobody is refused yet."""
        if self._prober is None and self._doubter is None and not self._closed:
            self._doubter = asyncio.create_task(self._doubt(why), context=contextvars.Context())

    async def _doubt(self, why: str) -> None:
        try:
            async with asyncio.timeout(DOUBT_SECONDS):
                await self._probe()
        except Exception:  # noqa: BLE001 - whatever it is, it does not answer
            self.lost(why)
        finally:
            self._doubter = None

    async def _look(self) -> None:
        while True:
            try:
                await self._probe()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is not back
                self._why = str(error) or type(error).__name__
                await asyncio.sleep(PROBE_SECONDS)
                continue
            log.info("mariadb_back")
            self._prober = None
            return

    async def close(self) -> None:
        """Look no more."""
        self._closed = True
        tasks = [task for task in (self._prober, self._doubter) if task is not None]
        self._prober = None
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
