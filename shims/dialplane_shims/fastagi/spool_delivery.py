"""Delivers the host's spool in the background, oldest event first, and raises the alarm about it.

Events of channels that still live go to the service directly, past older ones in the spool: the
service takes a channel's events in any order.
"""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from dialplane_shims.fastagi.log import Log
from dialplane_shims.fastagi.sessions import Work
from dialplane_shims.fastagi.spool_check import SpoolCheck
from dialplane_shims.flush import FlushReport, flush
from dialplane_shims.spool import Spool, SpoolError

# An empty spool is looked at so often.
IDLE_S = 1.0
# After a failure: doubled each time, and spread, so that many hosts do not come at once.
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
# An alarm that lasts is repeated so often.
REMIND_S = 600.0
# Each event gets so long; a step gives the service less.
_EVENT_S = 2.0


@dataclass(frozen=True)
class SpoolFigures:
    """How full the spool is. `oldest` is in seconds; 0.0: nothing waits."""

    waiting: int = 0
    oldest: float = 0.0
    rejected: int = 0


def figures_of(spool: Spool) -> SpoolFigures:
    """Look at the folder. Raises OSError."""
    waiting = spool.waiting()
    return SpoolFigures(len(waiting), _age(waiting[0]) if waiting else 0.0, len(spool.rejected()))


def _age(path: Path) -> float:
    """Return the seconds since an event was spooled: its name starts with that instant."""
    nanoseconds = path.name.partition("-")[0]
    return max(0.0, time.time() - int(nanoseconds) / 1e9) if nanoseconds.isdigit() else 0.0


class SpoolAlarm:
    """Says in the log when the spool becomes alarming, while it stays so, and when it is over."""

    def __init__(self, log: Log, events: int, seconds: int) -> None:
        self._log, self._events, self._seconds = log, events, seconds
        self._said_at: float | None = None
        self._rejected = 0

    def look(self, now: SpoolFigures) -> None:
        """Take note of the latest figures."""
        fields = {
            "waiting": now.waiting,
            "oldest_s": int(now.oldest),
            "rejected": now.rejected,
        }
        if now.rejected > self._rejected:
            self._log.warning("events were rejected as invalid", **fields)
        self._rejected = now.rejected
        alarming = now.waiting >= self._events or now.oldest >= self._seconds
        clock = time.monotonic()
        if alarming and (self._said_at is None or clock - self._said_at >= REMIND_S):
            self._said_at = clock
            self._log.warning("spool is not being delivered", **fields)
        elif not alarming and self._said_at is not None:
            self._said_at = None
            self._log.info("spool is delivered again", **fields)


class SpoolDelivery(threading.Thread):
    """Delivers until told to stop; `hurry` ends a pause, as when a replica came back."""

    def __init__(self, work: Work, alarm: SpoolAlarm, log: Log) -> None:
        super().__init__(name="spool", daemon=True)
        self.work = work
        self.figures = SpoolFigures()
        self.delivered = 0
        self._alarm, self._log, self._check = alarm, log, SpoolCheck(log)
        self._stopping = False
        self._hurry = threading.Event()
        self._pause = SHORTEST_PAUSE_S
        self._told: set[str] = set()
        self._telling: set[str] = set()

    @property
    def usable(self) -> bool:
        """Whether the spool could keep an event when it was last tried."""
        return self._check.usable

    def check(self) -> None:
        """Try the spool, and say in the log that it is of no use."""
        work = self.work
        self._check.look(Spool(work.settings.spool, work.settings.spool_limit))

    def run(self) -> None:
        """Deliver, pause, and again."""
        while not self._stopping:
            self._hurry.clear()
            failed = not self.round()
            if failed:
                self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
            else:
                self._pause = SHORTEST_PAUSE_S
            pause = self._pause * random.uniform(0.5, 1.0) if failed else IDLE_S  # noqa: S311
            self._hurry.wait(pause)

    def round(self) -> bool:
        """Deliver what waits; say whether nothing is left that could be tried again."""
        work = self.work
        spool = Spool(work.settings.spool, work.settings.spool_limit)
        self._telling = set()
        self._check.look(spool)
        try:
            report = FlushReport()
            spool.sweep()
            if spool.waiting():
                report = flush(spool, work.client, _EVENT_S, self._say, lambda: self._stopping)
            self.figures = figures_of(spool)
        except (SpoolError, OSError) as error:
            self._log.warning("spool cannot be delivered", detail=error)
            return False
        except Exception as error:  # noqa: BLE001  # a fault with one file must not end the thread
            self._log.warning("spool delivery failed", detail=f"{type(error).__name__}: {error}")
            return False
        self._told = self._telling if not report.stopped else self._told | self._telling
        self.delivered += report.delivered
        if report.delivered or report.rejected:
            self._log.info(
                "spool delivered",
                delivered=report.delivered,
                rejected=report.rejected,
                waiting=self.figures.waiting,
            )
        elif report.stopped:
            self._log.debug("spool delivery stopped", detail=report.stopped)
        self._alarm.look(self.figures)
        return not (report.kept or report.stopped)

    def hurry(self) -> None:
        """Try again now."""
        self._pause = SHORTEST_PAUSE_S
        self._hurry.set()

    def stop(self) -> None:
        """Stop after the event that is being delivered."""
        self._stopping = True
        self._hurry.set()

    def _say(self, line: str) -> None:
        """Say it once, for as long as it stays so."""
        self._telling.add(line)
        if line in self._told:
            return
        self._log.warning("spooled event", detail=line)
