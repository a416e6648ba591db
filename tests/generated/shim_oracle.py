"""The exact channel variables that a step has to set, from what the other oracles decide."""

import re
from typing import Any

from tests.generated.asks import Ask
from tests.generated.calls import Call
from tests.generated.channels import DECIDED_AT
from tests.generated.classify_oracle import SIP, decide
from tests.generated.dial_oracle import step
from tests.generated.world import World
from tests.shims.fake_asterisk import Channel

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
MINTED = re.compile(r"[0-9a-f]{32}")
VERSION = re.compile(r"[1-9]\d*")
ANYTHING = re.compile(r".*", re.DOTALL)

INHERITED = {
    *("DIALPLANE_CALL_ID", "DIALPLANE_DECIDED_AT", "DIALPLANE_ACCOUNT", "DIALPLANE_CALLED"),
    *("DIALPLANE_CALLING_UNIQUE_ID", "LoopCount", "DIALSTRING", "DIALPLANE_ROUTE_ID"),
    *("DIALPLANE_CALLER_NUMBER", "DIALPLANE_SENT_NUMBER", "DIALPLANE_DATA_VERSION"),
    "DIALPLANE_RATE_ID",
}
Told = dict[str, Any]
"""Variables by name: the exact text, or a pattern for what no oracle can know. Empty ones left out."""


def refused(status: str, reason: str, cause: int, sip: int | str) -> Told:
    """What ends a call."""
    return {
        "DIALPLANE_STATUS": status,
        "DIALPLANE_REASON": reason,
        "DIALPLANE_CAUSE": str(cause),
        "DIALPLANE_SIP_STATUS": str(sip),
    }


INVALID = refused("UNAVAILABLE", "INVALID_REQUEST", 42, 503)
NO_CHANNEL = refused("REFUSED", "NO_CHANNEL", 111, 400)
NOT_CLASSIFIED = refused("REFUSED", "NOT_CLASSIFIED", 111, 500)


def classified(world: World, call: Call, name: str = "Anna", presentation: str = "ALLOWED") -> Told:
    """What `incoming` and `make_a_route` tell of a call."""
    decision = decide(world, call)
    carried = call.call_id if call.origin != "provider" else ""
    told: Told = {
        "DIALPLANE_CALL_ID": carried or MINTED,
        "DIALPLANE_DECIDED_AT": DECIDED_AT if call.origin == "sister" else INSTANT,
        "DIALPLANE_ACCOUNT": decision.account,
        "DIALPLANE_CALLING_UNIQUE_ID": call.unique_id,
        "DIALPLANE_LEG_CREATED_AT": INSTANT,
    }
    if call.origin == "endpoint":
        told["DIALPLANE_ENDPOINT"] = call.forwarding or call.endpoint
    if decision.reason:
        told |= refused("REFUSED", decision.reason, decision.cause, SIP[decision.cause])
        return told
    kind, digits = decision.called or ("", "")
    paths = [name for _, kind, name in decision.targets if kind == "server"]
    account = world.account.get(decision.account)
    return told | {
        "DIALPLANE_STATUS": "TARGETS",
        "DIALPLANE_CALLED": f"{kind}:{digits}",
        "DIALPLANE_TARGET_IDS": ",".join(target_id for target_id, _, _ in decision.targets),
        "DIALPLANE_CALL_CLASS": decision.call_class,
        "DIALPLANE_TIER": account.default_tier if account else "",
        "ForwardPath": paths[0] if paths else "",
        "DIALPLANE_ORIGINAL_NUMBER": call.caller_text,
        "DIALPLANE_ORIGINAL_NAME": name,
        "DIALPLANE_ORIGINAL_PRESENTATION": presentation,
        "DIALPLANE_NEXT_CONTEXT": "redirect" if decision.call_class == "FORWARD" else "make_a_call",
        "DIALPLANE_NEXT_EXTENSION": digits,
        "DIALPLANE_NEXT_PRIORITY": "1",
    }


def dialled(world: World, ask: Ask) -> Told:
    """What `incoming_dialer` tells of the next attempt."""
    expected = step(world, ask)
    route = expected.route
    if route is None:
        return refused("NO_MORE_ROUTES", expected.reason, expected.cause, expected.sip)
    if route.location is not None:
        name, context, extension, priority = route.location
        row = world.first("dialplan_locations", lambda row: row.locationname == name)
        return {
            "DIALPLANE_STATUS": "LOCATION",
            "DIALPLANE_LOCATION_KIND": row.kind if row else "ECHO_TEST",
            "DIALPLANE_NEXT_CONTEXT": context,
            "DIALPLANE_NEXT_EXTENSION": extension,
            "DIALPLANE_NEXT_PRIORITY": str(priority),
        }
    words = {"ALLOWED": "allowed_passed_screen", "UNAVAILABLE": "unavailable"}
    to_server = route.route_id[:1] == "s" and route.route_id[1:].isdigit()
    return {
        "DIALPLANE_STATUS": "DIAL",
        "DIALPLANE_TRIED": ",".join(ask.tried),
        "DIALPLANE_RINGING_SPENT_MS": str(ask.ringing_spent_ms),
        "DIALSTRING": route.dial_string,
        "DIALPLANE_DIAL_OPTIONS": route.options,
        "DIALPLANE_RING_TIMEOUT": str(expected.timeout),
        "DIALPLANE_CALLER_NUMBER": route.number,
        "DIALPLANE_CALLER_NAME": route.name,
        "DIALPLANE_CALLER_PRESENTATION": words.get(route.presentation, "prohib_passed_screen"),
        "DIALPLANE_ASSERTED_IDENTITY": route.asserted,
        "DIALPLANE_DIVERSION": route.diversion,
        "DIALPLANE_PRIVACY": "id" if route.presentation == "RESTRICTED" else "",
        "DIALPLANE_PROVIDER": route.provider.providername if route.provider else "",
        "DIALPLANE_ROUTE_TIER": route.tier,
        "DIALPLANE_SENT_NUMBER": route.sent,
        "DIALPLANE_VIA_SERVER": route.via,
        "DIALPLANE_CARRIED_ROUTE_ID": route.route_id if route.via and not to_server else "",
        "DIALPLANE_HEADER_COUNT": "0",
        "DIALPLANE_DATA_VERSION": VERSION,
        "DIALPLANE_ROUTE_ID": route.route_id,
        "LoopCount": str(len(ask.tried) + 1),
        "DIALPLANE_DIALLED_AT": INSTANT,
    }


def told_complaint(channel: Channel, expected: Told) -> str:
    """What differs between what was set and what had to be; empty: nothing."""
    found = {}
    for sent, value in channel.sets:
        name = sent.removeprefix("__")
        if sent.startswith("__") != (name in INHERITED):
            return f"{sent} is or is not inherited"
        found[name] = value
    found = {name: value for name, value in found.items() if value}
    wanted = {name: value for name, value in expected.items() if value}
    wrong = [
        f"{name} is {found.get(name)!r}, not {wanted.get(name)!r}"
        for name in sorted({*found, *wanted})
        if not _fits(found.get(name), wanted.get(name))
    ]
    return "; ".join(wrong)


def _fits(found: str | None, wanted: Any) -> bool:
    if wanted is ANYTHING:
        return True
    if isinstance(wanted, re.Pattern):
        return found is not None and wanted.fullmatch(found) is not None
    return found == wanted
