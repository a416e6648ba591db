"""One line per request, with its ids, and no telephone number in full unless asked for."""

from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog
from structlog.testing import capture_logs
from structlog.types import EventDict

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.observability.redaction import redacted
from tests.rpc.harness import (
    CHANNEL,
    CREATED,
    DIAL,
    ENDED,
    FROM_PROVIDER,
    FROM_USER,
    changed,
    failure,
    running,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("74957777777", "749******77"),
        ("+74957777777", "+74*******77"),
        ("112", "112"),
        ("1234", "1234"),
        ("12345", "1**45"),
        ("123456", "1***56"),
        ("1234567", "123**67"),
        ("", ""),
        ("7495\n777\x007777\x1b[31m", "749*************1m"),
        ("9" * 200, "999***(200 characters)"),
        ("٧٤٩٥٧٧٧٧٧٧٧", "???******??"),
    ],
)
def test_redacted(number: str, shown: str) -> None:
    assert redacted(number) == shown


async def logged(call: Any) -> list[EventDict]:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await call
    return [line for line in logs if line["event"] == "request"]


async def test_a_line_says_who_asked_what_and_what_came_of_it(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        stub = RoutingServiceStub(service.routing)
        metadata = (("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01"),)
        (line,) = await logged(stub.ClassifyCall(FROM_USER, metadata=metadata))
        call_id = line.pop("call_id")
        assert len(call_id) == 32
        assert 0 < line.pop("ms") < 1000
        assert line == {
            "event": "request",
            "log_level": "info",
            "method": "ClassifyCall",
            "status": "OK",
            "peer": "unix:",
            "server": "asterisk-macomnet",
            "unique_id": CHANNEL.unique_id,
            "trace_id": TRACE,
            "dialled": "749******77",
            "caller": "101",
            "call_class": "OUTGOING",
        }
        (line,) = await logged(stub.ClassifyCall(FROM_PROVIDER))
        assert line["refused"] == "UNKNOWN_NUMBER"
        (line,) = await logged(stub.BuildDialString(DIAL))
        assert (line["called"], line["attempt"]) == ("749******77", 1)
        assert line["route_id"]
        (line,) = await logged(stub.RecordChannel(CREATED))
        assert (line["reported"], line["call_id"]) == ("CREATED", "c1")
        (line,) = await logged(stub.RecordChannel(changed(CREATED, event=2)))
        assert line["reported"] == "ANSWERED"
        for event, reported in ((0, "UNSPECIFIED"), (99, "99")):
            (line,) = await logged(failure(stub.RecordChannel(changed(CREATED, event=event))))
            assert (line["status"], line["reported"]) == ("INVALID_ARGUMENT", reported)
        (line,) = await logged(stub.Hangup(ENDED))
        assert line["reported"] == "HANGUP"


async def test_failures_are_logged_with_their_status(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        stub = RoutingServiceStub(service.routing)
        (line,) = await logged(failure(stub.Hangup(changed(ENDED, server="x y"))))
        assert (line["status"], line["log_level"]) == ("INVALID_ARGUMENT", "info")
        service.recorder.away = True
        (line,) = await logged(failure(stub.Hangup(ENDED)))
        assert (line["status"], line["log_level"]) == ("UNAVAILABLE", "warning")
        raw = service.routing.unary_unary("/dialplane.routing.v1.RoutingService/Hangup")
        (line,) = await logged(failure(raw(b"\xff")))
        assert line["status"] == grpc.StatusCode.INVALID_ARGUMENT.name


async def test_at_debug_level_numbers_are_shown_in_full(tmp_path: Path) -> None:
    async with running(tmp_path, log_level="debug") as service:
        stub = RoutingServiceStub(service.routing)
        (line,) = await logged(stub.ClassifyCall(FROM_USER))
        assert line["dialled"] == "74957777777"
