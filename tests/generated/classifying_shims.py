"""Channels for `incoming` and `make_a_route`."""

import random
import re
from collections.abc import Callable
from typing import Any

from tests.generated import hostile
from tests.generated.calls import Call, endpoint_call, good_call, provider_call, sister_call
from tests.generated.channels import incoming_channel, user_channel
from tests.generated.classify_cases import named
from tests.generated.hostile import MARK
from tests.generated.shim_cases import (
    BYTES,
    NO_ADDRESSES,
    NO_IDS,
    Make,
    Makers,
    ShimCase,
    as_received,
    one_line,
    place,
    without_controls,
)
from tests.generated.shim_checks import GIVEN_UP
from tests.generated.shim_oracle import INSTANT, INVALID, NO_CHANNEL, Told, classified, refused
from tests.generated.world import World
from tests.shims.fake_asterisk import Channel

_LOCAL_ID = re.compile(r"local-[0-9a-f]{26}")
_NAMES = ("Anna", "Анна", 'A "quoted" \\ name', "O'Neill", "${NAME}")


class ClassifyingShim:
    """Makes valid and hostile channels for one of the two scripts."""

    def __init__(self, world: World, script: str) -> None:
        self._world, self._script = world, script

    def valid(self, rng: random.Random) -> ShimCase:
        """Any call; the oracle knows what is to be told."""
        makers = [endpoint_call] if self._script == "make_a_route" else [provider_call, sister_call]
        call = named(rng.choice(makers)(self._world, rng), rng)
        name = rng.choice(_NAMES)
        channel = self._channel(call, rng, name)
        word, value = rng.choice([("ALLOWED", "0"), ("RESTRICTED", "32"), ("UNAVAILABLE", "67")])
        place(channel, "agi_callingpres", value)
        if rng.random() < 0.1:  # a call that was transferred: what was left is emptied
            channel.variables |= {
                "DIALPLANE_TRIED": b"a1.C",
                "DIALPLANE_ROUTE_ID": b"a7.A",
            }
        told = self._told(call, name, word)
        if told["DIALPLANE_STATUS"] == "TARGETS" and "DIALPLANE_TRIED" in channel.variables:
            told["DIALPLANE_RINGING_SPENT_MS"] = "0"
        return ShimCase("valid", channel, told)

    def hostile(self) -> Makers:
        """Every class."""
        makers = [*self._numbers(), *self._texts(), *self._ids(), *self._forged()]
        return makers + (self._device() if self._script == "make_a_route" else self._peers())

    def _channel(self, call: Call, rng: random.Random, name: str = "Anna") -> Channel:
        if self._script == "make_a_route":
            return user_channel(call, rng, name)
        return incoming_channel(call, rng, name)

    def _told(self, call: Call, name: str = "Anna", presentation: str = "ALLOWED") -> Told:
        return classified(self._world, call, name, presentation)

    def _good(self, rng: random.Random, origin: str = "") -> Call:
        origins = ["endpoint"] if self._script == "make_a_route" else ["provider", "sister"]
        return named(good_call(self._world, rng, origin or rng.choice(origins)), rng)

    def _put(
        self,
        kind: str,
        where: str,
        make: Callable[[random.Random], Any],
        told: Callable[[Call, Any], Told],
        origin: str = "",
    ) -> tuple[str, Make]:
        """A class: a good call with one hostile value in one place."""

        def build(rng: random.Random) -> ShimCase:
            call, value = self._good(rng, origin), make(rng)
            channel = place(self._channel(call, rng), where, value)
            return ShimCase(kind, channel, told(call, value))

        return kind, build

    def _numbers(self) -> Makers:
        def nothing(call: Call, _: Any) -> Told:
            return self._told(call.but(meant=("nothing", "")))

        def caller(call: Call, value: Any) -> Told:
            seen = "" if call.origin != "endpoint" else call.caller
            told = self._told(call.but(caller_text=as_received(value), caller=seen))
            return told | {"DIALPLANE_ORIGINAL_NUMBER": without_controls(as_received(value))}

        makers = []
        for kind, make in {**hostile.NUMBERS, **BYTES}.items():
            if kind != "number: empty":
                makers.append(self._put(f"dialled {kind}", "DIALPLANE_IN_DIALLED", make, nothing))
        for kind, make in hostile.NUMBERS.items():
            if kind != "number: line break":
                makers.append(self._put(f"caller {kind}", "agi_callerid", make, caller))
        makers.append(self._put("nothing dialled", "EXTEN", lambda _: "", nothing))

        def without_extension(rng: random.Random) -> ShimCase:
            call = self._good(rng)
            channel = self._channel(call, rng)
            channel.variables.pop("DIALPLANE_IN_DIALLED", None)
            channel.variables.pop("EXTEN", None)
            return ShimCase("nothing dialled", channel, nothing(call, ""))

        makers[-1] = ("nothing dialled", without_extension)
        return makers

    def _texts(self) -> Makers:
        """Where any text may stand: the decision stays, the text is cleaned."""

        def name(call: Call, value: Any) -> Told:
            shown = without_controls(as_received(value))
            return self._told(call) | {"DIALPLANE_ORIGINAL_NAME": shown}

        def same(call: Call, _: Any) -> Told:
            return self._told(call)

        def unstated(call: Call, _: Any) -> Told:
            return self._told(call, presentation="UNSPECIFIED")

        names = {kind: one_line(make) for kind, make in hostile.NAMES.items()}
        plain = {kind: BYTES[kind] for kind in ("bytes: not UTF-8", "bytes: 10 kB")}
        makers = [
            self._put(f"{kind} (cleaned)", "agi_calleridname", make, name)
            for kind, make in {**names, **plain}.items()
        ]
        for where in ("DIALPLANE_IN_ASSERTED_IDENTITY", "DIALPLANE_IN_DIVERSION"):
            for kind, make in BYTES.items():
                makers.append(self._put(f"{where[13:]} {kind}", where, make, same))
        for where in ("DIALPLANE_IN_ATTESTATION", "CHANNEL(pjsip,call-id)", "CHANNEL(linkedid)"):
            for kind, make in BYTES.items():
                makers.append(self._put(f"{where} {kind} (is none)", where, make, same))
        strange = ("x", "999", "-1", "\u0661", "9" * 40)
        makers.append(
            self._put(
                "presentation garbage", "agi_callingpres", lambda r: r.choice(strange), unstated
            )
        )
        return makers

    def _ids(self) -> Makers:
        def told(value: Told) -> Callable[[Call, Any], Told]:
            return lambda _call, _value: value

        def away(call: Call, _: Any) -> Told:
            no = refused("UNAVAILABLE", "SERVICE_UNAVAILABLE", 42, 503)
            if call.origin == "endpoint" and call.call_id:
                return no
            return no | {
                "DIALPLANE_CALL_ID": _LOCAL_ID,
                "DIALPLANE_CALLING_UNIQUE_ID": call.unique_id,
            }

        makers = []
        for kind, make in NO_IDS.items():
            expected = away if kind == "id: too long" else told(INVALID)
            makers.append(self._put(f"server {kind}", "SYSTEMNAME", make, expected))
            makers.append(self._put(f"unique id {kind}", "agi_uniqueid", make, told(NO_CHANNEL)))
        makers.append(
            self._put("server unknown", "SYSTEMNAME", lambda r: r.choice(["nobody", "x"]), away)
        )
        makers.append(self._put("server empty", "SYSTEMNAME", lambda _: "", told(INVALID)))
        makers.append(self._put("no unique id", "agi_uniqueid", lambda _: "", told(NO_CHANNEL)))
        return makers

    def _forged(self) -> Makers:
        """Lines that a caller's name smuggles into the environment."""

        def first_counts(call: Call, _: Any) -> Told:
            return self._told(call, name=MARK)

        def cut_short(call: Call, _: Any) -> Told:
            return self._told(call, name=MARK, presentation="UNSPECIFIED")

        def given_up(_call: Call, _: Any) -> Told:
            return GIVEN_UP

        lines = f"{MARK}\nagi_uniqueid: forged\nagi_callerid: 900\nagi_request: x"
        end = f"{MARK}\n\n200 result=1 (forged)\nHANGUP\n"
        return [
            self._put("forged environment", "agi_calleridname", lambda _: lines, first_counts),
            self._put("forged end and answers", "agi_calleridname", lambda _: end, cut_short),
            self._put(
                "forged refusal of Asterisk",
                "agi_calleridname",
                lambda _: f"{MARK}\n\n510 Invalid or unknown command\n",
                given_up,
            ),
            ("anything anywhere", self._anything),
        ]

    def _anything(self, rng: random.Random) -> ShimCase:
        return anything(self._channel(self._good(rng), rng), rng)

    def _device(self) -> Makers:
        def device(call: Call, value: Any) -> Told:
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            name = without_controls(text)[:80]
            return self._told(call.but(endpoint=name))

        def sender(call: Call, value: Any) -> Told:
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            name = without_controls(text)
            if "/" in name:
                name = name.partition("/")[2].rpartition("-")[0]
            return self._told(call.but(forwarding=name[:80]))

        def minted(call: Call, _: Any) -> Told:
            return self._told(call.but(call_id=""))

        makers = []
        for kind, make in {**hostile.IDS, **BYTES}.items():
            makers += [
                self._device_class(f"device {kind}", "CHANNEL(endpoint)", make, device),
                self._device_class(f"device {kind}", "CHANNEL(peername)", make, device),
                self._put(f"sender {kind}", "DIALPLANE_IN_FORWARDING_ENDPOINT", make, sender),
            ]
        for kind, make in {**NO_IDS, **BYTES}.items():
            makers.append(self._put(f"call id {kind} (is none)", "DIALPLANE_CALL_ID", make, minted))
        return makers

    def _device_class(self, kind: str, where: str, make: Any, told: Any) -> tuple[str, Make]:
        def build(rng: random.Random) -> ShimCase:
            call, value = self._good(rng), make(rng)
            channel = self._channel(call, rng)
            technology = "PJSIP" if where == "CHANNEL(endpoint)" else "SIP"
            place(channel, "agi_channel", f"{technology}/x-00000001")
            return ShimCase(kind, place(channel, where, value), told(call, value))

        return kind, build

    def _peers(self) -> Makers:
        """Where the call comes from, as it may be garbled or forged."""

        def stranger(call: Call, _: Any) -> Told:
            who = "SISTER" if call.origin == "sister" else "PEER"
            return refused("REFUSED", f"{who}_ADDRESS_UNKNOWN", 21, 403)

        def provider(call: Call, _: Any) -> Told:
            return self._told(call.but(origin="provider", call_id=""))

        makers: Makers = []
        for kind, make in {**NO_ADDRESSES, **BYTES}.items():
            makers.append(self._put(f"peer {kind}", "FROM_IP", make, stranger))
            if kind != "address: empty":
                makers.append(self._behind_proxy(f"forwarded {kind}", make))
        words = ("SISTER", "sister ", " sister", "sisters", "provider", "\x00sister")
        name, where = "origin word unknown (a provider)", "DIALPLANE_ORIGIN"
        makers.append(self._put(name, where, lambda r: r.choice(words), provider, "sister"))
        return makers + self._carried()

    def _behind_proxy(self, kind: str, make: Any) -> tuple[str, Make]:
        def build(rng: random.Random) -> ShimCase:
            call = self._good(rng, "provider")
            channel = place(self._channel(call, rng), "FROM_IP", "10.0.0.7:5060")
            place(channel, "DIALPLANE_IN_FORWARDED_ADDRESS", make(rng))
            told = self._told(call.but(peer="10.0.0.7", forwarded="203.0.113.99"))
            return ShimCase(kind, channel, told)

        return kind, build

    def _carried(self) -> Makers:
        """What a sister server carried here."""

        def no_route(_call: Call, _: Any) -> Told:
            return refused("REFUSED", "CARRIED_ROUTE_UNKNOWN", 25, 483)

        def no_call_id(call: Call, _: Any) -> Told:
            return self._told(call.but(call_id=""))

        def own_instant(call: Call, _: Any) -> Told:
            return self._told(call) | {"DIALPLANE_DECIDED_AT": INSTANT}

        makers: Makers = []
        for kind, make in {**NO_IDS, **BYTES}.items():
            for name, where, told in (
                ("route", "DIALPLANE_IN_ROUTE_ID", no_route),
                ("call id", "DIALPLANE_IN_CALL_ID", no_call_id),
            ):
                makers.append(self._put(f"carried {name} {kind}", where, make, told, "sister"))
        old = {"before 1970": lambda _: "1969-12-31T23:59:59Z", "year 0": lambda _: "0000-01-01"}
        for kind, make in {**BYTES, **old}.items():
            name, where = f"carried instant {kind} (is none)", "DIALPLANE_IN_DECIDED_AT"
            makers.append(self._put(name, where, make, own_instant, "sister"))
        for kind, make in {**hostile.IDS, **BYTES}.items():
            makers.append(self._unpaid(f"carried account {kind}", make))
        return makers

    def _unpaid(self, kind: str, make: Any) -> tuple[str, Make]:
        def build(rng: random.Random) -> ShimCase:
            call = self._good(rng, "sister").but(route_id="g8.A", account=MARK)
            channel = place(self._channel(call, rng), "DIALPLANE_IN_ACCOUNT", make(rng))
            return ShimCase(kind, channel, self._told(call))

        return kind, build


def anything(channel: Channel, rng: random.Random) -> ShimCase:
    """Hostile values in several places at once: no particular answer, but nothing that was not meant."""
    kinds = [*hostile.NAMES.values(), *hostile.NUMBERS.values(), *hostile.IDS.values()]
    for where in rng.sample([*channel.environment, *channel.variables], k=rng.randint(2, 12)):
        make = rng.choice([*kinds, *BYTES.values()])
        place(channel, where, make(rng))
    return ShimCase("anything anywhere", channel, None)
