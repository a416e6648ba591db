"""What BuildDialString has to answer: the next of the routes, or why there is none."""

import random
from dataclasses import dataclass
from typing import Any

from tests.generated.asks import Ask, first_ask
from tests.generated.route_oracle import Route, Routes
from tests.generated.world import World

FINAL_SIP = {486: 17, 600: 17, 603: 21, 607: 21, 410: 22, 484: 28}
FINAL_Q850 = {17, 22, 28}
SIP_OF = {
    3: 404,
    16: 480,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 403,
    22: 410,
    28: 484,
    31: 480,
    34: 503,
}
CAUSE_OF = {
    "NO_ELIGIBLE_ROUTE": 3,
    "ROUTES_EXHAUSTED": 34,
    "ATTEMPTS_EXHAUSTED": 34,
    "FINAL_ANSWER": 17,
    "CALLER_GONE": 16,
    "ANSWERED": 16,
    "RINGING_BUDGET_SPENT": 19,
    "NO_EMERGENCY_ROUTE": 3,
}
CAUSE_OF_WORD = {"BUSY": 17, "NOANSWER": 19, "CHANUNAVAIL": 20, "CONGESTION": 34}
_LAST_WORDS = (
    ("CONGESTION", 34, 503),
    ("CONGESTION", 34, 0),
    ("CHANUNAVAIL", 3, 404),
    ("NOANSWER", 19, 480),
    ("NOANSWER", 0, 0),
    ("CHANUNAVAIL", 0, 0),
    ("NOANSWER", 16, 487),
    ("CONGESTION", 21, 403),
    ("BUSY", 17, 486),
    ("BUSY", 0, 0),
    ("BUSY", 17, 600),
    ("CONGESTION", 21, 603),
    ("CONGESTION", 28, 484),
    ("CONGESTION", 22, 0),
    ("CANCEL", 16, 0),
    ("ANSWER", 16, 200),
    ("", 16, 487),
)


@dataclass
class Step:
    """The expected answer: a route, or the reason why there is none with its cause and status."""

    route: Route | None = None
    timeout: int = 0
    reason: str = ""
    cause: int = 0
    sip: int = 0
    ranked: tuple[str, ...] = ()


def any_ask(world: World, rng: random.Random) -> Ask:
    """A question about any attempt: the routes tried are those that the oracle ranks first."""
    ask = first_ask(world, rng)
    if rng.random() < 0.45:
        return ask
    ranked = [route for target in ask.target_ids for route in Routes(world, ask).of(target)]
    tried = tuple(dict.fromkeys(route.route_id for route in ranked))[: rng.randint(1, 11)]
    tried = tried[: rng.randint(1, 11)]
    if not tried or any(route.location for route in ranked if route.route_id in tried):
        return ask
    status, cause, sip = rng.choice(_LAST_WORDS)
    spent = rng.choice([0, 12_345, 60_000, 115_000, 116_000, 119_999, 120_000, 2**32 - 1])
    return ask.but(
        tried=tried[:10],
        dial_status=status,
        q850_cause=cause,
        sip_status=sip,
        ringing_spent_ms=spent if rng.random() < 0.3 else rng.randint(0, 50_000),
    )


def step(world: World, ask: Ask) -> Step:
    """Decide what comes next."""
    routes = Routes(world, ask)
    targets = [routes.of(target) for target in ask.target_ids]
    at, given_up = _position(world, ask, targets)
    left = [
        route
        for index, target in enumerate(targets)
        for route in target
        if route.route_id not in ask.tried and index >= at and not (index == at and given_up)
    ]
    emergency = "m" in ask.target_ids
    seconds = 120 - ask.ringing_spent_ms // 1000
    reason = _ended(ask, seconds, emergency)
    if not reason and not left:
        reason = _nothing_left(ask, targets, given_up=given_up)
    ranked = tuple(route.route_id for route in left)
    if reason:
        cause = ask.q850_cause or FINAL_SIP.get(ask.sip_status)
        cause = cause or CAUSE_OF_WORD.get(ask.dial_status) or CAUSE_OF[reason]
        sip = ask.sip_status if ask.sip_status >= 400 else SIP_OF[cause]
        return Step(reason=reason, cause=cause, sip=sip, ranked=ranked)
    timeout = left[0].timeout if emergency else min(left[0].timeout, seconds)
    return Step(route=left[0], timeout=max(timeout, 1), ranked=ranked)


def _ended(ask: Ask, seconds: int, emergency: bool) -> str:
    if ask.dial_status == "ANSWER":
        return "ANSWERED"
    if ask.dial_status == "CANCEL" or (not ask.dial_status and ask.sip_status == 487):
        return "CALLER_GONE"
    if len(ask.tried) >= 10:
        return "ATTEMPTS_EXHAUSTED"
    if seconds < 5 and not emergency:
        return "RINGING_BUDGET_SPENT"
    return ""


def _nothing_left(ask: Ask, targets: list[list[Route]], *, given_up: bool) -> str:
    if given_up:
        return "FINAL_ANSWER"
    if ask.tried:
        return "ROUTES_EXHAUSTED"
    # An emergency number without any route configured, as against one whose routes are dropped.
    return "NO_EMERGENCY_ROUTE" if ask.target_ids == ("m",) else "NO_ELIGIBLE_ROUTE"


def _position(world: World, ask: Ask, targets: list[list[Route]]) -> tuple[int, bool]:
    """Which target is being tried, and whether its search is over."""
    if not ask.tried:
        return 0, False
    last = ask.tried[-1]
    found = [
        (index, route)
        for index, target in enumerate(targets)
        for route in target
        if route.route_id == last
    ]
    # A route of another data version counts as one of the first target.
    index, route = found[0] if found else (0, Route(last))
    in_turn = last.startswith("r") and ".e" in last
    if "m" in ask.target_ids or in_turn:
        return index, False
    # A carried emergency route has no provider whose exceptions would count.
    return index, _is_final(world, None if last.startswith("m") else route.provider, ask)


def _is_final(world: World, provider: Any, ask: Ask) -> bool:
    rows = [row for row in world.final_answers if provider and row.provider_id == provider.id]
    if ask.sip_status:
        for row in rows:
            if row.sip_status == ask.sip_status:
                return bool(row.is_final)
        return ask.sip_status in FINAL_SIP
    cause = ask.q850_cause or (17 if ask.dial_status == "BUSY" else 0)
    for row in rows:
        if row.q850_cause == cause:
            return bool(row.is_final)
    return cause in FINAL_Q850
