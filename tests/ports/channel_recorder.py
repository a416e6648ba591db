from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dialplane_service.application.ports import ChannelRecorder
from dialplane_service.domain.events import (
    ChannelEvent,
    ChannelEventKind,
    ChannelKey,
    HangupEvent,
    Leg,
)

INSTANT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEY = ChannelKey(1, "msk-1.1", "msk-1.1", "PJSIP/westcall-00000001", "abc@host")
CREATED = ChannelEvent(
    channel=KEY,
    kind=ChannelEventKind.CREATED,
    occurred_at=INSTANT,
    call_id="c1",
    leg=Leg.CALLED,
    attempt=1,
    route_id="g8.cli",
    dial_string="SIP/westcall/74957777777",
    account="acme",
    called_number="74957777777",
    sent_number="74957777777",
    caller_number="74951234567",
    data_version=7,
    calling_unique_id="msk-1.0",
    decided_at=INSTANT,
)
ENDED = HangupEvent(
    channel=KEY,
    occurred_at=INSTANT,
    call_id="c1",
    leg=Leg.CALLED,
    q850_cause=16,
    sip_status=None,
    tech_cause="",
    hangup_source=None,
    dial_status=None,
    answered_ms=None,
    dialled_ms=None,
    ring_ms=None,
    progress_ms=None,
    attempt=1,
    route_id="g8.cli",
    account="acme",
    created_at=None,
    answered_at=None,
    calling_unique_id="msk-1.0",
)


class ChannelRecorderSuite(ABC):
    """What every `ChannelRecorder` does. `recorder` gives an empty one that knows server 1."""

    @pytest.fixture
    @abstractmethod
    def recorder(self) -> ChannelRecorder: ...

    async def test_an_event_is_recorded_once(self, recorder: ChannelRecorder) -> None:
        first = await recorder.record_channel(CREATED)
        second = await recorder.record_channel(CREATED)
        assert not first.already_recorded
        assert second.already_recorded
        assert second.recorded_at == first.recorded_at
        assert first.recorded_at.tzinfo is UTC

    async def test_creation_and_answer_are_two_events(self, recorder: ChannelRecorder) -> None:
        await recorder.record_channel(CREATED)
        answered = await recorder.record_channel(replace(CREATED, kind=ChannelEventKind.ANSWERED))
        assert not answered.already_recorded

    async def test_the_end_may_come_first(self, recorder: ChannelRecorder) -> None:
        assert not (await recorder.hangup(ENDED)).already_recorded
        assert not (await recorder.record_channel(CREATED)).already_recorded
        assert (await recorder.hangup(ENDED)).already_recorded

    async def test_channels_of_two_servers_are_two(self, recorder: ChannelRecorder) -> None:
        await recorder.hangup(ENDED)
        elsewhere = replace(ENDED, channel=replace(KEY, server_id=2))
        assert not (await recorder.hangup(elsewhere)).already_recorded
