"""GetRateTable over a real server: what it says without a table, with one, and when there can be none."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseRequest
from dialplane.admin.v1.diagnosis_service_pb2_grpc import DiagnosisServiceStub
from dialplane.admin.v1.rates_service_pb2 import GetRateTableRequest, GetRateTableResponse
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from dialplane_service.domain.rates.records import Deck
from tests.rpc.harness import Harness, running

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
EMPTY = Deck(1, "empty v1", 7, None, None, "RUB", 1, BEGAN, None, 0, "a" * 64)
LACKING = replace(EMPTY, id=2, row_count=5)


async def asked(
    service: Harness, condition: Callable[[GetRateTableResponse], bool]
) -> GetRateTableResponse:
    """Ask until the answer is the one that is waited for."""
    deadline = time.monotonic() + 20
    while True:
        answer = await RatesServiceStub(service.admin).GetRateTable(GetRateTableRequest())
        if condition(answer):
            return answer
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(0.02)


async def codes(service: Harness) -> set[str]:
    answer = await DiagnosisServiceStub(service.admin).Diagnose(DiagnoseRequest())
    return {finding.code for finding in answer.findings if finding.code.startswith("rate_table")}


async def test_without_a_deck_there_is_no_table(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        found = await asked(service, lambda answer: answer.up_to_date)
        assert (found.version, found.rates, found.file_bytes) == (0, 0, 0)
        assert not found.HasField("compiled_at")
        assert found.data_version == service.rows.rows.version
        assert await codes(service) == set()


async def test_a_deck_makes_a_table_and_one_that_lacks_rows_leaves_it(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.rows.commit(replace(service.rows.rows, rate_decks=(EMPTY,)))
        made = await asked(service, lambda answer: answer.version > 0 and answer.up_to_date)
        assert (made.version, made.decks) == (service.rows.rows.version, 1)
        assert made.file == str(service.config.rate_table_folder / "rates.table")
        assert made.file_bytes > 0
        assert made.compiled_at.seconds <= made.answered_at.seconds
        assert not made.HasField("compiling_since")
        service.rows.commit(replace(service.rows.rows, rate_decks=(EMPTY, LACKING)))
        failed = await asked(service, lambda answer: bool(answer.failure))
        assert "deck 2 has 0 rates instead of 5" in failed.failure
        assert failed.HasField("failed_at")
        assert (failed.version, failed.up_to_date) == (made.version, False)
        assert await codes(service) == {"rate_table_not_compiled"}
        service.rows.commit(replace(service.rows.rows, rate_decks=(EMPTY,)))
        await asked(service, lambda answer: answer.up_to_date and not answer.failure)
        assert await codes(service) == set()


async def test_without_database_and_data_it_answers(tmp_path: Path) -> None:
    async with running(tmp_path, away=True) as service:
        found = await asked(service, lambda answer: answer.HasField("answered_at"))
        assert (found.version, found.data_version, found.up_to_date) == (0, 0, False)
