"""Hostile values in everything that a caller or a far end can write, through each script."""

import itertools
from typing import Any

import pytest

from dialplane_shims import step
from dialplane_shims.config import Settings
from dialplane_shims.deadline import Deadline
from tests.shims import replies
from tests.shims.fake_asterisk import (
    Channel,
    assert_commands_are_meant,
    parse_args,
    provider_call,
    user_call,
)
from tests.shims.harness import OpenPair
from tests.shims.test_scripts import CALLED_LEG, CLASSIFIED

HOSTILE = {
    "quote": b'" "EXEC" "System" "id',
    "newline": b'x\nSET VARIABLE "DIALSTRING" "SIP/premium/900"\n\nHANGUP\n200 result=1 (y)',
    "backslash": b'\\" \\\\',
    "not utf-8": b"\xff\xc0\x80\xed\xa0\x80",
    "10 kB": b"9" * 10_240,
    "10 kB of quotes": b'"' * 10_240,
    "nul": b"1\x002",
    "expression": b"${SHELL(id)}$[1+1]`id`",
    "dial": b"74951234567&PJSIP/premium",
    "application": b"7495,20,m",
    "unicode": "\u2028\u202e\U0001f600".encode() * 30,
    "empty": b"",
    "unknown": b"unknown",
    "digits": "\u0661\u0662\u00b2".encode(),  # isdigit() says yes to these
}
SCRIPTS = (*step.DECISIONS, *step.EVENTS)


class FakeClient:
    """Answers like the service; keeps what it was asked, as bytes, as the wire would have it."""

    def __init__(self, **more: Any) -> None:
        self.asked: list[Any] = []
        self._replies = {
            "ClassifyCall": replies.targets(),
            "BuildDialString": replies.dial(),
            "RecordChannel": replies.recorded(),
            "Hangup": replies.hung_up(),
            **more,
        }

    def call(self, rpc: str, request: Any, _: Any, seconds: float) -> Any:
        assert seconds > 0
        assert type(request).FromString(request.SerializeToString()) == request
        self.asked.append(request)
        return self._replies[rpc]


def channel_for(script: str) -> Channel:
    if script == "incoming":
        return provider_call()
    if script in step.DECISIONS:
        return user_call(**CLASSIFIED)
    return provider_call(**CALLED_LEG)


def run(script: str, channel: Channel, pair: OpenPair, client: Any = None) -> list[bytes]:
    opened = pair(channel)
    opened.agi.read_environment()
    step.run(script, opened.agi, Settings(), client or FakeClient(), Deadline(2.0))
    assert channel.sets[-1][0] == "DIALPLANE_STATUS"
    return opened.session.commands


ENVIRONMENT = tuple(user_call().environment)
VARIABLES = tuple(
    dict.fromkeys(
        (
            *provider_call(**CALLED_LEG).variables,
            *user_call(**CLASSIFIED).variables,
            "DIALPLANE_ORIGIN",
            "DIALPLANE_IN_DIALLED",
            "DIALPLANE_IN_FORWARDED_ADDRESS",
            "DIALPLANE_IN_CALL_ID",
            "DIALPLANE_IN_ROUTE_ID",
            "DIALPLANE_IN_ACCOUNT",
            "DIALPLANE_IN_ASSERTED_IDENTITY",
            "DIALPLANE_IN_DIVERSION",
            "DIALPLANE_IN_ATTESTATION",
            "DIALPLANE_IN_FORWARDING_ENDPOINT",
            "DIALPLANE_TRIED",
            "DIALPLANE_RINGING_SPENT_MS",
            "DIALPLANE_LEG",
            "DIALPLANE_LEG_ROUTE_ID",
            "DIALPLANE_LEG_ATTEMPT",
            "DIALPLANE_LEG_CREATED_AT",
            "DIALSTATUS",
            "HANGUPCAUSE",
            "HANGUPCAUSE_KEYS()",
            "HANGUPCAUSE(PJSIP/westcall-00000001,tech)",
            "ANSWEREDTIME_MS",
            "DIALEDTIME_MS",
            "RINGTIME_MS",
        )
    )
)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("kind", ["quote", "newline", "10 kB"])
def test_each_place_alone(script: str, kind: str, pair: OpenPair) -> None:
    """The dialplan is told something, and every command is one line that was meant."""
    for place in itertools.chain(ENVIRONMENT, VARIABLES):
        channel = channel_for(script)
        where = channel.environment if place.startswith("agi_") else channel.variables
        where[place] = HOSTILE[kind]
        assert_commands_are_meant(run(script, channel, pair))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_every_place_at_once(script: str, kind: str, pair: OpenPair) -> None:
    channel = channel_for(script)
    for place in ENVIRONMENT:
        if place not in ("agi_uniqueid", "agi_channel"):
            channel.environment[place] = HOSTILE[kind]
    for place in VARIABLES:
        channel.variables[place] = HOSTILE[kind]
    assert_commands_are_meant(run(script, channel, pair))


def test_a_hostile_caller_reaches_the_service_and_returns_clean(pair: OpenPair) -> None:
    channel = provider_call()
    channel.environment["agi_calleridname"] = b'A" \\ $\xff' + b"\xc3\xa9" * 200
    client = FakeClient()
    commands = run("incoming", channel, pair, client)
    name = 'A" \\ $\ufffd' + "é" * 200
    assert client.asked[0].caller.name == name.encode()[:256].decode("utf-8", "ignore")
    (kept,) = (c for c in commands if b'"DIALPLANE_ORIGINAL_NAME"' in c)
    assert kept.startswith(
        b'SET VARIABLE "DIALPLANE_ORIGINAL_NAME" "A\\" \\\\ $\xef\xbf\xbd\xc3\xa9'
    )
    assert parse_args(kept)[3].decode() == client.asked[0].caller.name


def test_a_callers_name_does_not_choose_what_was_dialled(pair: OpenPair) -> None:
    channel = provider_call()
    channel.environment["agi_calleridname"] = b"x\nagi_extension: 79001234567\n\n"
    client = FakeClient()
    run("incoming", channel, pair, client)
    assert client.asked[0].dialled == "74951815000"


def test_a_10_kb_number_is_cut_to_the_contracts_limit(pair: OpenPair) -> None:
    channel = provider_call()
    channel.variables["EXTEN"] = b"7" * 10_240
    client = FakeClient()
    run("incoming", channel, pair, client)
    assert client.asked[0].dialled == "7" * 1024
