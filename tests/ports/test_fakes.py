import pytest

from tests.fakes.channel_recorder import FakeChannelRecorder
from tests.fakes.decision_rows_file import FakeDecisionRowsFile
from tests.ports.channel_recorder import ChannelRecorderSuite
from tests.ports.decision_rows_file import DecisionRowsFileSuite


class TestFakeDecisionRowsFile(DecisionRowsFileSuite):
    @pytest.fixture
    def file(self) -> FakeDecisionRowsFile:
        return FakeDecisionRowsFile()


class TestFakeChannelRecorder(ChannelRecorderSuite):
    @pytest.fixture
    async def recorder(self) -> FakeChannelRecorder:  # type: ignore[override]
        return FakeChannelRecorder()
