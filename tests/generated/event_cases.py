"""Inputs for RecordChannel and Hangup."""

import random
from typing import Any

from tests.generated import hostile
from tests.generated.broken import Broken, Makers, around, put, raw_makers
from tests.generated.cases import Case, Maker, case, unknown
from tests.generated.events import Rows, hangup, record_channel, rows_of
from tests.generated.world import World

_TEXTS = {
    "account": 50,
    "called_number": 32,
    "sent_number": 64,
    "caller_number": 32,
}
"""Texts of so many characters; the others are counted in bytes."""


class EventCases:
    """Makes valid and hostile events. `rows` is what they must leave in MariaDB, all together."""

    def __init__(self, world: World, *, end: bool) -> None:
        self._world, self._end = world, end
        self._make: Any = hangup if end else record_channel
        self._texts = (4, 1, 16, 17) if end else (5, 1, 8, 10)
        self._sent: list[Any] = []
        self.rows: Rows = {}

    def valid(self, rng: random.Random) -> Case:
        """An event of its own channel, or, now and then, an earlier one again."""
        if self._sent and rng.random() < 0.1:
            return case("valid", rng.choice(self._sent), _receipt)
        request = self._expected(self._good(rng))
        self._sent = [*self._sent[-50:], request]
        return case("valid", request, _receipt)

    def hostile(self) -> Makers:
        """Every class."""
        return [*self._kept(), *self._broken().makers, *self._known(), *self._raw()]

    def _good(self, rng: random.Random) -> Any:
        return self._make(self._world, rng)

    def _expected(self, request: Any) -> Any:
        self.rows |= rows_of(self._world, request)
        return request

    def _paths(self) -> dict[str, int]:
        bytes_of = {"channel.name": 255, "channel.sip_call_id": 255}
        if self._end:
            return {"account": 50, **bytes_of, "tech_cause": 255}
        return {**_TEXTS, **bytes_of, "dial_string": 1023}

    def _kept(self) -> Makers:
        """Texts that a far end may have written: kept as they are, as text."""

        def kept(kind: str, path: str, make: hostile.Make) -> tuple[str, Maker]:
            def build(rng: random.Random) -> Case:
                request = self._good(rng)
                text, longest = make(rng), self._paths()[path]
                put(request, path, text.encode()[:longest].decode(errors="ignore"))
                return case(kind, self._expected(request), _receipt)

            return kind, build

        texts = {**hostile.NAMES, **hostile.NUMBERS, **hostile.IDS}
        return [
            kept(f"{kind} (kept as text)", path, make)
            for path in self._paths()
            for kind, make in texts.items()
        ]

    def _broken(self) -> Broken:
        broken = Broken(self._good)
        for path in ("server", "channel.unique_id", "channel.linked_id", "call_id"):
            broken.ids(path)
        for path in ("route_id", "calling_unique_id"):
            broken.ids(path)
        for path, longest in self._paths().items():
            broken.text(path, longest)
        instants = ("created_at", "answered_at") if self._end else ("decided_at",)
        for path in ("occurred_at", *instants):
            broken.instant(path)
        broken.values("leg", "out of range", 0, 3, -1, 2**31 - 1)
        broken.values("attempt", "out of range", 11, 12, 2**32 - 1)
        if self._end:
            broken.values("q850_cause", "out of range", 128, 2**32 - 1)
            broken.values("sip_status", "out of range", 1, 99, 700, 2**32 - 1)
            broken.values("hangup_source", "out of range", 4, -1, 2**31 - 1)
            broken.values("dial_status", "out of range", 10, -1, 2**31 - 1)
        else:
            broken.values("event", "out of range", 0, 3, -1, 2**31 - 1)
        required = ("server", "channel", "occurred_at", "call_id", "leg")
        required = required if self._end else (*required, "event")
        broken.missing(*required, "channel.unique_id")
        broken.add("nothing at all", lambda q, _: q.Clear(), *required)
        return broken

    def _known(self) -> Makers:
        def server(rng: random.Random) -> Case:
            request = self._good(rng)
            request.server = rng.choice(["nobody", "undefined", "LONDON", ".", "x" * 50])
            return case("server unknown", request, unknown("server", request.server))

        def others(rng: random.Random) -> Case:
            request = self._expected(self._good(rng))
            texts = (1, 4) if self._end else (1, 5)
            kind, payload = rng.choice(around(request.SerializeToString(), texts))
            return Case(kind, payload, _receipt)

        return [("server unknown", server), ("doubled or unknown fields", others)]

    def _raw(self) -> Makers:
        return list(raw_makers(self._good, self._texts))


def _receipt(reply: Any) -> str:
    return "" if reply.HasField("recorded_at") else "no recorded_at: nothing is promised"
