"""Hangup: a channel ended."""

from dialplane_service.application.ports import ChannelRecorder
from dialplane_service.domain.events import HangupEvent, Recorded


class Hangup:
    """The use case. Committed when it returns; it may come before RecordChannel."""

    def __init__(self, recorder: ChannelRecorder) -> None:
        self._recorder = recorder

    async def __call__(self, event: HangupEvent) -> Recorded:
        """Record one end.

        Raises:
            DatabaseUnavailableError: nothing was recorded, or it is not known; send it again.
        """
        return await self._recorder.hangup(event)
