"""`dialplane serve` as a process of its own, with fakes behind the database's ports.

Run as `python -m tests.service.fake_service` with the service's variables; `FAKE_SLOW_S` makes
recording slow, `FAKE_DEAD` makes its
workers die at their start.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dialplane_service.bootstrap import Database
from dialplane_service.cli import serve_worker
from dialplane_service.cli.serve import run
from dialplane_service.config import Config
from tests.domain.world import article_world
from tests.fakes.call_reader import FakeCallReader
from tests.fakes.channel_recorder import FakeChannelRecorder
from tests.fakes.database_inspector import FakeDatabaseInspector
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader
from tests.fakes.quality_store import FakeQualityStore
from tests.fakes.rate_deck_store import FakeExchangeRateStore, FakeRateDeckStore
from tests.fakes.rate_rows_reader import open_no_rate_rows


@asynccontextmanager
async def fake_database(_: Config) -> AsyncIterator[Database]:
    recorder = FakeChannelRecorder()
    recorder.slow_s = float(os.environ.get("FAKE_SLOW_S", "0"))
    rows = FakeDecisionRowsReader(article_world().data().rows)
    decks, exchange_rates = FakeRateDeckStore(), FakeExchangeRateStore()
    inspector = FakeDatabaseInspector()
    calls, quality = FakeCallReader(), FakeQualityStore()
    yield Database(
        rows, recorder, calls, inspector, decks, exchange_rates, quality, open_no_rate_rows
    )


WORKER = (sys.executable, "-m", "tests.service.fake_service", "--worker")


DEAD_WORKER = ("sh", "-c", "exit 7")


def main() -> int:
    if "--worker" not in sys.argv:
        worker = DEAD_WORKER if os.environ.get("FAKE_DEAD") else WORKER
        return run(worker=worker, open_database=fake_database)
    return serve_worker.main(fake_database)


if __name__ == "__main__":
    sys.exit(main())
