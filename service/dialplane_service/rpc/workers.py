"""Several worker processes behind one port, on purpose: started, watched, replaced, stopped.

The parent reserves the ports (so that nobody else can join or take them), hands each worker its
configuration through the environment and its life through standard input: a worker whose parent
dies reads the end of it and drains.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

READY: Final = b"ready\n"
"""What a worker writes to standard output when it listens."""
SHORT_LIFE_SECONDS: Final = 10.0
"""A worker that dies younger than this did not serve; it counts against its slot."""
MOST_SHORT_LIVES: Final = 5
_LONGEST_PAUSE: Final = 5.0
_PAUSE: Final = 0.1

log: Final = structlog.get_logger("dialplane.workers")


class WorkersDyingError(Exception):
    """Workers die as soon as they are started."""


@dataclass(frozen=True, slots=True)
class Command:
    """How a worker is started."""

    arguments: Sequence[str]
    environment: Mapping[str, str]


class Workers:
    """A fixed number of workers, each replaced when it dies."""

    def __init__(self, count: int, command: Command, kill_after_s: float) -> None:
        self._count = count
        self._command = command
        self._kill_after_s = kill_after_s
        self._processes: set[asyncio.subprocess.Process] = set()
        self._stopping = asyncio.Event()
        self._ready = [asyncio.Event() for _ in range(count)]
        self._slots: list[asyncio.Task[None]] = []

    async def run(self, finish: asyncio.Event, at_once: asyncio.Event) -> bool:
        """Keep the workers alive until asked to stop; ``False``: some did not end in order.

        Raises:
            WorkersDyingError: they do not stay alive; the others are stopped.

        """
        self._slots = [asyncio.create_task(self._slot(number)) for number in range(self._count)]
        asked = asyncio.create_task(finish.wait())
        try:
            await asyncio.wait([*self._slots, asked], return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        in_order = await self._stop(at_once)
        for slot in self._slots:
            error = None if slot.cancelled() else slot.exception()
            if error is not None:
                raise error
        return in_order

    async def ready(self) -> None:
        """Wait until every worker listens."""
        for event in self._ready:
            await event.wait()

    async def _slot(self, number: int) -> None:
        short_lives = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._life(number)
            if self._stopping.is_set():
                return
            lived = time.monotonic() - began
            short_lives = short_lives + 1 if lived < SHORT_LIFE_SECONDS else 0
            log.error("worker_died", worker=number, exit_code=code, seconds=round(lived, 1))
            if short_lives >= MOST_SHORT_LIVES:
                raise WorkersDyingError(
                    f"worker {number} died {short_lives} times in a row as soon as it was started,"
                    f" the last time with exit code {code}"
                )
            await asyncio.sleep(min(_PAUSE * 2**short_lives, _LONGEST_PAUSE))

    async def _life(self, number: int) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command.arguments,
            env=self._command.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A Ctrl-C reaches the parent alone, which passes it on once.
            start_new_session=True,
        )
        self._processes.add(process)
        if self._stopping.is_set():  # asked to while it was being started
            _send(process, signal.SIGTERM)
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            if await process.stdout.readline() == READY:
                self._ready[number].set()
                log.info("worker_ready", worker=number, pid=process.pid)
            return await process.wait()
        finally:
            self._processes.discard(process)

    async def _stop(self, at_once: asyncio.Event) -> bool:
        self._stopping.set()
        self._signal(signal.SIGTERM)
        hurry = asyncio.create_task(self._hurry(at_once))
        codes = await asyncio.gather(*(process.wait() for process in tuple(self._processes)))
        hurry.cancel()
        for slot in self._slots:  # one may still be in its pause
            if not slot.done() and not self._processes:
                slot.cancel()
        await asyncio.wait(self._slots)
        # One that was still starting had nothing to finish, and no ear for the signal yet.
        return all(code in (0, -signal.SIGTERM) for code in codes)

    async def _hurry(self, at_once: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._kill_after_s):
                await at_once.wait()
                self._signal(signal.SIGTERM)
                await asyncio.sleep(1)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for process in tuple(self._processes):
            _send(process, number)


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, number)
