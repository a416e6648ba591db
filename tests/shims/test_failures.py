"""The service is down, slow, silent or wrong: the dialplan has an answer within the deadline."""

import json
import os
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane_shims.config import Settings
from tests.shims import bad_servers, replies
from tests.shims.fake_asterisk import provider_call, user_call
from tests.shims.harness import RunProcess, Serve
from tests.shims.test_scripts import CALLED_LEG, CLASSIFIED

BAD_SERVERS = {
    "refused": bad_servers.refusing,
    "silent": bad_servers.silent,
    "reset": lambda: bad_servers.answering(b""),
    "http1": lambda: bad_servers.answering(bad_servers.HTTP1),
    "garbage": lambda: bad_servers.answering(bad_servers.GARBAGE),
    "blackhole": lambda: nullcontext("192.0.2.1:50051"),  # RFC 5737: routed nowhere
}
# Seconds over which no step may last, its process's start included. On a machine that has more to
# do than processors, the test's own Asterisk waits for one too, before each of its answers.
_BUSY_S = 0.5 if os.getloadavg()[0] > (os.cpu_count() or 1) else 0.0
DECISION_S, EVENT_S = 2.0 + _BUSY_S, 1.0 + _BUSY_S

REAL = {
    "DIALPLANE_DECISION_DEADLINE": str(Settings().decision_deadline),
    "DIALPLANE_EVENT_DEADLINE": str(Settings().event_deadline),
    "DIALPLANE_ALLOW_PLAINTEXT": "true",
}


@pytest.mark.parametrize("kind", BAD_SERVERS)
def test_decision_without_a_service_is_refused_in_time(kind: str, run_process: RunProcess) -> None:
    server: AbstractContextManager[str] = BAD_SERVERS[kind]()
    with server as target:
        ran = run_process("incoming", provider_call(), target, **REAL)
    assert ran.code == 0
    assert ran.seconds < DECISION_S
    names = [name.lstrip("_") for name, _ in ran.channel.sets]
    assert names == [
        "DIALPLANE_CALL_ID",
        "DIALPLANE_CALLING_UNIQUE_ID",
        "DIALPLANE_REASON",
        "DIALPLANE_CAUSE",
        "DIALPLANE_SIP_STATUS",
        "DIALPLANE_STATUS",
    ]
    assert ran.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"
    assert ran.channel["DIALPLANE_REASON"] == "SERVICE_UNAVAILABLE"
    assert ran.channel["DIALPLANE_CAUSE"] == "42"
    assert ran.channel["DIALPLANE_CALL_ID"].startswith("local-")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("kind", BAD_SERVERS)
def test_event_without_a_service_is_spooled_in_time(
    kind: str, run_process: RunProcess, tmp_path: Path
) -> None:
    server: AbstractContextManager[str] = BAD_SERVERS[kind]()
    with server as target:
        ran = run_process("hangup", provider_call(**CALLED_LEG), target, **REAL)
    assert ran.seconds < EVENT_S
    assert ran.channel.sets == [("DIALPLANE_STATUS", "SPOOLED")]
    (path,) = (tmp_path / "spool").glob("*.json")
    envelope = json.loads(path.read_bytes())
    assert envelope["rpc"] == "Hangup"
    assert envelope["request"]["route_id"] == "g8"
    assert ran.stderr.count("\n") == 1


def test_event_whose_process_got_its_turn_too_late_is_spooled(
    run_process: RunProcess, tmp_path: Path
) -> None:
    def slow(_index: int, _command: bytes) -> bytes:
        time.sleep(0.3)
        return b""

    ran = run_process(
        "hangup", provider_call(**CALLED_LEG), before=slow, DIALPLANE_EVENT_DEADLINE="0.1"
    )
    assert ran.code == 0
    assert ran.channel["DIALPLANE_STATUS"] == "SPOOLED"
    assert len(list((tmp_path / "spool").glob("*.json"))) == 1


def test_slow_service(serve: Serve, run_process: RunProcess) -> None:
    def slow(_request: Any, _context: Any) -> Any:
        time.sleep(3)
        return replies.targets()

    ran = run_process("incoming", provider_call(), serve(ClassifyCall=slow).target, **REAL)
    assert ran.seconds < DECISION_S
    assert ran.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"


def test_second_replica_answers_where_the_first_is_silent(
    serve: Serve, run_process: RunProcess
) -> None:
    with bad_servers.silent() as silent:
        target = serve(ClassifyCall=replies.targets()).target
        ran = run_process("incoming", provider_call(), f"{silent},{target}", **REAL)
    assert ran.channel["DIALPLANE_STATUS"] == "TARGETS"
    assert ran.seconds < DECISION_S


