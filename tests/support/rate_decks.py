"""Price lists through the command, and what a service decides by them."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.admin.v1.rates_service_pb2 import GetRateTableRequest, GetRateTableResponse
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from dialplane.routing.v1 import build_dial_string_pb2
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from tests.support.running_service import RunningService

CALLED = "442071838750"
"""A number that the demo's providers have prices for, and that begins with no prefix of `price_list`."""


def rates(service: RunningService, *words: str, seconds: float = 60) -> Any:
    """Run `dialplane rates …` in a process of its own; gives its document.

    Raises:
        AssertionError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "dialplane_service.cli.main", "rates", *words, "--json"],
        env={**os.environ, "DIALPLANE_ADMIN_TARGET": service.admin_target},
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def price_list(file: Path, price: str, prefixes: Sequence[str]) -> str:
    """A price list with one price for all."""
    file.write_text("code,price\n" + "".join(f"{prefix},{price}\n" for prefix in prefixes))
    return str(file)


def rate_table(service: RunningService, timeout: float = 5) -> GetRateTableResponse:
    """What `dialplane ratetable status` asks for."""
    import grpc

    with grpc.insecure_channel(service.admin_target) as channel:
        return RatesServiceStub(channel).GetRateTable(GetRateTableRequest(), timeout=timeout)


def table_file(service: RunningService) -> Path:
    """Where the service keeps its rates."""
    return service.folder / "decision-data.rates" / TABLE_FILE


@dataclass(frozen=True)
class Priced:
    """What a provider's route was priced by; empty: by nothing."""

    deck: str
    price: str
    row: str
    table_version: int


def priced(
    service: RunningService,
    called: str = CALLED,
    *,
    provider: str = "Voxbeam",
    at: Timestamp | None = None,
    timeout: float = 5,
) -> Priced:
    """Ask for a route of account `acme` in its tier, CLI, and say what the provider's was priced by."""
    now = Timestamp()
    now.GetCurrentTime()
    question = build_dial_string_pb2.BuildDialStringRequest(
        call_id="priced",
        decided_at=at or now,
        server="asterisk-macomnet",
        account="acme",
        target_ids=["n"],
        attempt=1,
        simulate=True,
        explain=True,
    )
    question.called.e164 = called
    with service.stub() as stub:
        answer = stub.BuildDialString(question, timeout=timeout)
    found = [candidate for candidate in answer.trace.candidates if candidate.provider == provider]
    assert found, answer
    (price,) = {(each.rate_deck, each.price_per_minute.amount, each.rate_row) for each in found}
    return Priced(*price, answer.trace.basis.rate_table_version)
