"""GetCall: one recorded call, whole."""

from dialplane_service.application.errors import UnknownCallError
from dialplane_service.application.ports import CallReader
from dialplane_service.domain.calls import Call


class GetCall:
    """The use case."""

    def __init__(self, calls: CallReader) -> None:
        self._calls = calls

    async def __call__(self, call_id: str, *, explain: bool = False) -> Call:
        """Get one call; ``explain``: with the rates that priced its attempts.

        Raises:
            UnknownCallError: nothing is recorded under the id.
            DatabaseUnavailableError: it cannot be read now.
        """
        call = await self._calls.get_call(call_id, with_rates=explain)
        if call is None:
            raise UnknownCallError(call_id)
        return call