def fail(code: grpc.StatusCode) -> Any:
    return lambda _request, context: context.abort(code, "no \x00 \n way")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"),
        (grpc.StatusCode.INTERNAL, "SERVICE_UNAVAILABLE"),
        (grpc.StatusCode.UNKNOWN, "SERVICE_UNAVAILABLE"),
    ],
)
def test_decision_that_the_service_fails(
    code: grpc.StatusCode, reason: str, serve: Serve, run_process: RunProcess
) -> None:
    service = serve(ClassifyCall=fail(code))
    ran = run_process("incoming", provider_call(), f"{service.target},{service.target}")
    assert ran.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"
    assert ran.channel["DIALPLANE_REASON"] == reason
    assert len(service.requests) == 1  # another replica would say the same
    assert ran.stderr.count("\n") == 1


def test_event_that_the_service_refuses_as_invalid(
    serve: Serve, run_process: RunProcess, tmp_path: Path
) -> None:
    service = serve(Hangup=fail(grpc.StatusCode.INVALID_ARGUMENT))
    ran = run_process("hangup", provider_call(**CALLED_LEG), service.target)
    assert ran.channel.sets == [("DIALPLANE_STATUS", "REJECTED")]
    assert len(list((tmp_path / "spool/rejected").glob("*.json"))) == 1
    assert not list((tmp_path / "spool").glob("*.json"))


def test_event_that_is_not_confirmed_is_spooled(serve: Serve, run_process: RunProcess) -> None:
    from dialplane.routing.v1.hangup_pb2 import HangupResponse

    service = serve(Hangup=HangupResponse())
    ran = run_process("hangup", provider_call(**CALLED_LEG), service.target)
    assert ran.channel.sets == [("DIALPLANE_STATUS", "SPOOLED")]


def test_event_that_cannot_be_kept_says_so(run_process: RunProcess, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with bad_servers.refusing() as target:
        ran = run_process(
            "hangup",
            provider_call(**CALLED_LEG),
            target,
            DIALPLANE_SPOOL=str(tmp_path / "file"),
        )
    assert ran.channel.sets == [("DIALPLANE_STATUS", "LOST")]
    assert "EVENT LOST" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_fallback_location(run_process: RunProcess) -> None:
    with bad_servers.refusing() as target:
        ran = run_process(
            "incoming",
            provider_call(),
            target,
            DIALPLANE_FALLBACK_INCOMING="location:reception,s,1",
        )
    assert ran.channel.sets[-5:] == [
        ("DIALPLANE_REASON", "SERVICE_UNAVAILABLE"),
        ("DIALPLANE_NEXT_CONTEXT", "reception"),
        ("DIALPLANE_NEXT_EXTENSION", "s"),
        ("DIALPLANE_NEXT_PRIORITY", "1"),
        ("DIALPLANE_STATUS", "LOCATION"),
    ]


def test_wrong_settings_are_told_and_answered(run_process: RunProcess) -> None:
    ran = run_process(
        "incoming_dialer",
        user_call(**CLASSIFIED),
        "203.0.113.9:50051",
        DIALPLANE_FALLBACK_INCOMING_DIALER="location:a,b",
        DIALPLANE_SPOOL_LIMIT="none",
    )
    assert ran.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"
    for setting in ("TARGETS", "FALLBACK_INCOMING_DIALER", "SPOOL_LIMIT"):
        assert f"setting DIALPLANE_{setting}: " in ran.stderr
    assert "plaintext is for loopback only" in ran.stderr


def test_reply_that_is_no_protobuf(run_process: RunProcess) -> None:
    from concurrent import futures

    handler = grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"\xff\xff\xff")
    server = grpc.server(futures.ThreadPoolExecutor(1), options=(("grpc.so_reuseport", 0),))
    server.add_registered_method_handlers(
        "dialplane.routing.v1.RoutingService", {"ClassifyCall": handler}
    )
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "dialplane.routing.v1.RoutingService", {"ClassifyCall": handler}
            ),
        )
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ran = run_process("incoming", provider_call(), f"127.0.0.1:{port}")
    server.stop(None).wait(5.0)
    assert ran.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"
    assert ran.stderr.count("\n") == 1


def test_decided_at_beyond_all_time(serve: Serve, run_process: RunProcess) -> None:
    reply = replies.targets(decided_at=Timestamp(seconds=2**62))
    ran = run_process("incoming", provider_call(), serve(ClassifyCall=reply).target)
    assert ran.channel["DIALPLANE_REASON"] == "NONSENSE_REPLY"
