from collections.abc import Sequence
from dataclasses import replace

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.calls import Call, CallFilter, CallSummary


class FakeCallReader:
    """Port `CallReader`: in memory."""

    def __init__(self, *calls: Call) -> None:
        self.calls = list(calls)
        self.away = False

    async def list_calls(self, criteria: CallFilter) -> Sequence[CallSummary]:
        self._require_available()
        summaries = sorted(
            (call.summary for call in self.calls),
            key=lambda call: (call.began_at, call.call_id),
            reverse=True,
        )
        return [call for call in summaries if _fits(call, criteria)][: criteria.limit]

    async def get_call(self, call_id: str, *, with_rates: bool = False) -> Call | None:
        self._require_available()
        found = next((call for call in self.calls if call.summary.call_id == call_id), None)
        if found is None or with_rates:
            return found
        return replace(found, attempts=tuple(replace(row, rate=None) for row in found.attempts))

    def _require_available(self) -> None:
        if self.away:
            raise DatabaseUnavailableError("the fake is away")


def _fits(call: CallSummary, criteria: CallFilter) -> bool:
    return (
        (criteria.began_from is None or call.began_at >= criteria.began_from)
        and (criteria.began_to is None or call.began_at < criteria.began_to)
        and criteria.account in (None, call.account)
        and criteria.server in (None, call.server)
        and (
            criteria.number is None
            or call.called_number.startswith(criteria.number)
            or call.caller_number.startswith(criteria.number)
        )
        and (criteria.before is None or (call.began_at, call.call_id) < criteria.before)
    )
