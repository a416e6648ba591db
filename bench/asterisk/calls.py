"""Whole calls per second before the first failure, and what a failed attempt costs the caller."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.lab import Lab
from tests.lab.sip_messages import SipMessage
from tests.lab.sipp import SCENARIOS

from bench.asterisk.host import run_local
from bench.asterisk.steps import Times

SERVED = "74951815001"
OUTSIDE = "74957777777"
TALK_MS = 300
STEPS_PER_CALL = 6
# A caller who hears nothing for so long has a failed call.
PATIENCE_MS = 6000
_LADDER = 1.6
_REFINED = 2
_ROUTES = "(3, 'sip.zadarma.com', 'OUT')"


@dataclass(frozen=True)
class Rung:
    """Calls at one rate."""

    rate: float
    calls: int
    clean: bool
    spooled: int
    """Events that the service could not take in time: they wait on the host's disk."""


@dataclass(frozen=True)
class Rate:
    """The fastest rate at which every call went as written, and the slowest at which one did not."""

    rungs: list[Rung]

    @property
    def clean(self) -> float:
        return max((rung.rate for rung in self.rungs if rung.clean), default=0.0)

    @property
    def failed(self) -> float | None:
        return min((rung.rate for rung in self.rungs if not rung.clean), default=None)

    @property
    def spooled(self) -> int:
        return sum(rung.spooled for rung in self.rungs if rung.clean)


def measure_rate(lab: Lab, first: float, stretch: float, seconds: float) -> Rate:
    """Climb until a call fails, then halve the gap; `stretch` seconds of calls on each rung."""
    end = time.monotonic() + seconds
    rungs: list[Rung] = []
    with lab.far_end("PHONE_201", "uas_answer", RING=0):
        rate = first
        while time.monotonic() < end:
            rungs.append(_rung(lab, rate, stretch))
            found = Rate(rungs)
            if found.failed is None:
                rate *= _LADDER
            elif found.clean == 0.0:
                rate /= _LADDER**2
            elif found.failed / found.clean < _LADDER ** (0.5**_REFINED) + 0.01:
                break
            else:
                rate = (found.failed * found.clean) ** 0.5
    return Rate(rungs)


def _rung(lab: Lab, rate: float, stretch: float) -> Rung:
    calls = max(3, round(rate * stretch))
    spooled = lab.host.undelivered()
    answered = _answered_scenario(lab.folder)
    caller = lab.caller("WESTCALL", SERVED, str(answered), calls, TALK=TALK_MS)
    caller.options = (
        *("-r", f"{round(rate * 1000)}", "-rp", "1000000", "-l", "2000"),
        *("-recv_timeout", str(PATIENCE_MS)),
    )
    with caller:
        code = caller.wait(calls / rate + 25)
    # After a rung too high, what the agent left is repeated by a process per step: that takes its time.
    lab.quiet(150)
    more = max(0, lab.host.undelivered() - spooled)
    return Rung(rate, calls, code == 0, more)


def _answered_scenario(folder: Path) -> Path:
    """Write the lab's call, where anything but an answer is a failure; return it without .xml."""
    lines = (SCENARIOS / "uac_call.xml").read_text().splitlines(keepends=True)
    file = folder / "answered.xml"
    file.write_text("".join(line for line in lines if 'next="1"' not in line))
    return file.with_suffix("")


@contextmanager
def failing_routes(lab: Lab) -> Iterator[None]:
    """Give the number outside ten routes, nine of them to one provider."""
    lab.execute(
        "INSERT INTO providers_ips (provider_id, domainname, direction) VALUES "
        + ", ".join([_ROUTES] * 8)
    )
    try:
        yield
    finally:
        lab.execute(
            "DELETE FROM providers_ips WHERE provider_id = 3"
            " AND domainname = 'sip.zadarma.com' AND id <> 7"
        )


def measure_failed_attempts(lab: Lab, calls: int) -> Times:
    """From a far end's refusal to its next invitation, within calls whose ten routes all refuse."""
    with ExitStack() as stack:
        refusal = "503 Service Unavailable"
        for who in ("WESTCALL", "IPPORT"):
            stack.enter_context(lab.far_end(who, "uas_final", STATUS=refusal))
        zadarma = stack.enter_context(lab.far_end("ZADARMA", "uas_final", STATUS=refusal))
        times = Times()
        for _ in range(calls):
            seen = len(zadarma.messages())
            with lab.caller("PHONE_201", OUTSIDE) as caller:
                assert caller.wait() == 0, f"the call did not go as written: {caller.trace}"
            lab.quiet(20)
            times.ms += _gaps(zadarma.messages()[seen:])
        return times


def measure_bare_attempts(lab: Lab, calls: int) -> Times:
    """The same without any step: a dialplan that dials the provider ten times."""
    [row] = lab.rows(
        "SELECT dial_string FROM attempts WHERE dial_string LIKE %s"
        " ORDER BY first_recorded_at DESC LIMIT 1",
        "%zadarma%",
    )
    lab.host.cli(f"dialplan set global BENCH_DIAL_STRING {row['dial_string']}")
    times = Times()
    with lab.far_end("ZADARMA", "uas_final", STATUS="503 Service Unavailable") as zadarma:
        for _ in range(calls):
            seen = len(zadarma.messages())
            run_local(lab, "failing")
            lab.quiet(20)
            times.ms += _gaps(zadarma.messages()[seen:])
    return times


def _gaps(messages: list[SipMessage]) -> list[float]:
    gaps: list[float] = []
    refused = None
    for message in messages:
        if message.sent and message.status == 503:
            refused = refused or message.instant
        elif message.method == "INVITE" and not message.sent and refused is not None:
            gaps.append((message.instant - refused) * 1000)
            refused = None
    return gaps
