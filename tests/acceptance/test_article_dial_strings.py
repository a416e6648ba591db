"""The article's five dial strings come out exactly, as a set, by every way there is."""

import json
import subprocess
import sys

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import tier_pb2
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.shims.fake_asterisk import user_call
from tests.shims.harness import RunProcess
from tests.support.running_service import RunningService

NUMBER = "74957777777"
ARTICLE = {
    "Zadarma": "SIP/sip.zadarma.com/74957777777",
    "Westcall": "SIP/westcall/74957777777",
    "Voxbeam": "SIP/sbc.voxbeam.com/001110174957777777",
    "Voicebuy": "SIP/sip.voicebuy.com/999274957777777",
    "IPport": "SIP/sip.n1.ipport.net/+74957777777",
}


def ask(stub: RoutingServiceStub, tried: list[str], **fields: object) -> BuildDialStringRequest:
    """An attempt of a call on server 1, by an account that owns no number."""
    now = Timestamp()
    now.GetCurrentTime()
    request = BuildDialStringRequest(
        call_id="article",
        decided_at=now,
        server="asterisk-macomnet",
        account="visitor",
        called=Number(e164=NUMBER),
        target_ids=["n"],
        tier=tier_pb2.TIER_CLI,
        attempt=len(tried) + 1,
        tried_route_ids=tried,
        **fields,  # type: ignore[arg-type]
    )
    if tried:
        request.last_outcome.q850_cause = 34
        request.last_outcome.sip_status = 503
    return request


def test_through_grpc_attempt_by_attempt(stub: RoutingServiceStub) -> None:
    dialled: dict[str, str] = {}
    tried: list[str] = []
    while True:
        answer = stub.BuildDialString(ask(stub, tried), timeout=5)
        if answer.WhichOneof("answer") != "dial":
            break
        dialled[answer.dial.provider] = answer.dial.dial_string
        tried.append(answer.dial.route_id)
    assert dialled == ARTICLE
    assert answer.no_more_routes.q850_cause == 34


def test_through_grpc_explained(stub: RoutingServiceStub) -> None:
    answer = stub.BuildDialString(ask(stub, [], explain=True), timeout=5)
    ranked = {item.provider: item.dial_string for item in answer.trace.candidates if item.rank}
    assert ranked == ARTICLE
    dropped = [item.provider for item in answer.trace.candidates if not item.rank]
    assert dropped == ["Multitel"]


def test_through_the_command(service: RunningService) -> None:
    command = ["-m", "dialplane_service.cli.main", "route", NUMBER, "--tier", "CLI"]
    run = subprocess.run(
        [sys.executable, *command, "--explain", "--json", "--target", service.target],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    routes = json.loads(run.stdout)["routes"]
    assert {route["provider"]: route["dial_string"] for route in routes} == ARTICLE


def test_through_a_shim_process(service: RunningService, run_process: RunProcess) -> None:
    channel = user_call(**{"CHANNEL(endpoint)": b"visitor-201"})
    channel.environment |= {"agi_extension": NUMBER.encode(), "agi_dnid": NUMBER.encode()}
    run_process("make_a_route", channel, service.target)
    assert channel["DIALPLANE_STATUS"] == "TARGETS"
    channel.variables["DIALPLANE_TIER"] = b"CLI"
    dialled: list[str] = []
    while len(dialled) < 12:
        run_process("incoming_dialer", channel, service.target)
        if channel["DIALPLANE_STATUS"] != "DIAL":
            break
        dialled.append(channel["DIALSTRING"])
        channel.variables |= {"DIALSTATUS": b"CONGESTION", "HANGUPCAUSE": b"34"}
    assert len(dialled) == len(ARTICLE)
    assert set(dialled) == set(ARTICLE.values())
    assert channel["DIALPLANE_STATUS"] == "NO_MORE_ROUTES"
