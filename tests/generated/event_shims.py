"""Channels for `create_channel_record`, `predial` and `hangup`."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest
from tests.generated import hostile
from tests.generated.channels import DECIDED_AT, event_channel
from tests.generated.classifying_shims import anything
from tests.generated.events import NOW, Rows, rows_of
from tests.generated.shim_cases import BYTES, NO_IDS, Make, Makers, ShimCase, place
from tests.generated.shim_oracle import INSTANT, Told, refused
from tests.generated.world import World
from tests.shims.fake_asterisk import Channel

_NOTHING = refused("UNAVAILABLE", "NO_CHANNEL", 111, 400)
_TEXTS = ("", "acme", "Анна", "'; DROP TABLE events; --", 'a" \\ b', "x\ny", "\U0001f600 [b]")
_NO_NUMBERS = ("x", "-1", "1.5", "\u0661", "9" * 30, "99999999999999", " 7", "${X}")


class EventShim:
    """Makes valid and hostile channels for one of the three scripts."""

    def __init__(self, world: World, script: str) -> None:
        self._world, self._script = world, script

    def valid(self, rng: random.Random) -> ShimCase:
        """An event of its own channel; its rows are known."""
        event = self._event(rng)
        channel = event_channel(event, rng, self._script)
        return ShimCase("valid", channel, self._told(event), _settled(event))

    def hostile(self) -> Makers:
        """Every class."""
        own = self._of_end() if self._script == "hangup" else self._of_beginning()
        return [*self._common(), *own, ("anything anywhere", self._anything)]

    def _event(self, rng: random.Random) -> Any:
        """What a channel of Asterisk can say."""
        event: Any = HangupRequest() if self._script == "hangup" else RecordChannelRequest()
        unique = f"{rng.getrandbits(64)}.{rng.getrandbits(16)}"
        event.server = rng.choice(self._world.askers).servername
        event.channel.unique_id = unique
        event.channel.linked_id = rng.choice([unique, f"{unique}9"])
        event.channel.name = f"PJSIP/westcall-{rng.getrandbits(32):08x}"
        event.call_id = f"c{rng.getrandbits(100):x}"
        event.leg = rng.choice([1, 2])
        event.account = rng.choice(_TEXTS)
        if event.leg == 2:
            event.attempt, event.route_id = rng.randint(1, 10), rng.choice(["a1.C", "r1.e2"])
            event.calling_unique_id = f"{unique}8"
        if self._script == "hangup":
            self._end(event, rng)
            return event
        event.event = 1 if self._script == "create_channel_record" else 2
        event.decided_at.FromJsonString(DECIDED_AT)
        event.called_number = rng.choice(["", "74957777777", "*97"])
        if event.event == 1:
            event.channel.sip_call_id = rng.choice(_TEXTS)
        if event.leg == 2:
            event.dial_string = rng.choice(_TEXTS)
            event.sent_number = rng.choice(_TEXTS)
            event.caller_number = rng.choice(_TEXTS)
            event.data_version = rng.choice([0, 42, 2**63 - 1])
            event.rate_id = rng.choice([0, 16_777_229, 2**63 - 1])
        return event

    def _end(self, event: HangupRequest, rng: random.Random) -> None:
        event.q850_cause = rng.choice([0, 16, 17, 127])
        event.hangup_source = rng.choice([0, 1, 2, 3])
        for field in ("created_at", "answered_at"):
            if rng.random() < 0.6:
                stamp = Timestamp(seconds=rng.randrange(1_790_000_000, 1_799_000_000), nanos=7000)
                getattr(event, field).CopyFrom(stamp)
        if event.leg == 2:
            event.sip_status = rng.choice([0, 180, 486, 200])
            if event.sip_status:
                event.tech_cause = f"SIP {event.sip_status} Whatever"
            return
        event.dial_status = rng.choice([0, 1, 2, 3, 4, 5])
        for field in ("answered_ms", "dialled_ms", "ring_ms", "progress_ms"):
            if rng.random() < 0.6:
                setattr(event, field, rng.choice([0, 61_250, 8_640_000_000]))

    def _told(self, event: Any, status: str = "RECORDED") -> Told:
        told: Told = {"DIALPLANE_STATUS": status}
        if self._script == "predial":
            told["DIALPLANE_LEG_ANSWERED_AT"] = INSTANT
        if self._script == "create_channel_record":
            told |= {
                "DIALPLANE_LEG": "called" if event.leg == 2 else "calling",
                "DIALPLANE_LEG_CREATED_AT": INSTANT,
            }
            if event.leg == 2:
                told["DIALPLANE_LEG_ROUTE_ID"] = event.route_id
                told["DIALPLANE_LEG_ATTEMPT"] = str(event.attempt)
        return told

    def _put(
        self,
        kind: str,
        where: str,
        make: Callable[[random.Random], Any],
        change: Callable[[Any, str], None],
        leg: int = 0,
    ) -> tuple[str, Make]:
        """A class that is recorded all the same: `change` says what becomes of the event."""

        def build(rng: random.Random) -> ShimCase:
            event, value = self._event_of(rng, leg), make(rng)
            channel = place(self._noted(event, rng), where, value)
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            change(event, text)
            return ShimCase(kind, channel, self._told(event), _settled(event))

        return kind, build

    def _event_of(self, rng: random.Random, leg: int) -> Any:
        event = self._event(rng)
        while leg and event.leg != leg:
            event = self._event(rng)
        return event

    def _noted(self, event: Any, rng: random.Random) -> Channel:
        """The event's channel, with the leg and its route noted on itself."""
        channel = event_channel(event, rng, self._script)
        place(channel, "DIALPLANE_LEG", "called" if event.leg == 2 else "calling")
        if event.leg == 2:
            place(channel, "DIALPLANE_LEG_ROUTE_ID", event.route_id)
            place(channel, "DIALPLANE_LEG_ATTEMPT", str(event.attempt))
        return channel

    def _rejected(self, kind: str, where: str, make: Any) -> tuple[str, Make]:
        """A class that the service refuses as invalid: kept by the host, for people."""

        def build(rng: random.Random) -> ShimCase:
            event = self._event(rng)
            channel = place(self._noted(event, rng), where, make(rng))
            return ShimCase(kind, channel, self._told(event, "REJECTED"))

        return kind, build

    def _common(self) -> Makers:
        def nothing(rng: random.Random, kind: str, make: Any) -> ShimCase:
            channel = place(
                event_channel(self._event(rng), rng, self._script), "agi_uniqueid", make(rng)
            )
            return ShimCase(kind, channel, _NOTHING)

        makers: Makers = []
        for kind, make in {**NO_IDS, "empty": lambda _: ""}.items():
            name = f"unique id {kind}"
            makers.append((name, lambda r, n=name, m=make: nothing(r, n, m)))
            makers.append(self._rejected(f"server {kind}", "SYSTEMNAME", make))
        makers.append(self._rejected("server unknown", "SYSTEMNAME", lambda _: "nobody"))
        for kind, make in {**NO_IDS, **BYTES}.items():
            for name, where, change in (
                ("linked id", "CHANNEL(linkedid)", _without("channel.linked_id")),
                ("call id", "DIALPLANE_CALL_ID", _derived),
            ):
                makers.append(self._put(f"{name} {kind} (is none)", where, make, change))
            for name, where, field in (
                ("route id", "DIALPLANE_LEG_ROUTE_ID", "route_id"),
                ("calling id", "DIALPLANE_CALLING_UNIQUE_ID", "calling_unique_id"),
                ("attempt", "DIALPLANE_LEG_ATTEMPT", "attempt"),
            ):
                kind_of = f"{name} {kind} (is none)"
                makers.append(self._put(kind_of, where, make, _without(field), 2))
        for kind, make in {**hostile.NAMES, **hostile.NUMBERS, **BYTES}.items():
            if kind != "number: empty":
                keep = _kept("account", characters=50)
                makers.append(self._put(f"account {kind} (text)", "DIALPLANE_ACCOUNT", make, keep))
        words = ("CALLED", "called ", "0", "both", "\x00")
        makers.append(
            self._put(
                "leg unknown (told by the ids)",
                "DIALPLANE_LEG",
                lambda r: r.choice(words),
                lambda _event, _text: None,
            )
        )
        return makers

    def _of_beginning(self) -> Makers:
        makers: Makers = []
        texts = {**hostile.NAMES, **hostile.NUMBERS, **BYTES}
        for kind, make in texts.items():
            for where, change in (
                ("DIALSTRING", _kept("dial_string", octets=1023)),
                ("DIALPLANE_SENT_NUMBER", _kept("sent_number", characters=64)),
                ("DIALPLANE_CALLER_NUMBER", _kept("caller_number", characters=32)),
            ):
                makers.append(self._put(f"{where} {kind} (text)", where, make, change, 2))
            makers.append(self._put(f"CALLED {kind} (text)", "DIALPLANE_CALLED", make, _called))
            if kind not in hostile.NUMBERS:
                where = "DIALPLANE_DATA_VERSION"
                change = _without("data_version")
                makers.append(self._put(f"data version {kind} (is none)", where, make, change, 2))
                where, change = "DIALPLANE_RATE_ID", _without("rate_id")
                makers.append(self._put(f"rate {kind} (is none)", where, make, change, 2))
                where = "DIALPLANE_DECIDED_AT"
                change = _without("decided_at")
                makers.append(self._put(f"instant {kind} (is none)", where, make, change))
        old = ("1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
        makers.append(
            self._rejected("instant before 1970", "DIALPLANE_DECIDED_AT", lambda r: r.choice(old))
        )
        return makers

    def _of_end(self) -> Makers:
        makers: Makers = []
        for kind, make in {**hostile.NAMES, **BYTES}.items():
            for where, field, leg in (
                ("HANGUPCAUSE", "q850_cause", 0),
                ("DIALSTATUS", "dial_status", 1),
                ("ANSWEREDTIME_MS", "answered_ms", 1),
                ("DIALEDTIME_MS", "dialled_ms", 1),
                ("RINGTIME_MS", "ring_ms", 1),
                ("PROGRESSTIME_MS", "progress_ms", 1),
                ("DIALPLANE_LEG_CREATED_AT", "created_at", 0),
                ("DIALPLANE_LEG_ANSWERED_AT", "answered_at", 0),
            ):
                name = f"{where} {kind} (is none)"
                makers.append(self._put(name, where, make, _without(field), leg))
            makers.append(self._put(f"source {kind}", "CHANNEL(hangupsource)", make, _source))
            makers.append((f"words {kind} (text)", self._words(kind, make)))
        for where, field in (("HANGUPCAUSE", "q850_cause"), ("RINGTIME_MS", "ring_ms")):
            name = f"{where} no number (is none)"
            too_high = "128" if field == "q850_cause" else "8640000001"
            numbers = [*_NO_NUMBERS, too_high]
            makers.append(
                self._put(name, where, lambda r, n=numbers: r.choice(n), _without(field), 1)
            )
        old = ("1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
        for where in ("DIALPLANE_LEG_CREATED_AT", "DIALPLANE_LEG_ANSWERED_AT"):
            makers.append(self._rejected(f"{where} before 1970", where, lambda r: r.choice(old)))
        return makers

    def _words(self, kind: str, make: Any) -> Make:
        """The far end's own words about the end: text, with a SIP status only where they begin so."""

        def build(rng: random.Random) -> ShimCase:
            event = self._event_of(rng, 2)
            channel, value = self._noted(event, rng), make(rng)
            place(channel, f"HANGUPCAUSE({event.channel.name},tech)", value)
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            event.tech_cause = text.encode()[:255].decode(errors="ignore")
            event.sip_status = 0
            return ShimCase(f"words {kind} (text)", channel, self._told(event), event)

        return build

    def _anything(self, rng: random.Random) -> ShimCase:
        case = anything(event_channel(self._event(rng), rng, self._script), rng)
        # Whatever the channel is called after that, its rows are none of the test's.
        place(case.channel, "agi_uniqueid", "anything/anywhere")
        return case


def shim_rows(world: World, event: Any, channel: Channel) -> Rows:
    """The rows of an event, at the instant that the step noted on the channel."""
    noted = {name: value for name, value in channel.sets if name.endswith("_AT")}
    if noted:
        event.occurred_at.FromJsonString(next(iter(noted.values())))
        return rows_of(world, event)
    event.occurred_at.seconds = 1
    rows = rows_of(world, event)
    for (table, _), row in rows.items():
        if table != "attempts":
            row["ended_at" if table == "channels" else "occurred_at"] = NOW
    return rows


def _settled(event: Any) -> Any:
    """A call that was given up while it rang ended normally, whatever PJSIP or chan_sip say."""
    if isinstance(event, HangupRequest) and event.q850_cause in (0, 127):
        ringing = event.leg == 2 and 100 <= event.sip_status < 200
        if ringing or (event.leg == 1 and event.dial_status == 4):
            event.q850_cause = 16
    return event


def _without(path: str) -> Callable[[Any, str], None]:
    def change(event: Any, _: str) -> None:
        *names, last = path.split(".")
        for name in names:
            event = getattr(event, name)
        event.ClearField(last)

    return change


def _kept(field: str, *, characters: int = 0, octets: int = 0) -> Callable[[Any, str], None]:
    def change(event: Any, text: str) -> None:
        cut = text[:characters] if characters else text.encode()[:octets].decode(errors="ignore")
        setattr(event, field, cut)

    return change


def _called(event: Any, text: str) -> None:
    event.called_number = text.partition(":")[2].partition(";")[0][:32]


def _source(event: Any, text: str) -> None:
    """A text that is no channel's name is the system's own; another channel is the other side."""
    if text.startswith(("dialplan/", "core", "cdr")) or "/" not in text:
        event.hangup_source = 3
    else:
        event.hangup_source = 1 if event.leg == 2 else 2


def _derived(event: Any, _: str) -> None:
    """The id that all steps of a call derive alike where the service has given none."""
    key = f"{event.server}/{event.channel.linked_id}".encode()
    event.call_id = "local-" + hashlib.sha256(key).hexdigest()[:26]
