"""Calls, questions and events as channels of Asterisk: environment and variables, as bytes."""

import random
from typing import Any

from dialplane.routing.v1.hangup_pb2 import HangupRequest
from tests.generated.asks import Ask
from tests.generated.calls import Call
from tests.shims.fake_asterisk import Channel

PRESENTATIONS = {"ALLOWED": b"0", "RESTRICTED": b"35", "UNAVAILABLE": b"67"}
DECIDED_AT = "2026-11-18T19:06:40.123456Z"
_TECHNOLOGY = {"SIP": "PJSIP", "IAX2": "IAX2", "H323": "OOH323"}


def channel_of(unique_id: str, name: str, server: str, **variables: str) -> Channel:
    """A channel with what Asterisk always says of it."""
    environment = {
        "agi_request": "dialplane-agi",
        "agi_channel": name,
        "agi_language": "en",
        "agi_type": name.partition("/")[0],
        "agi_uniqueid": unique_id,
        "agi_version": "22.10.0",
        "agi_callerid": "unknown",
        "agi_calleridname": "unknown",
        "agi_callingpres": "0",
        "agi_dnid": "unknown",
        "agi_rdnis": "unknown",
        "agi_context": "public",
        "agi_extension": "s",
        "agi_priority": "2",
        "agi_enhanced": "0.0",
        "agi_accountcode": "",
        "agi_arg_1": "incoming",
    }
    own = {"SYSTEMNAME": server, "CHANNEL(linkedid)": unique_id, "CHANNEL(name)": name}
    return Channel(
        {key: value.encode() for key, value in environment.items()},
        {key: value.encode() for key, value in {**own, **variables}.items() if value},
    )


def incoming_channel(call: Call, rng: random.Random, name: str = "Anna") -> Channel:
    """The channel of a call from a provider or a sister server."""
    technology = rng.choice(["PJSIP", "SIP", "IAX2"])
    peer = call.peer
    if rng.random() < 0.5:
        peer = f"[{peer}]:5060" if ":" in peer else f"{peer}:5060"
    variables = {"FROM_IP": peer, "DIALPLANE_IN_FORWARDED_ADDRESS": call.forwarded}
    if call.origin == "sister":
        variables = {
            "FROM_IP": peer,
            "DIALPLANE_ORIGIN": "sister",
            "DIALPLANE_IN_CALL_ID": call.call_id,
            "DIALPLANE_IN_ROUTE_ID": call.route_id,
            "DIALPLANE_IN_ACCOUNT": call.account,
            "DIALPLANE_IN_DECIDED_AT": DECIDED_AT,
        }
    channel = channel_of(
        call.unique_id, f"{technology}/trunk-00000001", call.server.servername, **variables
    )
    return _with_numbers(channel, call, rng, name)


def user_channel(call: Call, rng: random.Random, name: str = "Anna") -> Channel:
    """The channel of a call from a user's device."""
    technology = rng.choice(["PJSIP", "SIP", "IAX2"])
    device = "CHANNEL(endpoint)" if technology == "PJSIP" else "CHANNEL(peername)"
    variables = {device: call.endpoint, "DIALPLANE_CALL_ID": call.call_id}
    if call.forwarding:
        forms = [call.forwarding, f"PJSIP/{call.forwarding}-0000002a"]
        variables["DIALPLANE_IN_FORWARDING_ENDPOINT"] = rng.choice(forms)
        if rng.random() < 0.3:  # what Asterisk makes of a forwarded call: nobody's own channel
            technology = "Local"
    channel = channel_of(
        call.unique_id,
        f"{technology}/{call.endpoint}-00000003",
        call.server.servername,
        **variables,
    )
    return _with_numbers(channel, call, rng, name)


def _with_numbers(channel: Channel, call: Call, rng: random.Random, name: str) -> Channel:
    # Asterisk trims what it says of a channel, and so does a variable's reader.
    place = rng.choice(["EXTEN", "DIALPLANE_IN_DIALLED"])
    channel.variables[place] = call.dialled.encode()
    if call.caller_text:
        channel.environment["agi_callerid"] = call.caller_text.encode()
    channel.environment["agi_calleridname"] = name.encode()
    return channel


def dialer_channel(ask: Ask, rng: random.Random) -> Channel:
    """The channel of a call that was classified, before its next attempt."""
    tried = list(ask.tried)
    if tried and rng.random() < 0.5:
        del tried[-1]  # the last one is still only in the variable of its own
    variables = {
        "DIALPLANE_CALL_ID": ask.call_id,
        "DIALPLANE_DECIDED_AT": DECIDED_AT,
        "DIALPLANE_ACCOUNT": ask.account.accountname if ask.account else "",
        "DIALPLANE_CALLED": f"{ask.called[0]}:{ask.called[1]}",
        "DIALPLANE_CALLING_UNIQUE_ID": ask.unique_id,
        "DIALPLANE_TARGET_IDS": ",".join(ask.target_ids),
        "DIALPLANE_TIER": ask.tier,
        "DIALPLANE_ENDPOINT": ask.endpoint.endpointname if ask.endpoint else "",
        "DIALPLANE_ROUTE_ID": ask.tried[-1] if ask.tried else "",
        "DIALPLANE_TRIED": ",".join(tried),
    }
    if ask.tried:
        variables |= _last_attempt(ask, rng)
    channel = channel_of(
        ask.unique_id, "PJSIP/acme-201-00000003", ask.server.servername, **variables
    )
    numbers = {"agi_callerid": ask.caller or "unknown", "agi_calleridname": ask.name or "unknown"}
    if rng.random() < 0.5:  # as `make_a_route` found them, before anything was presented
        channel.variables |= {
            "DIALPLANE_ORIGINAL_NUMBER": ask.caller.encode(),
            "DIALPLANE_ORIGINAL_NAME": ask.name.encode(),
            "DIALPLANE_ORIGINAL_PRESENTATION": ask.presentation.encode(),
        }
        numbers = {"agi_callerid": "74950000000", "agi_calleridname": "presented since"}
    else:
        channel.environment["agi_callingpres"] = PRESENTATIONS[ask.presentation]
    channel.environment |= {key: value.encode() for key, value in numbers.items()}
    return channel


