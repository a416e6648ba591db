"""Quality figures over a real server, and that the service measures by itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest

from dialplane.admin.v1.quality_service_pb2 import (
    ListQualityFiguresRequest,
    MeasureQualityRequest,
    QualityFigure,
)
from dialplane.admin.v1.quality_service_pb2_grpc import QualityServiceStub
from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking import quality
from dialplane_service.rpc.conversion.instants import to_instant
from tests.fakes.clock import NOON
from tests.rpc.harness import Harness, failure, running

WINDOW = Window(NOON, NOON + timedelta(days=1))


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s"), quality_window_h=2) as harness:
        yield harness


async def test_every_field_of_a_figure_arrives(service: Harness) -> None:
    large = quality.QualityFigure(7, "7495", 2**32 - 1, 5, 2**63, 2**62, 9)
    service.quality.known = [MeasuredQuality("Westcall", large, WINDOW)]
    stub = QualityServiceStub(service.admin)
    (found,) = (await stub.ListQualityFigures(ListQualityFiguresRequest())).figures
    expected = QualityFigure(
        provider="Westcall",
        prefix="7495",
        attempts=2**32 - 1,
        answered=5,
        talk_ms=2**63,
        pdd_attempts=9,
        pdd_ms=2**62,
    )
    expected.measured_from.FromDatetime(WINDOW.begin)
    expected.measured_to.FromDatetime(WINDOW.end)
    assert found == expected


@pytest.mark.parametrize(
    ("provider", "prefix", "found"),
    [
        ("", "", ["W", "W7", "W7495", "Z7812"]),
        ("W", "", ["W", "W7", "W7495"]),
        ("", "749", ["W", "W7", "W7495"]),
        ("", "74957777777", ["W", "W7", "W7495"]),
        ("Z", "78", ["Z7812"]),
        ("Z", "7495", []),
        ("X", "", []),
    ],
)
async def test_filters(service: Harness, provider: str, prefix: str, found: list[str]) -> None:
    service.quality.known = [
        MeasuredQuality(name, quality.QualityFigure(7, digits, 1, 1, 1, 1, 1), WINDOW)
        for name, digits in (("W", ""), ("W", "7"), ("W", "7495"), ("Z", "7812"))
    ]
    request = ListQualityFiguresRequest(provider=provider, prefix=prefix)
    answer = await QualityServiceStub(service.admin).ListQualityFigures(request)
    assert [f"{each.provider}{each.prefix}" for each in answer.figures] == found


async def test_measuring_takes_the_configured_window_until_now(service: Harness) -> None:
    service.quality.known = []
    service.quality.calls = [datetime.now(UTC) - timedelta(hours=hours) for hours in (1, 3)]
    stub = QualityServiceStub(service.admin)
    answer = await stub.MeasureQuality(MeasureQualityRequest())
    assert answer.changed
    since, until = to_instant(answer.measured_from), to_instant(answer.measured_to)
    assert until - since == timedelta(hours=2)
    assert timedelta(0) <= datetime.now(UTC) - until < timedelta(seconds=10)
    (figure,) = (await stub.ListQualityFigures(ListQualityFiguresRequest())).figures
    assert (figure.attempts, figure.measured_to) == (1, answer.measured_to)
    assert not (await stub.MeasureQuality(MeasureQualityRequest())).changed


async def test_bad_requests_and_an_absent_database(service: Harness) -> None:
    stub = QualityServiceStub(service.admin)
    bad = ListQualityFiguresRequest(provider="x" * 51, prefix="7a")
    found = await failure(stub.ListQualityFigures(bad))
    assert set(found.violations) == {"provider", "prefix"}
    service.quality.away = True
    for call in (
        stub.ListQualityFigures(ListQualityFiguresRequest()),
        stub.MeasureQuality(MeasureQualityRequest()),
    ):
        assert (await failure(call)).code is grpc.StatusCode.UNAVAILABLE
    service.quality.away = False


async def test_the_service_measures_by_itself_and_still_stops(tmp_path: Path) -> None:
    async with running(tmp_path, quality_interval_s=1) as service:
        service.quality.calls = [datetime.now(UTC)]
        for _ in range(300):
            if service.quality.known:
                break
            await asyncio.sleep(0.01)
        assert [each.figure.attempts for each in service.quality.known] == [1]
        async with asyncio.timeout(5):
            assert await service.stop()
