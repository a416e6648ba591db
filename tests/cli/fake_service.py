"""`dialplane serve` as a process, over rows and calls that a test of the command wants to see.

Run as `python -m tests.cli.fake_service`. `FAKE_AWAY` takes the database away from the start.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dialplane_service.bootstrap import Database
from dialplane_service.cli.serve import run
from dialplane_service.config import Config
from dialplane_service.domain.calls import (
    Call,
    CallSummary,
    RecordedAttempt,
    RecordedChannel,
    RecordedEvent,
)
from dialplane_service.domain.events import DialStatus, HangupSource, Leg
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.trace import RatePrice
from tests.domain.world import address, article_world, provider
from tests.fakes.call_reader import FakeCallReader
from tests.fakes.channel_recorder import FakeChannelRecorder
from tests.fakes.database_inspector import FakeDatabaseInspector
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader
from tests.fakes.quality_store import FakeQualityStore
from tests.fakes.rate_deck_store import FakeExchangeRateStore, FakeRateDeckStore
from tests.fakes.rate_rows_reader import open_no_rate_rows

HOSTILE = "[red]Evil[/red]\x1b[2J\u202e\r\n" + "x" * 300
"""A name that would clear the screen, turn the line round, break it, and fill it."""
LONG_NAME = f"{'long-' * 13}.example.com"
LARGEST = 2**64 - 1
BEGAN = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
COUNT = 1200
FAULTY = "fault"


def call(index: int) -> Call:
    call_id, began = f"call-{index:04d}", BEGAN + timedelta(seconds=index)
    summary = CallSummary(
        call_id=call_id,
        began_at=began,
        account="acme",
        server="asterisk-macomnet",
        caller_number="79161234567",
        called_number="74951815000" if index else HOSTILE,
        attempts=1,
        channels=1,
        q850_cause=16,
        answered_ms=62_345 if index else None,
        ended=True,
    )
    channel = RecordedChannel(
        server="asterisk-macomnet",
        unique_id=f"msk-{index}.1",
        linked_id="",
        name="SIP/westcall-1",
        sip_call_id="",
        leg=Leg.CALLED,
        attempt=1,
        route_id="g8.A",
        created_at=began,
        answered_at=began + timedelta(seconds=3),
        ended_at=None,
        q850_cause=None,
        sip_status=200,
        tech_cause="SIP 200 OK",
        hangup_source=HangupSource.CALLER,
        dial_status=DialStatus.ANSWER,
        answered_ms=62_345,
        dialled_ms=None,
        ring_ms=None,
        progress_ms=None,
    )
    attempt = RecordedAttempt(
        *(
            1,
            "asterisk-macomnet",
            "g8.A",
            "Westcall",
            "SIP/westcall/1",
            "1",
            "2",
            LARGEST,
            None,
            200,
        ),
        decided_at=began - timedelta(seconds=1),
        rate_id=LARGEST,
        rate=RATE if index else None,
    )
    event = RecordedEvent(
        "asterisk-macomnet", f"msk-{index}.1", "CREATED", began, began + timedelta(milliseconds=1)
    )
    return Call(summary, (channel,), (attempt,), (event,))


RATE = RatePrice(
    *("Westcall v1", "RUB", LARGEST, "7916", "Russia mobile MTS", Decimal("1.62000000")),
    *(Decimal("0.10000000"), 60, 1, 0),
)


def measured(provider_name: str, figure: QualityFigure) -> MeasuredQuality:
    return MeasuredQuality(provider_name, figure, Window(BEGAN, BEGAN + timedelta(days=1)))


class CallReader(FakeCallReader):
    """The fake, with one call that nobody can read."""

    async def get_call(self, call_id: str, *, with_rates: bool = False) -> Call | None:
        if call_id == FAULTY:
            raise RuntimeError("secret details of the fault")
        return await super().get_call(call_id, with_rates=with_rates)


@asynccontextmanager
async def fake_database(_: Config) -> AsyncIterator[Database]:
    world = article_world()
    world.providers[99] = provider(99, HOSTILE, 5)
    world.addresses[99] = address(99, 99, None, LONG_NAME, "OUT")
    rows = FakeDecisionRowsReader(world.data().rows)
    calls = CallReader(*map(call, range(COUNT)))
    rows.away = calls.away = bool(os.environ.get("FAKE_AWAY"))
    note = Finding(Severity.NOTICE, "hostile", "MariaDB", HOSTILE, "[bold]Nothing.")
    inspector = FakeDatabaseInspector(note)
    decks, exchange_rates = FakeRateDeckStore(), FakeExchangeRateStore()
    quality = FakeQualityStore()
    quality.known = [
        measured("Voxbeam", QualityFigure(8, "", 0, 0, 0, 0, 0)),
        measured("Westcall", QualityFigure(7, "", 3, 2, 61_000, 4001, 2)),
        measured("Westcall", QualityFigure(7, "7495", 2, 1, 60_000, 0, 0)),
    ]
    recorder = FakeChannelRecorder()
    yield Database(
        rows, recorder, calls, inspector, decks, exchange_rates, quality, open_no_rate_rows
    )


if __name__ == "__main__":
    sys.exit(run(open_database=fake_database))
