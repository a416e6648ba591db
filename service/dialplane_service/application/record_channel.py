"""RecordChannel: a channel was created for an attempt, or answered."""

from dialplane_service.application.ports import ChannelRecorder
from dialplane_service.domain.events import ChannelEvent, Recorded


class RecordChannel:
    """The use case. Committed when it returns; sending it again changes nothing."""

    def __init__(self, recorder: ChannelRecorder) -> None:
        self._recorder = recorder

    async def __call__(self, event: ChannelEvent) -> Recorded:
        """Record one event.

        Raises:
            DatabaseUnavailableError: nothing was recorded, or it is not known; send it again.
        """
        return await self._recorder.record_channel(event)
