"""Inputs for BuildDialString."""

import random
import re
from typing import Any

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from tests.generated import hostile
from tests.generated.asks import Ask, good_ask
from tests.generated.broken import Broken, Makers, around, put, raw_makers
from tests.generated.cases import Case, Maker, case, invalid, unknown
from tests.generated.dial_oracle import any_ask
from tests.generated.requests import dial_complaint, dial_request, facts_of
from tests.generated.world import World

_TEXTS = (4, 1, 13)
_CLEAN_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\"\\<>]*")


class DialCases:
    """Makes valid and hostile questions in one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def valid(self, rng: random.Random) -> Case:
        """Any question; the oracle knows the answer."""
        ask = any_ask(self._world, rng)
        request = dial_request(ask)
        request.explain = rng.random() < 0.2
        return case("valid", request, self._as(ask))

    def hostile(self) -> Makers:
        """Every class."""
        return [
            *self._texts(),
            *self._broken().makers,
            *self._known(),
            *raw_makers(self._request, _TEXTS),
        ]

    def _as(self, ask: Ask) -> Any:
        return lambda reply: dial_complaint(self._world, ask, reply)

    def _request(self, rng: random.Random) -> BuildDialStringRequest:
        return dial_request(good_ask(self._world, rng))

    def _second(self, rng: random.Random) -> BuildDialStringRequest:
        ask = good_ask(self._world, rng).but(tried=("a1.C",), dial_status="CONGESTION")
        return dial_request(ask)

    def _texts(self) -> Makers:
        def caller(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                ask = good_ask(self._world, rng).but(endpoint=None, caller=make(rng)[:256])
                return case(kind, dial_request(ask), self._as(ask))

            return build

        def name(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                ask = good_ask(self._world, rng).but(target_ids=("e2",), name=make(rng))
                return case(kind, dial_request(ask), self._cleaned(ask))

            return build

        def other(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                ask = good_ask(self._world, rng)
                request = dial_request(ask)
                field = rng.choice(["caller.asserted_identity", "caller.diversion", "channel.name"])
                put(request, field, make(rng)[:63])
                return case(kind, request, self._as(ask))

            return build

        makers = []
        for kind, make in {**hostile.NUMBERS, **hostile.NAMES}.items():
            makers.append((f"caller {kind}", caller(f"caller {kind}", make)))
        for kind, make in hostile.NAMES.items():
            makers += [(f"{kind} (cleaned)", name(f"{kind} (cleaned)", make))]
            makers += [(f"other {kind}", other(f"other {kind}", make))]
        return makers

    def _cleaned(self, ask: Ask) -> Any:
        def check(reply: BuildDialStringResponse) -> str:
            shown = reply.dial.caller.name
            if _CLEAN_NAME.fullmatch(shown) is None or len(shown.encode()) > 64:
                return f"the name {shown!r} is not clean"
            return dial_complaint(self._world, ask.but(name=shown), reply)

        return check

    def _broken(self) -> Broken:
        broken = Broken(self._request)
        for path in ("call_id", "server", "channel.unique_id", "channel.linked_id"):
            broken.ids(path)
        for kind, make in hostile.IDS.items():
            broken.add(
                f"target_ids {kind}",
                lambda q, r, m=make: q.target_ids.append(m(r)),
                "target_ids[1]",
            )
            broken.add(
                f"tried_route_ids {kind}",
                lambda q, r, m=make: put_tried(q, m(r)),
                "tried_route_ids[0]",
                good=self._second,
            )
        broken.missing("call_id", "server", "decided_at", "called", "channel.unique_id")
        broken.instant("decided_at")
        broken.text("account", 50)
        broken.text("endpoint", 80)
        for path, longest in (("caller.number", 256), ("caller.name", 256), ("channel.name", 255)):
            broken.text(path, longest)
        for path in ("caller.asserted_identity", "caller.diversion", "channel.sip_call_id"):
            broken.text(path, 256)
        for path in ("tier", "caller.presentation", "caller.attestation"):
            broken.values(path, "out of range", 9, -1, 2**31 - 1)
        broken.values("last_outcome.dial_status", "out of range", 10, -1, 2**31 - 1)
        broken.values("last_outcome.q850_cause", "out of range", 128, 2**32 - 1)
        broken.values("last_outcome.sip_status", "out of range", 1, 99, 700, 2**32 - 1)
        broken.add("attempt 0", lambda q, _: put(q, "attempt", 0), "attempt")
        broken.add(
            "attempt 12 and more",
            lambda q, r: put(q, "attempt", r.choice([12, 2**31, 2**32 - 1])),
            *("attempt", "tried_route_ids", "last_outcome"),
        )
        broken.add(
            "tried list too short",
            lambda q, r: put(q, "attempt", r.randint(2, 11)),
            *("tried_route_ids", "last_outcome"),
        )
        broken.add(
            "tried list too long",
            lambda q, r: q.tried_route_ids.extend(["a1.C"] * r.choice([1, 10, 5000])),
            "tried_route_ids",
        )
        broken.makers.append(("last_outcome missing", self._no_outcome))
        broken.add("no target", lambda q, _: q.ClearField("target_ids"), "target_ids")
        broken.add(
            "too many targets",
            lambda q, r: q.target_ids.extend(["e1"] * r.choice([10, 5000])),
            "target_ids",
        )
        self._numbers(broken)
        return broken

    def _no_outcome(self, rng: random.Random) -> Case:
        request = self._second(rng)
        request.ClearField("last_outcome")
        return case("last_outcome missing", request, invalid("last_outcome"))

    def _numbers(self, broken: Broken) -> None:
        limits = {"e164": 15, "national_short": 15, "emergency": 8, "extension": 10}
        for kind, make in hostile.NUMBERS.items():
            for field in limits:
                broken.add(
                    f"{field} {kind}",
                    lambda q, r, m=make, f=field: put(q.called, f, m(r)),
                    f"called.{field}",
                )
        for field, longest in limits.items():
            broken.values(f"called.{field}", "too long", "7" * (longest + 1), "7" * 5000)
        broken.values("called.feature_code", "is none", "97", "*", "*97x", "*97&SIP/1", "#" * 12)
        broken.values("called.routing_number", "is none", "+7", "7" * 16, "x", "7\n", "\u0667")
        broken.add("called anonymous", lambda q, _: q.called.anonymous.SetInParent(), "called")

    def _known(self) -> Makers:
        def changed(kind: str, **changes: Any) -> tuple[str, Maker]:
            def build(rng: random.Random) -> Case:
                ask = good_ask(self._world, rng).but(**changes)
                return case(kind, dial_request(ask), self._as(ask))

            return kind, build

        def error(kind: str, path: str, *values: str) -> tuple[str, Maker]:
            def build(rng: random.Random) -> Case:
                request = self._request(rng)
                put(request, path, value := rng.choice(values))
                return case(kind, request, unknown(path, value))

            return kind, build

        def spent(rng: random.Random) -> Case:
            ask = good_ask(self._world, rng).but(
                tried=("a1.C",), dial_status="NOANSWER", ringing_spent_ms=2**32 - 1
            )
            return case("ringing of 2^32 ms", dial_request(ask), _no_more("RINGING_BUDGET_SPENT"))

        def strange_tried(rng: random.Random) -> Case:
            ask = good_ask(self._world, rng)
            request = dial_request(ask.but(tried=("zzz", "e99"), dial_status="CONGESTION"))
            return case("tried routes of another version", request, self._as(ask))

        def stranger(rng: random.Random) -> Case:
            ask = good_ask(self._world, rng).but(endpoint=None)
            request = dial_request(ask)
            request.endpoint = rng.choice(["nobody", "' OR 1=1", "globex-1", "\x00", "../x"])
            return case("device unknown (is none)", request, self._as(ask))

        def others(rng: random.Random) -> Case:
            ask = good_ask(self._world, rng)
            kind, payload = rng.choice(around(dial_request(ask).SerializeToString(), (1, 3, 4, 13)))
            return Case(kind, payload, self._as(ask))

        nowhere = ("r9", "e4294967296", "n.n", "c.c.g8.A", "g8.A", "s0", "m6", "x", "l999", "t1")
        return [
            *(changed(f"target {name} unknown", target_ids=(name,)) for name in nowhere),
            changed("other tenant's device", target_ids=("e4",)),
            error("server unknown", "server", "nobody", "undefined", ".", "x" * 50),
            error(
                "account unknown", "account", "nobody", "' OR 1=1", "acme\x00", "\u0410CME", "Acme"
            ),
            ("ringing of 2^32 ms", spent),
            ("tried routes of another version", strange_tried),
            ("device unknown (is none)", stranger),
            ("doubled or unknown fields", others),
        ]


def put_tried(request: BuildDialStringRequest, route_id: str) -> None:
    """Put an id in the place of the one route tried."""
    request.tried_route_ids[0] = route_id


def _no_more(reason: str) -> Any:
    def check(reply: BuildDialStringResponse) -> str:
        found = facts_of(reply).get("reason", "something to dial")
        return "" if found == reason else f"expected {reason}, got {found}"

    return check
