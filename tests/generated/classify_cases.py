"""Inputs for ClassifyCall."""

import random
from typing import Any

from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest
from tests.generated import hostile
from tests.generated.broken import Broken, Makers, around, no_instant, put, raw_makers
from tests.generated.calls import Call, any_call, good_call
from tests.generated.cases import Case, Maker, case, unknown
from tests.generated.requests import classify_complaint, classify_request
from tests.generated.world import World

_TEXTS = (3, 1, 8)
_NO_ACCOUNTS = ("nobody", "' OR 1=1 --", "Acme", "acme\x00", "../acme", "\u0430cme")


class ClassifyCases:
    """Makes valid and hostile requests about calls in one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def valid(self, rng: random.Random) -> Case:
        """Any call; the oracle knows what it is."""
        call = named(any_call(self._world, rng), rng)
        request = classify_request(call)
        request.explain = rng.random() < 0.2
        request.caller.name = rng.choice(["", "Anna", "Анна"])
        return case("valid", request, self._as(call))

    def hostile(self) -> Makers:
        """Every class."""
        return [
            *self._texts(),
            *self._broken().makers,
            *self._known(),
            *raw_makers(self._request, _TEXTS),
        ]

    def _as(self, call: Call) -> Any:
        return lambda reply: classify_complaint(self._world, call, reply)

    def _good(self, rng: random.Random, origin: str = "") -> Call:
        return named(good_call(self._world, rng, origin), rng)

    def _request(self, rng: random.Random, origin: str = "") -> ClassifyCallRequest:
        return classify_request(self._good(rng, origin))

    def _texts(self) -> Makers:
        """What a phone or a far end may send: judged, never an error."""

        def dialled(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                call = self._good(rng).but(dialled=make(rng), meant=("nothing", ""))
                return case(kind, classify_request(call), self._as(call))

            return build

        def caller(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                call = self._good(rng).but(caller_text=make(rng)[:256])
                call = call.but(caller="" if call.origin != "endpoint" else call.caller)
                return case(kind, classify_request(call), self._as(call))

            return build

        def other(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                call = self._good(rng)
                request = classify_request(call)
                field = rng.choice(["name", "asserted_identity", "diversion"])
                setattr(request.caller, field, make(rng))
                return case(kind, request, self._as(call))

            return build

        makers = [(kind, dialled(kind, make)) for kind, make in hostile.NUMBERS.items()]
        for kind, make in {**hostile.NUMBERS, **hostile.NAMES}.items():
            makers.append((f"caller {kind}", caller(f"caller {kind}", make)))
        return makers + [(kind, other(kind, make)) for kind, make in hostile.NAMES.items()]

    def _broken(self) -> Broken:
        broken = Broken(self._request)
        for path in ("server", "channel.unique_id", "channel.linked_id", "call_id"):
            broken.ids(path)
        broken.ids("sister.route_id", good=lambda r: self._request(r, "sister"))
        for origin in ("provider", "sister"):
            path = f"{origin}.peer_address"
            for kind, make in hostile.ADDRESSES.items():
                broken.add(
                    kind,
                    lambda q, r, m=make, p=path: put(q, p, m(r)),
                    path,
                    good=lambda r, o=origin: self._request(r, o),
                )
        for field in ("number", "name", "asserted_identity", "diversion"):
            broken.text(f"caller.{field}", 256)
        for field in ("presentation", "attestation"):
            broken.values(f"caller.{field}", "out of range", 4, 99, -1, 2**31 - 1)
        broken.text("dialled", 1024)
        broken.values(
            "provider.peer_port",
            "out of range",
            65_536,
            2**32 - 1,
            good=lambda r: self._request(r, "provider"),
        )
        sister, device = (lambda r, o=o: self._request(r, o) for o in ("sister", "endpoint"))
        broken.values("sister.account", "too long", "a" * 51, "é" * 51, "a" * 9000, good=sister)
        broken.values("endpoint.endpoint", "length", "", "e" * 81, "e" * 9000, good=device)
        broken.values("endpoint.forwarding_endpoint", "length", "e" * 81, "é" * 9000, good=device)
        for good in (lambda r: self._request(r, "provider"), device):
            broken.add("decided_at in a call", _now, "decided_at", good=good)
        broken.add("carried instant out of range", _at_no_instant, "decided_at", good=sister)
        broken.add("instant out of range", _simulate_at_no_instant, "decided_at")
        broken.missing("server", "channel", "channel.unique_id")
        broken.add("origin missing", lambda q, _: q.ClearField(q.WhichOneof("origin")), "origin")
        broken.add("nothing at all", lambda q, _: q.Clear(), "server", "channel", "origin")
        return broken

    def _known(self) -> Makers:
        """Classes that the contract answers with a refusal, or takes for what they mean."""

        def forwarded(kind: str, make: hostile.Make) -> Maker:
            def build(rng: random.Random) -> Case:
                call = self._good(rng, "provider").but(forwarded="203.0.113.99")
                if rng.random() < 0.5:
                    call = call.but(peer="10.0.0.7")
                request = classify_request(call)
                request.provider.forwarded_address = make(rng)
                return case(kind, request, self._as(call))

            return build

        def changed(kind: str, origin: str, **changes: Any) -> tuple[str, Maker]:
            def build(rng: random.Random) -> Case:
                call = self._good(rng, origin).but(**changes)
                return case(kind, classify_request(call), self._as(call))

            return kind, build

        return [
            *(
                (f"forwarded {kind}", forwarded(f"forwarded {kind}", make))
                for kind, make in hostile.ADDRESSES.items()
                if kind != "address: empty"
            ),
            changed("stranger's address", "provider", peer="203.0.113.99"),
            changed("stranger's address", "sister", peer="203.0.113.99"),
            changed("own address", "sister", peer="212.5.126.1"),
            changed("other server's device", "endpoint", endpoint="globex-1"),
            changed("device unknown", "endpoint", endpoint="' OR '1'='1"),
            changed("device unknown", "endpoint", forwarding="../../acme-201"),
            changed("carried route unknown", "sister", route_id="g4294967296.A"),
            changed("carried route unknown", "sister", route_id="c.g8.A"),
            changed("carried route elsewhere", "sister", route_id="e3"),
            changed("no call id", "sister", call_id=""),
            *(
                changed("carried account unknown", "sister", account=name, route_id=route)
                for name in _NO_ACCOUNTS
                for route in ("g8.A", "t6.g8.A")
            ),
            changed("carried account unknown (the number's)", "sister", account="nobody"),
            ("other tenant's extension", self._other_tenants_extension),
            ("address: mapped v4 (is v4)", self._mapped),
            ("server unknown", self._server_unknown),
            ("year 1970 or 9999 (taken)", self._far_away),
            ("doubled or unknown fields", self._other_bytes),
        ]

    def _other_tenants_extension(self, rng: random.Random) -> Case:
        extension = rng.choice(["202", "301", "303", "401"])
        call = self._good(rng, "endpoint").but(endpoint="visitor-201")
        call = call.but(dialled=extension, meant=("extension", extension))
        return case("other tenant's extension", classify_request(call), self._as(call))

    def _mapped(self, rng: random.Random) -> Case:
        call = self._good(rng, rng.choice(["provider", "sister"]))
        request = classify_request(call)
        form = rng.choice(["::ffff:{}", "::FFFF:{}", "0:0:0:0:0:ffff:{}"])
        getattr(request, call.origin).peer_address = form.format(call.peer)
        return case("address: mapped v4 (is v4)", request, self._as(call))

    def _server_unknown(self, rng: random.Random) -> Case:
        request = self._request(rng)
        request.server = rng.choice(["nobody", "undefined", "ASTERISK-MACOMNET", ".", "x" * 50])
        return case("server unknown", request, unknown("server", request.server))

    def _far_away(self, rng: random.Random) -> Case:
        call = self._good(rng)
        request = classify_request(call)
        request.simulate = call.origin != "sister"
        request.decided_at.seconds = rng.choice([0, 253_402_300_799])
        request.decided_at.nanos = rng.choice([0, 999_999_999])
        instant = request.decided_at

        def check(reply: Any) -> str:
            kept = (reply.decided_at.seconds, reply.decided_at.nanos // 1000)
            wrong = kept != (instant.seconds, instant.nanos // 1000)
            return f"decided_at {kept}" if wrong else classify_complaint(self._world, call, reply)

        return case("year 1970 or 9999 (taken)", request, check)

    def _other_bytes(self, rng: random.Random) -> Case:
        call = self._good(rng)
        texts = (3, 1, 8) if call.call_id else (3, 1)
        kind, payload = rng.choice(around(classify_request(call).SerializeToString(), texts))
        return Case(kind, payload, self._as(call))


def named(call: Call, rng: random.Random) -> Call:
    """The call on a channel of its own."""
    return call.but(unique_id=f"{rng.getrandbits(48)}.{rng.getrandbits(20)}")


def _now(request: ClassifyCallRequest, _: random.Random) -> None:
    request.decided_at.GetCurrentTime()


def _at_no_instant(request: ClassifyCallRequest, rng: random.Random) -> None:
    request.decided_at.CopyFrom(no_instant(rng))


def _simulate_at_no_instant(request: ClassifyCallRequest, rng: random.Random) -> None:
    request.simulate = True
    _at_no_instant(request, rng)
