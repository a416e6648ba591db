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


class Availability:
    """Known away or not. While away, one task looks again and again; everybody else fails at once."""

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self._probe = probe
        self._prober: asyncio.Task[None] | None = None
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
        prober, self._prober = self._prober, None
        if prober is not None:
            prober.cancel()
            with suppress(asyncio.CancelledError):
                await prober
