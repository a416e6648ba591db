"""Recorded calls and the diagnosis over a real server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest, ListCallsRequest
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseRequest
from dialplane.admin.v1.diagnosis_service_pb2_grpc import DiagnosisServiceStub
from dialplane.admin.v1.finding_pb2 import SEVERITY_ERROR, SEVERITY_WARNING
from dialplane.routing.v1.channel_pb2 import DIAL_STATUS_NO_ANSWER, LEG_CALLED
from dialplane_service.domain.findings import Finding, Severity
from tests.fakes.clock import NOON
from tests.rpc.harness import Harness, changed, running
from tests.rpc.recorded_calls import CALL, SUMMARY


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        harness.calls.calls = [
            replace(CALL, summary=replace(SUMMARY, call_id=f"c{number}", began_at=began))
            for number, began in enumerate([NOON, NOON, NOON + timedelta(seconds=1)])
        ]
        yield harness


async def test_calls_come_in_pages_newest_first(service: Harness) -> None:
    stub = CallsServiceStub(service.admin)
    request = ListCallsRequest(page_size=2, number="7495")
    first = await stub.ListCalls(request)
    assert [call.call_id for call in first.calls] == ["c2", "c1"]
    second = await stub.ListCalls(changed(request, page_token=first.next_page_token))
    assert [call.call_id for call in second.calls] == ["c0"]
    assert not second.next_page_token
    assert not second.calls[0].HasField("answered_ms")
    assert second.calls[0].q850_cause == 0


async def test_filters_reach_the_reader(service: Harness) -> None:
    stub = CallsServiceStub(service.admin)
    later = ListCallsRequest()
    getattr(later, "from").FromDatetime(NOON + timedelta(seconds=1))
    assert [call.call_id for call in (await stub.ListCalls(later)).calls] == ["c2"]
    for field, value in (("account", "other"), ("server", "spb"), ("number", "44")):
        assert not (await stub.ListCalls(changed(ListCallsRequest(), **{field: value}))).calls


async def test_a_call_comes_whole(service: Harness) -> None:
    answer = await CallsServiceStub(service.admin).GetCall(GetCallRequest(call_id="c1"))
    (channel,) = answer.call.channels
    assert channel.leg == LEG_CALLED
    assert channel.dial_status == DIAL_STATUS_NO_ANSWER
    assert channel.HasField("dialled_ms")
    assert not channel.HasField("answered_ms")
    assert not channel.HasField("answered_at")
    assert (channel.q850_cause, channel.sip_status) == (0, 487)
    assert channel.channel.unique_id == "u1"
    assert answer.call.attempts[0].provider == "Westcall"
    assert answer.call.attempts[0].q850_cause == 19
    assert answer.call.events[0].event == "CREATED"


async def test_the_diagnosis_puts_the_worst_first(service: Harness) -> None:
    service.inspector.findings = (
        Finding(Severity.WARNING, "slow_disk", "database", "It is slow.", "Buy another."),
        Finding(Severity.ERROR, "no_grant", "database", "A grant is missing.", "Grant it."),
    )
    answer = await DiagnosisServiceStub(service.admin).Diagnose(DiagnoseRequest())
    severities = [finding.severity for finding in answer.findings]
    assert severities == sorted(severities, reverse=True)
    found = {finding.code: finding.severity for finding in answer.findings}
    assert found["no_grant"] == SEVERITY_ERROR
    assert found["slow_disk"] == SEVERITY_WARNING
    assert "provider_without_in_address" in found, "Voicebuy rents numbers without an IN address"
    assert answer.data_version == 7
    assert answer.database_available
    assert answer.checks > 40
    assert answer.service_version


async def test_the_diagnosis_answers_with_neither_database_nor_data(tmp_path: Path) -> None:
    async with running(tmp_path, away=True) as service:
        answer = await DiagnosisServiceStub(service.admin).Diagnose(DiagnoseRequest())
        codes = [finding.code for finding in answer.findings]
        assert codes == ["no_decision_data", "decision_data_not_refreshed"]
        assert not answer.database_available
        assert not answer.HasField("data_loaded_at")
