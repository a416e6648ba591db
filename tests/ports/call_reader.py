from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from dialplane_service.application.ports import CallReader
from dialplane_service.domain.calls import CallFilter
from tests.ports.channel_recorder import INSTANT

LATER = INSTANT + timedelta(seconds=1)
BEGAN = {"c0": INSTANT, "c1": INSTANT, "c2": LATER}
ACCOUNT, CALLED = "acme", "74957777777"


class CallReaderSuite(ABC):
    """What every `CallReader` does. `calls` gives one with the calls of `BEGAN`."""

    @pytest.fixture
    @abstractmethod
    def calls(self) -> CallReader: ...

    async def test_the_newest_come_first_and_equals_by_id(self, calls: CallReader) -> None:
        listed = await calls.list_calls(CallFilter())
        assert [call.call_id for call in listed] == ["c2", "c1", "c0"]
        assert [call.began_at for call in listed] == [LATER, INSTANT, INSTANT]
        assert {call.account for call in listed} == {ACCOUNT}

    async def test_pages_join_without_gap_or_repetition(self, calls: CallReader) -> None:
        seen = []
        before = None
        while page := await calls.list_calls(CallFilter(limit=1, before=before)):
            seen += [call.call_id for call in page]
            before = (page[-1].began_at, page[-1].call_id)
        assert seen == ["c2", "c1", "c0"]

    @pytest.mark.parametrize(
        ("criteria", "found"),
        [
            (CallFilter(began_from=LATER), ["c2"]),
            (CallFilter(began_to=LATER), ["c1", "c0"]),
            (CallFilter(account="nobody"), []),
            (CallFilter(server="nowhere"), []),
            (CallFilter(number="7495"), ["c2", "c1", "c0"]),
            (CallFilter(number="4957"), []),
        ],
    )
    async def test_filters(self, calls: CallReader, criteria: CallFilter, found: list[str]) -> None:
        assert [call.call_id for call in await calls.list_calls(criteria)] == found

    async def test_one_call_whole(self, calls: CallReader) -> None:
        call = await calls.get_call("c1")
        assert call is not None
        assert call.summary.called_number == CALLED
        assert [event.event for event in call.events] == ["CREATED"]
        assert len(call.channels) == 1

    async def test_no_such_call(self, calls: CallReader) -> None:
        assert await calls.get_call("c9") is None
