"""What a serving process has for itself."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from grpc import aio

from bench.load import rpc

MB = 10**6
_CHANNELS = 16


@dataclass(frozen=True)
class Memory:
    """Of one worker, in MB (10^6 bytes)."""

    workers: int
    private: float
    """Private_Clean and Private_Dirty of /proc/PID/smaps over all mappings but the rate table's file.

    Pages of the file are the page cache's: as many processes as like map them once. While only one
    does, the kernel counts those that it has touched as private.
    """
    table: float
    """Rss of the mapping of the rate table's file: what of it this process has touched."""


def serving_pids(pid: int, workers: int) -> list[int]:
    """The processes that serve: the one that was started, or its children."""
    if workers == 1:
        return [pid]
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [
        int(each)
        for each in text.split()
        if b"serve_worker" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


def memory(pid: int, workers: int, table: Path) -> Memory:
    """Read a process's mappings."""
    private = mapped = 0
    is_table = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        name, *values = line.split()
        if not name.endswith(":"):  # the head of a mapping: addresses, rights, …, file
            is_table = line.endswith(str(table))
        elif is_table and name == "Rss:":
            mapped += int(values[0]) * 1024
        elif not is_table and name in ("Private_Clean:", "Private_Dirty:"):
            private += int(values[0]) * 1024
    return Memory(workers, private / MB, mapped / MB)


async def warm(target: str, requests: Sequence[bytes]) -> None:
    """Ask over many connections, so that every worker gets some."""
    async with AsyncExitStack() as opened:
        channels = [
            await opened.enter_async_context(
                aio.insecure_channel(target, options=[("bench.channel", number)])
            )
            for number in range(_CHANNELS)
        ]
        ask = rpc(channels, "BuildDialString", requests)

        async def call() -> None:
            for _ in range(len(requests) // _CHANNELS):
                await ask(0)

        await asyncio.gather(*(call() for _ in range(_CHANNELS)))
