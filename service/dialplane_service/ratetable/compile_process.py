"""Compiles in a process of its own: what serves calls neither waits for it nor shares its interpreter."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from dialplane_service.application.ports import RateRowsReader
from dialplane_service.ratetable.compile_rates import Compiled, compile_rates
from dialplane_service.ratetable.layout import Catalogue

OpenReader = Callable[[], AbstractContextManager[RateRowsReader]]
"""Opens the rows in the compiling process; it is pickled, so it is a function of a module or a partial of one."""

_NICER: Final = 10


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
    process.start()
    theirs.close()
    try:
        answer = await asyncio.to_thread(_answer_of, ours)
        await asyncio.to_thread(process.join)
        code = process.exitcode
    finally:
        process.kill()  # of one that has ended: nothing happens
        process.join()
        process.close()
        ours.close()
    if isinstance(answer, Compiled):
        return answer
    raise CompileError(answer or f"it was killed, exit code {code}")


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
    os.nice(_NICER)  # calls come first where processors are short
    try:
        with open_reader() as reader:
            answer.send(compile_rates(folder, catalogue, reader))
    except Exception as error:  # noqa: BLE001 - the parent says it, whatever it was
        answer.send(f"{type(error).__name__}: {error}")
