"""Channels for `incoming_dialer`."""

import random
from collections.abc import Callable
from typing import Any

from tests.generated import hostile
from tests.generated.asks import Ask, good_ask
from tests.generated.channels import dialer_channel
from tests.generated.classifying_shims import anything
from tests.generated.dial_oracle import any_ask
from tests.generated.shim_cases import (
    BYTES,
    NO_IDS,
    Make,
    Makers,
    ShimCase,
    as_received,
    one_line,
    place,
)
from tests.generated.shim_oracle import ANYTHING, INVALID, NOT_CLASSIFIED, Told, dialled, refused
from tests.generated.world import World

_AWAY = refused("UNAVAILABLE", "SERVICE_UNAVAILABLE", 42, 503)
_NO_NUMBERS = ("x", "-1", "1.5", "1e9", "\u0661", "9" * 30, " 7", "0x10", "${X}")


class DiallingShim:
    """Makes valid and hostile channels."""

    def __init__(self, world: World) -> None:
        self._world = world

    def valid(self, rng: random.Random) -> ShimCase:
        """Any question; the oracle knows what is to be told."""
        ask = any_ask(self._world, rng)
        if ask.ringing_spent_ms > 2**31:
            ask = ask.but(ringing_spent_ms=2**31)
        return ShimCase("valid", dialer_channel(ask, rng), dialled(self._world, ask))

    def hostile(self) -> Makers:
        """Every class."""
        return [
            *self._unclassified(),
            *self._invalid(),
            *self._cleaned(),
            *self._callers(),
            ("anything anywhere", self._anything),
        ]

    def _put(
        self,
        kind: str,
        where: str,
        make: Callable[[random.Random], Any],
        told: Told | Callable[[Ask, Any], Told],
        change: Callable[[Ask], Ask] = lambda ask: ask,
    ) -> tuple[str, Make]:
        def build(rng: random.Random) -> ShimCase:
            ask, value = change(good_ask(self._world, rng)), make(rng)
            channel = place(dialer_channel(ask, rng), where, value)
            return ShimCase(kind, channel, told(ask, value) if callable(told) else told)

        return kind, build

    def _same(self, ask: Ask, _: Any) -> Told:
        return dialled(self._world, ask)

    def _unclassified(self) -> Makers:
        makers = []
        for kind, make in {**NO_IDS, **BYTES}.items():
            for where in ("CALL_ID", "TARGET_IDS", "DECIDED_AT"):
                if where == "TARGET_IDS" and kind == "id: wrong alphabet":
                    continue  # "a,b" are two ids
                name = f"DIALPLANE_{where}"
                makers.append(self._put(f"{where} {kind}", name, make, NOT_CLASSIFIED))
        for where in ("CALL_ID", "TARGET_IDS", "DECIDED_AT"):
            name = f"DIALPLANE_{where}"
            makers.append(self._put(f"{where} empty", name, lambda _: "", NOT_CLASSIFIED))
        instants = (
            "2026-13-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "now",
            "1795000000",
            "2026-11-18",
        )
        makers.append(
            self._put(
                "DECIDED_AT no instant",
                "DIALPLANE_DECIDED_AT",
                lambda r: r.choice(instants),
                NOT_CLASSIFIED,
            )
        )
        return makers

    def _invalid(self) -> Makers:
        makers = [
            self._put(
                "DECIDED_AT before 1970",
                "DIALPLANE_DECIDED_AT",
                lambda r: r.choice(["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]),
                INVALID,
            ),
            self._put(
                "too many targets", "DIALPLANE_TARGET_IDS", lambda _: ",".join(["e1"] * 11), INVALID
            ),
            self._put("account too long", "DIALPLANE_ACCOUNT", lambda _: "a" * 51, INVALID),
            self._put(
                "account unknown",
                "DIALPLANE_ACCOUNT",
                lambda r: r.choice(["nobody", "' OR 1=1", "Acme", "acme "]),
                _AWAY,
            ),
            self._put("server unknown", "SYSTEMNAME", lambda _: "nobody", _AWAY),
            self._put("called empty", "DIALPLANE_CALLED", lambda _: "", INVALID),
            self._put("called anonymous", "DIALPLANE_CALLED", lambda _: "anonymous:", INVALID),
        ]
        for kind, make in NO_IDS.items():
            if kind != "id: too long":
                makers.append(self._put(f"server {kind}", "SYSTEMNAME", make, INVALID))
            makers.append(self._put(f"unique id {kind}", "agi_uniqueid", make, INVALID))
        for kind, make in {**hostile.NUMBERS, **BYTES}.items():

            def called(rng: random.Random, make: Any = make) -> Any:
                value = make(rng)
                start = rng.choice(["e164:", "extension:", "feature_code:", "emergency:"])
                return start.encode() + value if isinstance(value, bytes) else start + value

            makers.append(self._put(f"called {kind}", "DIALPLANE_CALLED", called, INVALID))
        kinds = (
            "E164:74957777777",
            "number:74957777777",
            "74957777777",
            "e164",
            ":7",
            "\x00e164:7",
        )
        makers.append(
            self._put("called of no kind", "DIALPLANE_CALLED", lambda r: r.choice(kinds), INVALID)
        )
        return makers

    def _cleaned(self) -> Makers:
        """Values that only help: what is none of theirs counts as not there."""

        def default_tier(ask: Ask, _: Any) -> Told:
            return dialled(self._world, ask.but(tier=""))

        def no_device(ask: Ask, _: Any) -> Told:
            return dialled(self._world, ask.but(endpoint=None))

        makers: Makers = []
        for kind, make in BYTES.items():
            for name, where, told in (
                ("tier", "DIALPLANE_TIER", default_tier),
                ("linked id", "CHANNEL(linkedid)", self._same),
                ("tried", "DIALPLANE_TRIED", self._same),
                ("route id", "DIALPLANE_ROUTE_ID", self._same),
            ):
                makers.append(self._put(f"{name} {kind} (is none)", where, make, told))
        strangers = ("nobody", "globex-1", "' OR 1=1", "../acme-201", "x" * 80, "acme-201 ")
        makers.append(
            self._put(
                "device unknown (is none)",
                "DIALPLANE_ENDPOINT",
                lambda r: r.choice(strangers),
                no_device,
                lambda ask: ask.but(caller="+79035550000"),
            )
        )
        return makers + self._last_words()

    def _last_words(self) -> Makers:
        """How the last attempt ended, as Asterisk left it."""

        def after_one(ask: Ask) -> Ask:
            return ask.but(tried=("g8.A",), dial_status="CONGESTION", q850_cause=34)

        def counted(ask: Ask, _: Any) -> Told:
            told = dialled(self._world, ask)
            return told | {
                "DIALPLANE_RINGING_SPENT_MS": ANYTHING,
                "DIALPLANE_RING_TIMEOUT": ANYTHING,
            }

        def no_status(ask: Ask, _: Any) -> Told:
            return counted(ask.but(dial_status=""), "")

        def no_cause(ask: Ask, _: Any) -> Told:
            return counted(ask.but(q850_cause=0), "")

        places = (
            ("DIALSTATUS", no_status),
            ("HANGUPCAUSE", no_cause),
            ("DIALPLANE_RINGING_SPENT_MS", counted),
            ("DIALEDTIME_MS", counted),
            ("RINGTIME_MS", counted),
            ("DIALPLANE_DIALLED_AT", counted),
        )
        makers: Makers = []
        for where, told in places:
            for kind, make in BYTES.items():
                makers.append(
                    self._put(f"last {where} {kind} (is none)", where, make, told, after_one)
                )
            name = f"last {where} no number (is none)"
            makers.append(self._put(name, where, lambda r: r.choice(_NO_NUMBERS), told, after_one))
        return makers

    def _callers(self) -> Makers:
        def unread(ask: Ask, value: Any) -> Told:
            # The text is not empty, so it is the caller's: nothing else is presented in its place.
            return dialled(self._world, ask.but(caller=as_received(value)))

        def cleaned(ask: Ask, value: Any) -> Told:
            return dialled(self._world, ask) | {"DIALPLANE_CALLER_NAME": ANYTHING}

        def outside(ask: Ask) -> Ask:
            return ask.but(endpoint=None, presentation="ALLOWED")

        def inside(ask: Ask) -> Ask:
            return ask.but(target_ids=("e2",))

        makers: Makers = []
        for kind, make in hostile.NUMBERS.items():

            def build(rng: random.Random, kind: str = kind, make: Any = make) -> ShimCase:
                ask, value = outside(good_ask(self._world, rng)), make(rng)
                channel = place(dialer_channel(ask, rng), "DIALPLANE_ORIGINAL_NUMBER", value)
                place(channel, "DIALPLANE_ORIGINAL_PRESENTATION", "ALLOWED")
                return ShimCase(f"caller {kind}", channel, unread(ask, value))

            makers.append((f"caller {kind}", build))
        for kind, make in {**hostile.NAMES, **BYTES}.items():
            where = "DIALPLANE_ORIGINAL_NAME"
            makers.append(self._put(f"{kind} (cleaned)", where, make, cleaned, inside))
        for kind, make in hostile.NAMES.items():
            name = f"environment {kind} (cleaned)"
            makers.append(self._put(name, "agi_calleridname", one_line(make), cleaned, inside))
        return makers

    def _anything(self, rng: random.Random) -> ShimCase:
        return anything(dialer_channel(good_ask(self._world, rng), rng), rng)
