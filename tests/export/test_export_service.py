"""`ExportService` over a real server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from dialplane.admin.v1.export_service_pb2 import ExportAddressesRequest, ExportAsteriskRequest
from dialplane.admin.v1.export_service_pb2_grpc import ExportServiceStub
from dialplane_service.domain.decision_data import DecisionRows
from tests.rpc.harness import Harness, failure, running


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


async def test_the_files_say_nothing_of_the_version(service: Harness) -> None:
    answer = await ExportServiceStub(service.admin).ExportAsterisk(
        ExportAsteriskRequest(server="asterisk-macomnet")
    )
    assert answer.data_version == 7
    assert len(answer.files) == 8
    assert [file.name for file in answer.files] == sorted(file.name for file in answer.files)
    assert not answer.refused


async def test_addresses_for_one_server_and_for_all(service: Harness) -> None:
    stub = ExportServiceStub(service.admin)
    one = await stub.ExportAddresses(ExportAddressesRequest(server="asterisk-macomnet"))
    every = await stub.ExportAddresses(ExportAddressesRequest())
    rows = {row.row for row in one.addresses}
    assert {row.row for row in every.addresses} - rows == {"servers#1"}
    assert every.data_version == 7


@pytest.mark.parametrize("server", ["nowhere", "undefined"])
async def test_an_unknown_server(service: Harness, server: str) -> None:
    stub = ExportServiceStub(service.admin)
    for call in (
        stub.ExportAsterisk(ExportAsteriskRequest(server=server)),
        stub.ExportAddresses(ExportAddressesRequest(server=server)),
    ):
        found = await failure(call)
        assert found.code is grpc.StatusCode.NOT_FOUND
        assert found.info is not None
        assert found.info.reason == "ERROR_REASON_UNKNOWN_SERVER"


async def test_a_name_that_is_none(service: Harness) -> None:
    stub = ExportServiceStub(service.admin)
    found = await failure(stub.ExportAsterisk(ExportAsteriskRequest(server="")))
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert list(found.violations) == ["server"]
    found = await failure(stub.ExportAddresses(ExportAddressesRequest(server="a\nb")))
    assert list(found.violations) == ["server"]


def with_hostile_gate(rows: DecisionRows) -> DecisionRows:
    gates = tuple(replace(gate, gatename="x\n#exec /bin/sh") for gate in rows.gates)
    return replace(rows, gates=gates)


async def test_refused_rows_leave_no_file(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        stub = ExportServiceStub(service.admin)
        request = ExportAsteriskRequest(server="asterisk-macomnet")
        service.rows.commit(with_hostile_gate(service.rows.rows))
        answer = await stub.ExportAsterisk(request)
        while answer.data_version == 7:
            answer = await stub.ExportAsterisk(request)
        assert not answer.files
        assert {remark.row for remark in answer.refused} == {f"gates#{n}" for n in (1, 2, 8, 9)}
