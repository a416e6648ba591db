"""Least cost on the demo's rate decks: in which order, why, and how it is told again afterwards."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.routing.v1 import tier_pb2, trace_pb2
from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.acceptance.conftest import Rows
from tests.shims.fake_asterisk import user_call
from tests.shims.harness import RunProcess
from tests.support.running_service import RunningService

NUMBER = "79161234567"
RUB, USD = Decimal("0.0109"), Decimal("0.862")
COSTS = {
    "IPport": (3 * Decimal("1.58") + Decimal("0.10")) * RUB,
    "Westcall": 3 * Decimal("1.62") * RUB,
    "Voicebuy": 3 * Decimal("0.0209") * USD,
    "Voxbeam": 3 * Decimal("0.0214") * USD,
    "Zadarma": 3 * Decimal("1.90") * RUB,
}
"""What three minutes to NUMBER cost over each, in euros, by `sql/demo`: the cheapest first."""
OWN_PRICE = 3 * Decimal("0.029")
STEADY = 2
"""The demo's plan of 240 s that demands prices and a margin of 5 %."""


def build(
    stub: RoutingServiceStub, *tried: str, account: str = "visitor", **fields: Any
) -> BuildDialStringResponse:
    """Ask for the next thing to dial."""
    now = Timestamp()
    now.GetCurrentTime()
    request = BuildDialStringRequest(
        call_id="least-cost",
        decided_at=now,
        server="asterisk-macomnet",
        account=account,
        called=Number(e164=NUMBER),
        target_ids=["n"],
        tier=tier_pb2.TIER_CLI,
        attempt=len(tried) + 1,
        tried_route_ids=tried,
        **fields,
    )
    if tried:
        request.last_outcome.q850_cause = 34
    return stub.BuildDialString(request, timeout=5)


def ranked(answer: BuildDialStringResponse) -> list[trace_pb2.Candidate]:
    return [row for row in answer.trace.candidates if row.rank]


def test_the_cheapest_call_first_and_every_amount_exact(stub: RoutingServiceStub) -> None:
    answer = build(stub, explain=True)
    told = {row.provider: Decimal(row.expected_cost.amount) for row in ranked(answer)}
    assert list(told.items()) == list(COSTS.items())
    first = answer.trace.candidates[0]
    assert (first.rate_deck, first.rate_row) == ("IPport v1", f"rates#{answer.dial.rate_id}")
    assert (first.matched_prefix, first.destination) == ("7916", "Russia mobile MTS")
    assert (first.price_per_minute.amount, first.price_per_minute.currency_code) == ("1.58", "RUB")
    assert first.converted_price_per_minute.amount == "0.017222"
    assert first.expected_cost.currency_code == "EUR"
    assert not first.HasField("expected_margin"), "visitor has no tariff"
    assert {row.drop_reason for row in answer.trace.candidates if not row.rank} == {
        trace_pb2.DROP_REASON_CARRIES_NO_OUTGOING
    }


def test_attempt_by_attempt_the_same_order(stub: RoutingServiceStub) -> None:
    tried: list[str] = []
    providers = []
    while (answer := build(stub, *tried)).WhichOneof("answer") == "dial":
        assert not answer.HasField("trace")
        providers.append(answer.dial.provider)
        tried.append(answer.dial.route_id)
    assert providers == list(COSTS)


def test_an_accounts_plan_and_tariff(stub: RoutingServiceStub, rows: Rows) -> None:
    rows.update("accounts", 2, routing_plan_id=STEADY, tariff_id=1)
    answer = build(stub, explain=True)
    basis = answer.trace.basis
    assert (basis.routing_plan, basis.expected_duration_s) == ("steady", 240)
    assert basis.strategies[0] == "least cost within 2 %"
    assert list(basis.demands) == ["a margin of 5 % at least", "no provider without prices"]
    assert basis.rate_table_version > 0
    (own,) = basis.own_prices
    assert (own.price.price_per_minute.amount, own.price.expected_cost.amount) == ("0.029", "0.116")
    for row in ranked(answer):
        assert Decimal(row.expected_margin.amount) == Decimal("0.116") - Decimal(
            row.expected_cost.amount
        )
    assert answer.dial.price_per_minute.amount == "0.029"
    rows.execute("UPDATE routing_plans SET minimum_margin_percent = 37 WHERE id = %s", (STEADY,))
    try:
        dropped = {
            row.provider: trace_pb2.DropReason.Name(row.drop_reason)
            for row in build(stub, explain=True).trace.candidates
            if not row.rank
        }
    finally:
        rows.execute("UPDATE routing_plans SET minimum_margin_percent = 5 WHERE id = %s", (STEADY,))
    assert dropped["Zadarma"] == "DROP_REASON_MARGIN_TOO_LOW"
    assert "IPport" not in dropped


