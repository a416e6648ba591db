"""Each rule of the protos' comments: the last value that fits, and the first that does not."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest, ListCallsRequest
from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, SisterOrigin
from dialplane.routing.v1.number_pb2 import Anonymous, Number
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.application.errors import InvalidRequestError
from dialplane_service.rpc.conversion.page_token import page_token, place
from dialplane_service.rpc.validation.build_dial_string import validate_build_dial_string
from dialplane_service.rpc.validation.calls import validate_get_call, validate_list_calls
from dialplane_service.rpc.validation.classify_call import validate_classify_call
from dialplane_service.rpc.validation.hangup import validate_hangup
from dialplane_service.rpc.validation.record_channel import validate_record_channel
from tests.fakes.clock import NOON
from tests.rpc.harness import (
    CREATED,
    DIAL,
    ENDED,
    FROM_PROVIDER,
    FROM_USER,
    INSTANT,
    Harness,
    changed,
    failure,
    running,
)

ID = "A" * 32
LATE = Timestamp(seconds=253_402_300_800)
ODD = ("", "a b", "a/b", "é", "a\n", "\0", "A" * 33)

Case = tuple[Callable[[Any], None], Any, dict[str, Any], str | None]


def cases() -> list[Case]:
    classify, dial = validate_classify_call, validate_build_dial_string
    created, ended = validate_record_channel, validate_hangup
    sister = changed(FROM_USER, sister=SisterOrigin(peer_address="::1"))
    second = changed(DIAL, attempt=2, tried_route_ids=["a1.C"])
    second.last_outcome.SetInParent()
    return [
        *((classify, FROM_USER, {"server": odd}, "server") for odd in (*ODD[:-1], "A" * 51)),
        (classify, FROM_USER, {"server": "A" * 50}, None),
        (classify, FROM_USER, {"channel": None}, "channel"),
        (classify, FROM_USER, {"channel": None, "simulate": True}, None),
        (classify, FROM_USER, {"channel__unique_id": ""}, "channel.unique_id"),
        (classify, FROM_USER, {"channel__unique_id": "A" * 150}, None),
        (classify, FROM_USER, {"channel__unique_id": "A" * 151}, "channel.unique_id"),
        (classify, FROM_USER, {"channel__linked_id": "A" * 151}, "channel.linked_id"),
        (classify, FROM_USER, {"channel__linked_id": ""}, None),
        (classify, FROM_USER, {"channel__name": "é" * 127}, None),
        (classify, FROM_USER, {"channel__name": "é" * 128}, "channel.name"),
        (classify, FROM_USER, {"channel__sip_call_id": "x" * 256}, "channel.sip_call_id"),
        (classify, FROM_USER, {"dialled": ""}, None),
        (classify, FROM_USER, {"dialled": "\0\n\"'&é"}, None),
        (classify, FROM_USER, {"dialled": "9" * 1024}, None),
        (classify, FROM_USER, {"dialled": "9" * 1025}, "dialled"),
        (classify, FROM_USER, {"dialled": "€" * 342}, "dialled"),
        *(
            (classify, FROM_USER, {f"caller__{field}": "x" * 257}, f"caller.{field}")
            for field in ("number", "name", "asserted_identity", "diversion")
        ),
        (classify, FROM_USER, {"caller": Caller(number="x" * 256)}, None),
        (classify, FROM_USER, {"caller__presentation": 9}, "caller.presentation"),
        (classify, FROM_USER, {"caller__attestation": 9}, "caller.attestation"),
        *((classify, FROM_USER, {"call_id": odd}, "call_id") for odd in ODD[1:]),
        (classify, FROM_USER, {"call_id": ID}, None),
        (classify, FROM_USER, {"decided_at": INSTANT}, "decided_at"),
        (classify, FROM_USER, {"decided_at": INSTANT, "simulate": True}, None),
        (classify, sister, {"decided_at": INSTANT}, None),
        (classify, FROM_USER, {"decided_at": LATE, "simulate": True}, "decided_at"),
        (classify, FROM_USER, {"endpoint": None}, "origin"),
        (classify, FROM_USER, {"endpoint__endpoint": ""}, "endpoint.endpoint"),
        (classify, FROM_USER, {"endpoint__endpoint": "é" * 80}, None),
        (classify, FROM_USER, {"endpoint__endpoint": "e" * 81}, "endpoint.endpoint"),
        (
            classify,
            FROM_USER,
            {"endpoint__forwarding_endpoint": "e" * 81},
            "endpoint.forwarding_endpoint",
        ),
        *(
            (classify, FROM_PROVIDER, {"provider__peer_address": odd}, "provider.peer_address")
            for odd in ("", "1.2.3", "1.2.3.4:5060", "[::1]", "host", "1.2.3.4 ", "01.2.3.4")
        ),
        (classify, FROM_PROVIDER, {"provider__peer_address": "2001:db8::1"}, None),
        (classify, FROM_PROVIDER, {"provider__peer_port": 65535}, None),
        (classify, FROM_PROVIDER, {"provider__peer_port": 65536}, "provider.peer_port"),
        (classify, sister, {}, None),
        (classify, sister, {"sister__peer_address": "x"}, "sister.peer_address"),
        (classify, sister, {"sister__route_id": "a b"}, "sister.route_id"),
        (classify, sister, {"sister__account": "é" * 50}, None),
        (classify, sister, {"sister__account": "é" * 51}, "sister.account"),
        (dial, DIAL, {}, None),
        *((dial, DIAL, {"call_id": odd}, "call_id") for odd in ODD),
        (dial, DIAL, {"decided_at": None}, "decided_at"),
        (dial, DIAL, {"server": ""}, "server"),
        (dial, DIAL, {"server": "", "simulate": True}, None),
        (dial, DIAL, {"account": "a" * 51}, "account"),
        (dial, DIAL, {"endpoint": "e" * 81}, "endpoint"),
        (dial, DIAL, {"tier": 4}, "tier"),
        (dial, DIAL, {"called": None}, "called"),
        (dial, DIAL, {"called": Number(anonymous=Anonymous())}, "called"),
        (dial, DIAL, {"called": Number(e164="9" * 15)}, None),
        (dial, DIAL, {"called": Number(e164="9" * 16)}, "called.e164"),
        (dial, DIAL, {"called": Number(e164="+7495")}, "called.e164"),
        (dial, DIAL, {"called": Number(e164="٣٤٥")}, "called.e164"),
        (dial, DIAL, {"called": Number(national_short="")}, "called.national_short"),
        (dial, DIAL, {"called": Number(emergency="9" * 9)}, "called.emergency"),
        (dial, DIAL, {"called": Number(extension="1" * 11)}, "called.extension"),
        (dial, DIAL, {"called": Number(feature_code="*97")}, None),
        (dial, DIAL, {"called": Number(feature_code="97")}, "called.feature_code"),
        (dial, DIAL, {"called": Number(feature_code="*" + "1" * 11)}, "called.feature_code"),
        (dial, DIAL, {"called__routing_number": "x"}, "called.routing_number"),
        (dial, DIAL, {"target_ids": []}, "target_ids"),
        (dial, DIAL, {"target_ids": [], "simulate": True}, None),
        (dial, DIAL, {"target_ids": ["n"] * 10}, None),
        (dial, DIAL, {"target_ids": ["n"] * 11}, "target_ids"),
        (dial, DIAL, {"target_ids": ["n", "a b"]}, "target_ids[1]"),
        (dial, second, {}, None),
        (dial, second, {"last_outcome": None}, "last_outcome"),
        (dial, second, {"tried_route_ids": []}, "tried_route_ids"),
        (dial, second, {"tried_route_ids": ["&"]}, "tried_route_ids[0]"),
        (dial, DIAL, {"attempt": 0}, "attempt"),
        (dial, second, {"last_outcome__q850_cause": 128}, "last_outcome.q850_cause"),
        (dial, second, {"last_outcome__sip_status": 99}, "last_outcome.sip_status"),
        (dial, second, {"last_outcome__sip_status": 700}, "last_outcome.sip_status"),
        (dial, second, {"last_outcome__dial_status": 10}, "last_outcome.dial_status"),
        (created, CREATED, {}, None),
        (created, CREATED, {"channel": None}, "channel"),
        (created, CREATED, {"event": 0}, "event"),
        (created, CREATED, {"event": 3}, "event"),
        (created, CREATED, {"leg": 0}, "leg"),
        (created, CREATED, {"occurred_at": None}, "occurred_at"),
        (created, CREATED, {"occurred_at": Timestamp(seconds=-1)}, "occurred_at"),
        (created, CREATED, {"occurred_at": Timestamp(nanos=-1)}, "occurred_at"),
        (created, CREATED, {"occurred_at": Timestamp(nanos=10**9)}, "occurred_at"),
        (created, CREATED, {"occurred_at": LATE}, "occurred_at"),
        (created, CREATED, {"call_id": ""}, "call_id"),
        (created, CREATED, {"attempt": 10}, None),
        (created, CREATED, {"attempt": 11}, "attempt"),
        (created, CREATED, {"route_id": "a b"}, "route_id"),
        (created, CREATED, {"dial_string": "x" * 1023}, None),
        (created, CREATED, {"dial_string": "x" * 1024}, "dial_string"),
        (created, CREATED, {"called_number": "9" * 33}, "called_number"),
        (created, CREATED, {"sent_number": "9" * 65}, "sent_number"),
        (created, CREATED, {"caller_number": "9" * 33}, "caller_number"),
        (created, CREATED, {"data_version": 2**64 - 1}, None),
        (created, CREATED, {"rate_id": 2**64 - 1}, None),
        (created, CREATED, {"calling_unique_id": "a b"}, "calling_unique_id"),
        (created, CREATED, {"decided_at": LATE}, "decided_at"),
        (ended, ENDED, {}, None),
        (ended, ENDED, {"q850_cause": 127, "sip_status": 699}, None),
        (ended, ENDED, {"q850_cause": 128}, "q850_cause"),
        (ended, ENDED, {"sip_status": 1}, "sip_status"),
        (ended, ENDED, {"tech_cause": "x" * 256}, "tech_cause"),
        (ended, ENDED, {"hangup_source": 4}, "hangup_source"),
        (ended, ENDED, {"dial_status": -1}, "dial_status"),
        (ended, ENDED, {"created_at": LATE}, "created_at"),
        (ended, ENDED, {"answered_at": LATE}, "answered_at"),
        (validate_get_call, GetCallRequest(), {"call_id": ""}, "call_id"),
        (validate_list_calls, ListCallsRequest(), {}, None),
        (validate_list_calls, ListCallsRequest(), {"from": LATE}, "from"),
        (validate_list_calls, ListCallsRequest(), {"to": LATE}, "to"),
        (validate_list_calls, ListCallsRequest(), {"account": "a" * 51}, "account"),
        (validate_list_calls, ListCallsRequest(), {"server": "a b"}, "server"),
        (validate_list_calls, ListCallsRequest(), {"number": "7%"}, "number"),
        (validate_list_calls, ListCallsRequest(), {"page_size": 1000}, None),
        (validate_list_calls, ListCallsRequest(), {"page_size": 1001}, "page_size"),
        *(
            (validate_list_calls, ListCallsRequest(), {"page_token": token}, "page_token")
            for token in ("x", "é", "====", page_token(NOON, "c1") + "A", "A" * 5000, "MS8")
        ),
        (validate_list_calls, ListCallsRequest(), {"page_token": page_token(NOON, "c1")}, None),
    ]


@pytest.mark.parametrize(("validate", "message", "fields", "broken"), cases())
def test_rule(
    validate: Callable[[Any], None], message: Any, fields: dict[str, Any], broken: str | None
) -> None:
    request = changed(message, **fields)
    if broken is None:
        validate(request)
        return
    with pytest.raises(InvalidRequestError) as caught:
        validate(request)
    assert [violation.field for violation in caught.value.violations] == [broken]


def test_a_page_token_gives_back_its_place() -> None:
    assert place(page_token(NOON, "c1")) == (NOON, "c1")


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


async def test_the_worst_request_gets_all_its_violations_through(service: Harness) -> None:
    """They travel in trailing metadata, of which a client takes 8 KiB."""
    long, odd = "x" * 2000, "€" * 400
    worst = changed(
        DIAL,
        call_id=odd,
        decided_at=LATE,
        server=odd,
        account=long,
        called=Number(feature_code=odd, routing_number=odd),
        target_ids=[odd] * 11,
        caller=Caller(
            number=long,
            name=long,
            asserted_identity=long,
            diversion=long,
            presentation=99,  # type: ignore[arg-type]
            attestation=99,  # type: ignore[arg-type]
        ),
        tier=99,
        attempt=99,
        tried_route_ids=[odd] * 11,
        endpoint=long,
    )
    worst.last_outcome.q850_cause = worst.last_outcome.sip_status = 999
    worst.last_outcome.dial_status = 99  # type: ignore[assignment]
    for name in ("unique_id", "linked_id", "name", "sip_call_id"):
        setattr(worst.channel, name, odd)
    found = await failure(RoutingServiceStub(service.routing).BuildDialString(worst))
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert found.info is not None
    assert len(found.violations) > 40


async def test_an_empty_request_is_told_everything_that_is_missing(service: Harness) -> None:
    stub = RoutingServiceStub(service.routing)
    found = await failure(stub.ClassifyCall(ClassifyCallRequest()))
    assert set(found.violations) == {"server", "channel", "origin"}
