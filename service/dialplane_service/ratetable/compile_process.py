"""Compiles in a process of its own: what serves calls neither waits for it nor shares its interpreter."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from dialplane_service.application.ports import RateRowsReader
from dialplane_service.ratetable.compile_rates import Compiled, compile_rates
from dialplane_service.ratetable.layout import Catalogue

OpenReader = Callable[[], AbstractContextManager[RateRowsReader]]
"""Opens the rows in the compiling process; it is pickled, so it is a function of a module or a partial of one."""

_NICER: Final = 10
_KILL_AGAIN_S: Final = 0.05


class CompileError(Exception):
    """The process ended without a table; the message is its own. The old table stays."""


async def compile_in_process(
    folder: Path, catalogue: Catalogue, open_reader: OpenReader
) -> Compiled:
    """Compile and wait for the end; cancelled, it kills the process, and the old table stays.

    Raises:
        CompileError: it ended without a table.

    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_compile, args=(theirs, folder, catalogue, open_reader), name="dialplane-rates"
    )
    # In a thread: the new interpreter takes a while to come and read its catalogue.
    work = asyncio.create_task(asyncio.to_thread(_run, process, ours, theirs))
    answer: Compiled | str = ""
    try:
        answer = await asyncio.shield(work)
    finally:
        while (
            not work.done()
        ):  # cancelled; in the middle of its start the process cannot be killed yet
            if process.pid is not None:
                process.kill()
            await asyncio.wait([work], timeout=_KILL_AGAIN_S)
        code = process.exitcode
        process.close()
    if isinstance(answer, Compiled):
        return answer
    raise CompileError(answer or f"it was killed, exit code {code}")


def _run(process: SpawnProcess, ours: Connection, theirs: Connection) -> Compiled | str:
    """Start it, wait for what it says and for its end."""
    with ours:
        with theirs:
            process.start()
        answer = _answer_of(ours)
    process.join()
    return answer


def _answer_of(end: Connection) -> Compiled | str:
    """What the process says; nothing if it dies first."""
    try:
        answer: Compiled | str = end.recv()
    except (EOFError, OSError):
        return ""
    return answer


def _compile(
    answer: Connection, folder: Path, catalogue: Catalogue, open_reader: OpenReader
) -> None:
    # Ctrl-C and a service manager tell the whole group; they mean the service, which ends this.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICER)  # calls come first where processors are short
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with open_reader() as reader:
            answer.send(compile_rates(folder, catalogue, reader))
    except Exception as error:  # noqa: BLE001 - the parent says it, whatever it was
        answer.send(f"{type(error).__name__}: {error}")


def _end_with_parent() -> None:
    """A service that was killed leaves no compiler behind; the next one would have to wait for it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
