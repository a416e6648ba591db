"""The agent as a whole: what listens, serves, watches and delivers, and how it starts and stops."""

import contextlib
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from dialplane_shims import alarm
from dialplane_shims.fastagi import state
from dialplane_shims.fastagi.listeners import listen_tcp, listen_unix
from dialplane_shims.fastagi.log import Log
from dialplane_shims.fastagi.reception import Reception
from dialplane_shims.fastagi.replicas import ReplicaWatch
from dialplane_shims.fastagi.sessions import Sessions, Work
from dialplane_shims.fastagi.settings import AgentSettings
from dialplane_shims.fastagi.spool_delivery import SpoolAlarm, SpoolDelivery
from dialplane_shims.fastagi.state import Figure
from dialplane_shims.fastagi.systemd import Systemd
from dialplane_shims.routing_client import RoutingClient

# A step has its deadline and a second to set variables; nobody is waited for longer.
STOP_GRACE_S = 1.5
# A step that is older than this is stuck: the watchdog is no longer told that all is well.
STUCK_S = 30.0

_TICK_S = 0.25
# Figures are written so often.
_FIGURES_S = 1.0

Reload = Callable[[], AgentSettings | None]


class Agent:
    """One agent. Listens as soon as it is made; raises ListenError."""

    def __init__(self, settings: AgentSettings, log: Log, systemd: Systemd, reload: Reload) -> None:
        self._settings, self._log, self._systemd, self._reload = settings, log, systemd, reload
        self._state, self._next_figures = settings.state, 0.0
        self._clock = _clock(settings.clock, log)
        self._reload_asked = False
        listener = listen_tcp(*settings.listen)
        self.address = _address(listener)
        listeners = [listener]
        if settings.socket:
            listeners.append(listen_unix(Path(settings.socket)))
        work = Work(settings.shims, RoutingClient(settings.shims.targets))
        self._sessions = Sessions(settings.sessions, work, log)
        ping = systemd.ping_seconds
        tick_seconds = min(ping, _TICK_S) if ping else _TICK_S
        self._reception = Reception(listeners, self._sessions, log, self._tick, tick_seconds)
        spool_alarm = SpoolAlarm(log, settings.spool_alarm_events, settings.spool_alarm_age)
        self._delivery = SpoolDelivery(work, spool_alarm, log)
        self._watch = ReplicaWatch(lambda: self._sessions.work.client, self._replica_changed)

    def run(self) -> bool:
        """Serve until SIGTERM or SIGINT; say whether all steps came to their end."""
        alarm.listen(lambda script, message: self._log.warning(message, script=script))
        signal.set_wakeup_fd(self._reception.wake_descriptor, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        signal.signal(signal.SIGHUP, lambda *_: self._ask_for_reload())
        self._watch.check_once()  # connects, so that the first step finds warm channels
        self._watch.start()
        self._delivery.check()  # an unusable spool is told before the first call, not at its loss
        self._delivery.start()
        self._log.info("listening", address=self.address, socket=self._settings.socket or "none")
        self._systemd.notify("READY=1")
        finished = self._reception.run()
        self._watch.stop()
        self._delivery.stop()
        self._delivery.join(STOP_GRACE_S)
        self._log.info("stopped", steps=self._sessions.steps, finished=finished)
        return finished

    def _stop(self) -> None:
        self._systemd.notify("STOPPING=1")
        # Whoever hands a step over from now on finds nobody, and runs it at once.
        if self._settings.socket:
            with contextlib.suppress(OSError):
                Path(self._settings.socket).unlink()
        if self._clock is not None:
            self._clock.remove()
        shims = self._sessions.work.settings
        longest = max(shims.decision_deadline, shims.event_deadline)
        self._reception.stop(longest + STOP_GRACE_S)

    def _ask_for_reload(self) -> None:
        self._reload_asked = True

    def _tick(self) -> None:
        if self._clock is not None:
            self._clock.beat()
        if self._reload_asked:
            self._reload_asked = False
            self._take_new_settings()
        oldest = self._sessions.oldest()
        if oldest < STUCK_S:
            self._systemd.notify("WATCHDOG=1", f"STATUS={self._status()}")
        else:
            self._log.warning("a step is stuck", seconds=int(oldest))
        now = time.monotonic()
        if self._state is not None and now >= self._next_figures:
            self._next_figures = now + _FIGURES_S
            try:
                state.write(self._state, self._figures())
            except OSError as error:
                self._log.warning("figures are not written", detail=error)
                self._state = None  # said once

    def _take_new_settings(self) -> None:
        """Steps that begin from now on are run with new settings, if those are right."""
        settings = self._reload()
        if settings is None:
            self._log.warning("settings are wrong: the old ones stay")
            return
        work = Work(settings.shims, RoutingClient(settings.shims.targets))
        self._sessions.work = self._delivery.work = work
        self._log.level = Log(settings.log_level).level
        self._log.info("settings were read again")

    def _replica_changed(self, target: str, serving: bool) -> None:
        say = self._log.info if serving else self._log.warning
        say("replica serves" if serving else "replica does not serve", target=target)
        if serving:
            self._delivery.hurry()

    def _status(self) -> str:
        serving = self._watch.serving
        return (
            f"{sum(serving.values())} of {len(serving)} replicas serve,"
            f" {self._sessions.running} steps run, {self._delivery.figures.waiting} events wait"
        )

    def _figures(self) -> list[Figure]:
        sessions, spool = self._sessions, self._delivery.figures
        steps, refused, delivered = sessions.steps, sessions.refused, self._delivery.delivered
        return [
            Figure("dialplane_agent_steps_running", sessions.running, "Steps that run now"),
            Figure("dialplane_agent_steps_total", steps, "Steps that have ended", "counter"),
            Figure("dialplane_agent_refused_total", refused, "Steps beyond the limit", "counter"),
            Figure("dialplane_spool_usable", self._delivery.usable, "Whether it can keep an event"),
            Figure("dialplane_spool_waiting", spool.waiting, "Events that wait for delivery"),
            Figure("dialplane_spool_oldest_seconds", spool.oldest, "How long the oldest waits"),
            Figure(
                "dialplane_spool_rejected", spool.rejected, "Events that were refused as invalid"
            ),
            Figure(
                "dialplane_spool_delivered_total", delivered, "Events delivered later", "counter"
            ),
            *(
                Figure(
                    "dialplane_replica_serving", up, "Whether it serves", labels=f'target="{name}"'
                )
                for name, up in self._watch.serving.items()
            ),
        ]


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _clock(path: Path | None, log: Log) -> state.Clock | None:
    try:
        return state.Clock(path) if path else None
    except OSError as error:
        log.warning("the clock is not written", detail=error)
        return None
