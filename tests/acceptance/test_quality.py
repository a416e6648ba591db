"""Quality: recorded calls become figures, and figures an order of providers."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from dialplane.admin.v1.quality_service_pb2 import ListQualityFiguresRequest, MeasureQualityRequest
from dialplane.admin.v1.quality_service_pb2_grpc import QualityServiceStub
from dialplane.routing.v1.channel_pb2 import LEG_CALLED, Channel
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import (
    CHANNEL_EVENT_ANSWERED,
    CHANNEL_EVENT_CREATED,
    RecordChannelRequest,
)
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.acceptance.conftest import Rows
from tests.acceptance.test_least_cost import COSTS, NUMBER, build, ranked
from tests.support.running_service import RunningService, running_service, until
from tests.support.schema import MigratedDatabase

CHEAPEST = list(COSTS)
IPPORT, WESTCALL = "a34.A", "g8.A"
SAMPLE = 25
PLAN = [{"quality": {"minimum_sample": SAMPLE, "asr_percent": 40}}, {"least_cost": {}}]


@pytest.fixture(scope="module")
def service(demo_database: MigratedDatabase) -> Iterator[RunningService]:
    """The service on the demo database; it measures only when it is told to."""
    with running_service(
        demo_database.service_url,
        DIALPLANE_POLL_INTERVAL_S="0.05",
        DIALPLANE_QUALITY_INTERVAL_S="0",
    ) as running:
        yield running


@pytest.fixture
def quality(service: RunningService) -> Iterator[QualityServiceStub]:
    """A client of its figures."""
    with grpc.insecure_channel(service.admin_target) as channel:
        yield QualityServiceStub(channel)


def call(stub: RoutingServiceStub, route_id: str, talk_s: int | None = None) -> None:
    """Record a call of now over a route, as its host does."""
    name, now = f"quality-{secrets.token_hex(6)}", datetime.now(UTC) - timedelta(minutes=30)
    facts: dict[str, Any] = {
        "server": "asterisk-macomnet",
        "channel": Channel(unique_id=name),
        "call_id": name,
        "leg": LEG_CALLED,
        "attempt": 1,
        "route_id": route_id,
    }
    created = RecordChannelRequest(event=CHANNEL_EVENT_CREATED, called_number=NUMBER, **facts)
    created.occurred_at.FromDatetime(now)
    stub.RecordChannel(created, timeout=5)
    if talk_s is not None:
        answered = RecordChannelRequest(event=CHANNEL_EVENT_ANSWERED, **facts)
        answered.occurred_at.FromDatetime(now)
        stub.RecordChannel(answered, timeout=5)
    ended = HangupRequest(q850_cause=16 if talk_s else 34, ring_ms=2000, **facts)
    ended.occurred_at.FromDatetime(now + timedelta(seconds=talk_s or 0))
    stub.Hangup(ended, timeout=5)


def order(stub: RoutingServiceStub) -> list[str]:
    return [row.provider for row in ranked(build(stub, explain=True))]


def test_figures_below_the_sample_change_nothing_and_above_it_the_order(
    stub: RoutingServiceStub, quality: QualityServiceStub, rows: Rows
) -> None:
    rows.update("routing_plans", 1, strategies=json.dumps(PLAN))
    rows.update("accounts", 2, routing_plan_id=1)
    for _ in range(SAMPLE - 1):
        call(stub, IPPORT)
    for number in range(SAMPLE):
        call(stub, WESTCALL, 60 if number < SAMPLE // 2 else None)
    assert quality.MeasureQuality(MeasureQualityRequest(), timeout=10).changed
    rows.wait()
    assert order(stub) == CHEAPEST
    assert build(stub).dial.provider == "IPport"

    call(stub, IPPORT)
    assert quality.MeasureQuality(MeasureQualityRequest(), timeout=10).changed
    rows.wait()
    assert order(stub) == [*CHEAPEST[1:], "IPport"], "Westcall answers half, so misses nothing"
    assert build(stub).dial.provider == "Westcall"

    version = rows.version()
    assert not quality.MeasureQuality(MeasureQualityRequest(), timeout=10).changed
    rows.wait()
    assert rows.version() == version
    request = ListQualityFiguresRequest(provider="Westcall", prefix="7916123")
    figures = quality.ListQualityFigures(request, timeout=5).figures
    assert [each.prefix for each in figures] == [NUMBER[:digits] for digits in range(7)]
    for each in figures:
        assert (each.attempts, each.answered, each.talk_ms) == (SAMPLE, SAMPLE // 2, 720_000)
        assert (each.pdd_attempts, each.pdd_ms) == (SAMPLE, SAMPLE * 2000)


def test_the_service_measures_by_itself_and_stops_when_it_is_told_to(
    demo_database: MigratedDatabase,
) -> None:
    with running_service(demo_database.service_url, DIALPLANE_QUALITY_INTERVAL_S="1") as service:
        with service.stub() as stub:
            call(stub, "a1.C")
        with grpc.insecure_channel(service.admin_target) as channel:
            client = QualityServiceStub(channel)
            request = ListQualityFiguresRequest(provider="Voxbeam")
            until(lambda: client.ListQualityFigures(request, timeout=5).figures, 10)
        assert service.stop() == 0
        assert '"event":"quality_measured"' in service.log.read_text()
