import asyncio
from datetime import UTC, datetime

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded


class FakeChannelRecorder:
    """Port `ChannelRecorder`: in memory; `away` and `slow` make it so."""

    def __init__(self) -> None:
        self.events: dict[tuple[int, str, str], ChannelEvent | HangupEvent] = {}
        self.recorded_at: dict[tuple[int, str, str], datetime] = {}
        self.away = False
        self.slow_s = 0.0
        self.begun = asyncio.Event()
        self.fault: Exception | None = None

    async def record_channel(self, event: ChannelEvent) -> Recorded:
        return await self._record(event, event.kind.value)

    async def hangup(self, event: HangupEvent) -> Recorded:
        return await self._record(event, "HANGUP")

    async def _record(self, event: ChannelEvent | HangupEvent, kind: str) -> Recorded:
        self.begun.set()
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        if self.away:
            raise DatabaseUnavailableError("the fake is away: secret details of the driver")
        if self.fault is not None:
            raise self.fault
        key = (event.channel.server_id, event.channel.unique_id, kind)
        known = key in self.events
        if not known:
            self.events[key] = event
            self.recorded_at[key] = datetime.now(UTC)
        return Recorded(self.recorded_at[key], known)