def test_a_currency_without_rate_leaves_its_providers_out(
    stub: RoutingServiceStub, rows: Rows
) -> None:
    rows.execute("UPDATE exchange_rates SET valid_from = '2100-01-01' WHERE currency_id = 96")
    try:
        answer = build(stub, explain=True)
    finally:
        rows.execute("UPDATE exchange_rates SET valid_from = '2026-01-01' WHERE currency_id = 96")
    assert [row.provider for row in ranked(answer)] == ["Voicebuy", "Voxbeam"]
    reasons = {row.provider: row.drop_reason for row in answer.trace.candidates if not row.rank}
    assert reasons["IPport"] == trace_pb2.DROP_REASON_NO_EXCHANGE_RATE


def test_the_command_tells_an_operator(service: RunningService) -> None:
    command = ("route", NUMBER, "--account", "visitor", "--explain", "--target", service.target)
    out = run(*command)
    assert "Plan          the default: least cost; calls of 180 s expected\n" in out
    prices = out.split("\n\n")[1].splitlines()
    assert prices[0].split("  ")[0] == "RANK"
    assert "EUR/180 S" in prices[0]
    assert [line.split()[1] for line in prices[1:]] == list(COSTS)
    for told in ("IPport v1", "7916 Russia mobile MTS", "1.58 RUB", "0.0172220", "0.0527560"):
        assert told in prices[1]
    assert max(map(len, out.splitlines())) <= 120
    document = json.loads(run(*command, "--json"))
    assert [row["provider"] for row in document["routes"]] == list(COSTS)
    assert document["routes"][0]["expected_cost"] == {"currency_code": "EUR", "amount": "0.052756"}
    assert document["basis"]["base_currency"] == "EUR"


def test_a_past_decision_is_told_again(service: RunningService, run_process: RunProcess) -> None:
    """From the host's question to the record: what priced the route is still known afterwards."""
    call = user_call(**{"CHANNEL(endpoint)": b"visitor-201", "EXTEN": NUMBER.encode()})
    call.environment |= {"agi_extension": NUMBER.encode(), "agi_dnid": NUMBER.encode()}
    run_process("make_a_route", call, service.target)
    run_process("incoming_dialer", call, service.target)
    assert call["DIALPLANE_STATUS"] == "DIAL"
    leg = user_call()
    leg.environment["agi_uniqueid"] = b"macomnet-1763851234.99"
    inherited = {name: value for name, value in call.variables.items() if value != b""}
    leg.variables |= inherited | {"DIALPLANE_LEG": b"called"}
    run_process("create_channel_record", leg, service.target)
    assert leg["DIALPLANE_STATUS"] == "RECORDED"
    with grpc.insecure_channel(service.admin_target) as channel:
        request = GetCallRequest(call_id=call["DIALPLANE_CALL_ID"], explain=True)
        (attempt,) = CallsServiceStub(channel).GetCall(request, timeout=5).call.attempts
    assert attempt.data_version > 0
    assert attempt.HasField("decided_at")
    assert (
        attempt.rate.rate_row == f"rates#{attempt.rate_id}" == f"rates#{call['DIALPLANE_RATE_ID']}"
    )
    assert (attempt.rate.rate_deck, attempt.rate.matched_prefix) == ("IPport v1", "7916")
    assert attempt.rate.price_per_minute.amount == "1.58"
    shown = run(
        "calls", "show", request.call_id, "--explain", "--admin-target", service.admin_target
    )
    decision = shown.split("Decisions:\n")[1].splitlines()[1]
    for told in ("IPport v1", "7916 Russia mobile MTS", "1.58 RUB", "1/1, connect fee 0.1"):
        assert told in decision


def run(*words: str) -> str:
    """What the command writes."""
    done = subprocess.run(
        [sys.executable, "-m", "dialplane_service.cli.main", *words],
        env={name: text for name, text in os.environ.items() if "DIALPLANE" not in name},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
