"""How many requests are in progress, and whether new ones are taken."""

import asyncio


class Work:
    """The requests in progress of one process."""

    def __init__(self) -> None:
        self._count = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def closed(self) -> bool:
        """Whether new requests are refused."""
        return self._closed

    @property
    def count(self) -> int:
        """How many are in progress."""
        return self._count

    def close(self) -> None:
        """Take no new requests from now on."""
        self._closed = True

    async def idle(self) -> None:
        """Wait until none is in progress."""
        await self._idle.wait()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()
