"""The fakes pass the suites of their ports."""

from dataclasses import replace

import pytest

from dialplane_service.domain.calls import Call
from dialplane_service.domain.capacity import PlacesWanted
from tests.domain.world import article_world
from tests.fakes.admission import FakeAdmission
from tests.fakes.call_reader import FakeCallReader
from tests.fakes.channel_recorder import FakeChannelRecorder
from tests.fakes.decision_rows_file import FakeDecisionRowsFile
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader
from tests.fakes.quality_store import FakeQualityStore
from tests.ports.admission import AdmissionSuite, HangUp
from tests.ports.call_reader import ACCOUNT, BEGAN, CALLED, CallReaderSuite
from tests.ports.channel_recorder import ChannelRecorderSuite
from tests.ports.decision_rows_file import DecisionRowsFileSuite
from tests.ports.decision_rows_reader import Change, DecisionRowsReaderSuite
from tests.ports.quality_store import CALLS, QualityStoreSuite
from tests.rpc.recorded_calls import CALL


class TestFakeDecisionRowsFile(DecisionRowsFileSuite):
    @pytest.fixture
    def file(self) -> FakeDecisionRowsFile:
        return FakeDecisionRowsFile()


class TestFakeDecisionRowsReader(DecisionRowsReaderSuite):
    @pytest.fixture
    def reader(self) -> FakeDecisionRowsReader:
        return FakeDecisionRowsReader(article_world().data().rows)

    @pytest.fixture
    def change(self, reader: FakeDecisionRowsReader) -> Change:
        async def commit() -> None:
            reader.commit(reader.rows)

        return commit


class TestFakeChannelRecorder(ChannelRecorderSuite):
    @pytest.fixture
    async def recorder(self) -> FakeChannelRecorder:  # type: ignore[override]
        return FakeChannelRecorder()


class TestFakeCallReader(CallReaderSuite):
    @pytest.fixture
    def calls(self) -> FakeCallReader:
        def call(call_id: str) -> Call:
            known = {"account": ACCOUNT, "called_number": CALLED, "began_at": BEGAN[call_id]}
            return replace(CALL, summary=replace(CALL.summary, call_id=call_id, **known))

        return FakeCallReader(*map(call, BEGAN))


class TestFakeQualityStore(QualityStoreSuite):
    @pytest.fixture
    async def quality(self) -> FakeQualityStore:  # type: ignore[override]
        store = FakeQualityStore()
        store.calls = list(CALLS)
        return store


class TestFakeAdmission(AdmissionSuite):
    @pytest.fixture
    def admission(self) -> FakeAdmission:
        return FakeAdmission()

    @pytest.fixture
    def hang_up(self, admission: FakeAdmission) -> HangUp:
        async def end(ended: PlacesWanted) -> None:
            admission.release(
                ended.call_id, ended.server_id, ended.calling_unique_id, ended.attempt
            )

        return end
