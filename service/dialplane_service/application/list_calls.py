"""ListCalls: recorded calls, the newest first."""

from collections.abc import Sequence

from dialplane_service.application.ports import CallReader
from dialplane_service.domain.calls import CallFilter, CallSummary


class ListCalls:
    """The use case."""

    def __init__(self, calls: CallReader) -> None:
        self._calls = calls

    async def __call__(self, criteria: CallFilter) -> Sequence[CallSummary]:
        """List at most ``criteria.limit`` calls.

        Raises:
            DatabaseUnavailableError: they cannot be read now.
        """
        return await self._calls.list_calls(criteria)
