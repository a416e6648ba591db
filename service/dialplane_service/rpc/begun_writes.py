"""Writes that were begun and are finished, whether their callers still wait or not."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog

Result = TypeVar("Result")

log: Final = structlog.get_logger("dialplane.rpc")


class BegunWrites:
    """A caller that hangs up cancels its request, and a driver's connection dies with it. Not here."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def finish(self, write: Coroutine[Any, Any, Result]) -> Result:
        """Run the write to its end; the caller may stop waiting for it."""
        task = asyncio.create_task(write)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_end)
            raise

    async def settle(self, seconds: float) -> int:
        """Wait for the writes in progress; returns how many did not end in time."""
        if not self._tasks:
            return 0
        _, pending = await asyncio.wait(self._tasks, timeout=seconds)
        return len(pending)


def _log_end(task: asyncio.Task[Any]) -> None:
    if task.cancelled():
        return
    error = task.exception()  # nobody else asks for it any more
    if error is not None:
        log.warning("abandoned_write_failed", why=str(error) or type(error).__name__)
