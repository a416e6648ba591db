"""How long one step takes, measured by the thread of the channel that waits for it."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests.lab.lab import Lab

from bench.asterisk.host import run_local

STEPS = (
    "incoming",
    "make_a_route",
    "incoming_dialer",
    "create_channel_record",
    "predial",
    "hangup",
)
# How many channels of each way make one turn: the slow ones less often.
_TURN = (*("fastagi",) * 4, "exec", *("fastagi",) * 4, "exec", "alone")
_GOOD = {"TARGETS", "DIAL", "RECORDED"}


@dataclass
class Times:
    """Durations in milliseconds."""

    ms: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.ms)

    @property
    def p99(self) -> float:
        if len(self.ms) < 2:
            return self.median
        return quantiles(self.ms, n=100, method="inclusive")[98]


@dataclass
class Steps:
    """By name: a way and a step ("fastagi-incoming"), or a no-op ("exec-noop")."""

    times: dict[str, Times]
    failed: list[str]
    """Steps that did not give the answer they should, or had to spool their event."""

    def of(self, way: str, steps: Sequence[str] = STEPS) -> Times:
        """Every step of a way together."""
        return Times([ms for step in steps for ms in self.times[f"{way}-{step}"].ms])


def measure_steps(lab: Lab, seconds: float) -> Steps:
    """Take turns until the time is up, after one to warm up."""
    for way in ("fastagi", "exec", "alone"):
        run_local(lab, way)
    times: defaultdict[str, Times] = defaultdict(Times)
    failed: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for way in _TURN:
            for line in run_local(lab, way):
                name, *rest = line.split()
                if name == "done":
                    continue
                began, ended, *status = rest
                times[name].ms.append((int(ended) - int(began)) / 1000)
                if "noop" not in name and "-set" not in name and not {*status} & _GOOD:
                    failed.append(f"{name} {' '.join(status) or 'without an answer'}")
    return Steps(times, failed)