def _last_attempt(ask: Ask, rng: random.Random) -> dict[str, str]:
    last = rng.randint(0, min(ask.ringing_spent_ms, 60_000))
    before = rng.randint(0, 3000)
    peer = "PJSIP/westcall-0000002a"
    words = {
        "DIALPLANE_RINGING_SPENT_MS": str(ask.ringing_spent_ms - last),
        "DIALEDTIME_MS": str(before + last),
        rng.choice(["RINGTIME_MS", "PROGRESSTIME_MS"]): str(before),
        "DIALSTATUS": ask.dial_status,
        "HANGUPCAUSE": str(ask.q850_cause),
    }
    if before + last == 0:  # nothing was heard: then the time counts by which Dial was called
        words["DIALEDTIME_MS"] = "1"
        words["RINGTIME_MS"] = "1"
    if ask.sip_status:
        words["HANGUPCAUSE_KEYS()"] = peer
        words[f"HANGUPCAUSE({peer},tech)"] = f"SIP {ask.sip_status} Whatever It Says"
    elif rng.random() < 0.5:  # several channels rang: nobody's words are the attempt's
        words["HANGUPCAUSE_KEYS()"] = f"{peer},PJSIP/other-0000002b"
        words[f"HANGUPCAUSE({peer},tech)"] = "SIP 486 Busy Here"
    return words


def event_channel(event: Any, rng: random.Random, script: str) -> Channel:
    """The channel that an event is about, as the steps before left it."""
    called = event.leg == 2
    variables = {
        "CHANNEL(linkedid)": event.channel.linked_id,
        "DIALPLANE_CALL_ID": event.call_id,
        "DIALPLANE_ACCOUNT": event.account,
        "DIALPLANE_CALLING_UNIQUE_ID": event.calling_unique_id,
    }
    if not called:
        variables["DIALPLANE_CALLING_UNIQUE_ID"] = rng.choice(["", event.channel.unique_id])
    noted = rng.random() < 0.5
    if noted:
        variables["DIALPLANE_LEG"] = "called" if called else "calling"
    if called:
        names = ("DIALPLANE_LEG_ROUTE_ID", "DIALPLANE_LEG_ATTEMPT")
        others = ("DIALPLANE_ROUTE_ID", "LoopCount")
        place = names if noted and rng.random() < 0.5 else others
        variables[place[0]], variables[place[1]] = event.route_id, str(event.attempt or "")
    if isinstance(event, HangupRequest):
        variables |= _of_end(event, called=called)
    else:
        variables |= {
            "DIALPLANE_DECIDED_AT": DECIDED_AT,
            "DIALPLANE_CALLED": f"e164:{event.called_number}" if event.called_number else "",
            "DIALSTRING": event.dial_string,
            "DIALPLANE_SENT_NUMBER": event.sent_number,
            "DIALPLANE_CALLER_NUMBER": event.caller_number,
            "DIALPLANE_DATA_VERSION": str(event.data_version),
            "DIALPLANE_RATE_ID": str(event.rate_id),
        }
        if script == "create_channel_record":
            variables["CHANNEL(pjsip,call-id)"] = event.channel.sip_call_id
    return channel_of(event.channel.unique_id, event.channel.name, event.server, **variables)


def _of_end(event: HangupRequest, *, called: bool) -> dict[str, str]:
    variables = {
        "HANGUPCAUSE": str(event.q850_cause),
        "DIALPLANE_LEG_CREATED_AT": _text_of(event, "created_at"),
        "DIALPLANE_LEG_ANSWERED_AT": _text_of(event, "answered_at"),
        "CHANNEL(hangupsource)": _source(event),
        f"HANGUPCAUSE({event.channel.name},tech)": event.tech_cause,
    }
    if not called:
        words = {0: "", 1: "ANSWER", 2: "BUSY", 3: "NOANSWER", 4: "CANCEL", 5: "CONGESTION"}
        variables["DIALSTATUS"] = words[event.dial_status]
        for field, name in (
            ("answered_ms", "ANSWEREDTIME_MS"),
            ("dialled_ms", "DIALEDTIME_MS"),
            ("ring_ms", "RINGTIME_MS"),
            ("progress_ms", "PROGRESSTIME_MS"),
        ):
            if event.HasField(field):
                variables[name] = str(getattr(event, field))
    return variables


def _text_of(event: HangupRequest, field: str) -> str:
    return str(getattr(event, field).ToJsonString()) if event.HasField(field) else ""


def _source(event: HangupRequest) -> str:
    """Which channel hung up first, as Asterisk names it."""
    own, other = event.channel.name, "PJSIP/somebody-else-00000001"
    called = event.leg == 2
    return {0: "", 1: other if called else own, 2: own if called else other, 3: "dialplan/builtin"}[
        event.hangup_source
    ]
