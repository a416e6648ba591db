"""Runs the steps of connections whose environment has arrived, each in a thread of a bounded pool."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dialplane_shims import step
from dialplane_shims import variables as v
from dialplane_shims.agi import Agi, AgiError, AgiHangup
from dialplane_shims.answer import UNAVAILABLE, Answer, refused
from dialplane_shims.config import Settings
from dialplane_shims.deadline import Deadline
from dialplane_shims.fastagi.connection import Connection
from dialplane_shims.fastagi.log import Log
from dialplane_shims.names import DECISIONS, EVENTS
from dialplane_shims.policy import Policy
from dialplane_shims.routing_client import RoutingClient

# Threads beyond the limit, which only say that it is reached.
_REFUSERS = 8
# Asterisk gets this long to take an answer that was not asked from anybody.
_REFUSING_S = 1.0


@dataclass
class Work:
    """What steps are run with; replaced as a whole when the settings are read again."""

    settings: Settings
    client: RoutingClient


class Sessions:
    """At most `limit` steps at once; what comes beyond is answered without asking the service.

    A decision then has its declared policy, with the reason OVERLOADED; an event is left to the
    dialplan, which runs it in a process of its own.
    """

    def __init__(self, limit: int, work: Work, log: Log) -> None:
        self.work = work
        self.steps = self.refused = 0
        self._limit, self._log = limit, log
        self._pool = ThreadPoolExecutor(limit + _REFUSERS, "step")
        self._lock = threading.Lock()
        self._running: dict[Connection, float] = {}

    @property
    def full(self) -> bool:
        """Whether the limit is reached."""
        return len(self._running) >= self._limit

    @property
    def running(self) -> int:
        """How many steps run."""
        return len(self._running)

    def oldest(self) -> float:
        """Return for how many seconds the oldest step has been running; 0.0: there is none."""
        with self._lock:
            return time.monotonic() - min(self._running.values(), default=time.monotonic())

    def milliseconds_left(self, connection: Connection) -> int:
        """Return how long the step that is handed over may take from now on."""
        seconds = step.seconds_for(connection.script, self.work.settings) - connection.age
        return max(0, int(seconds * 1000))

    def start(self, connection: Connection) -> None:
        """Run the step of a connection whose environment is whole; closes the connection."""
        with self._lock:
            running = len(self._running)
            accepted = running < self._limit
            if running < self._limit + _REFUSERS:
                self._running[connection] = time.monotonic()
                self._pool.submit(self._serve, connection, accepted=accepted)
                return
        self.note_refused()
        connection.close()

    def note_refused(self) -> None:
        """Count a step that was not run because too many run already."""
        with self._lock:
            self.refused += 1

    def _serve(self, connection: Connection, *, accepted: bool) -> None:
        script, status = connection.script or "?", ""
        try:
            agi = self._session(connection)
            agi.read_environment()
            script = connection.script or script_of(agi.environment.get("agi_network_script", ""))
            status = self._run(script, agi, connection, accepted=accepted)
        except AgiHangup:
            status = "hangup"
        except AgiError as error:
            self._log.warning("step failed", script=script, detail=f"{error}")
        except Exception as error:  # noqa: BLE001  # one step must not end the agent
            self._log.warning(
                "step failed", script=script, detail=f"{type(error).__name__}: {error}"
            )
        finally:
            connection.close()
            with self._lock:
                del self._running[connection]
                self.steps += 1
        if self._log.debugging:
            taken = (time.monotonic() - connection.opened) * 1000
            self._log.debug("step", script=script, status=status or "none", ms=f"{taken:.1f}")

    def _session(self, connection: Connection) -> Agi:
        descriptor = connection.socket.fileno()
        return Agi(
            descriptor,
            descriptor,
            Deadline(_REFUSING_S),
            network=not connection.handed_over,
            received=connection.received,
        )

    def _run(self, script: str, agi: Agi, connection: Connection, *, accepted: bool) -> str:
        work = self.work
        if script not in DECISIONS + EVENTS:
            self._log.warning("no such script", script=script)
            return _say(agi, refused(UNAVAILABLE, "NO_SUCH_SCRIPT", Policy().cause, 0))
        if not accepted:
            self.note_refused()
            self._log.warning("overloaded", script=script, limit=self._limit)
            if script in EVENTS:
                return ""
            return _say(agi, work.settings.policies.get(script, Policy()).answer("OVERLOADED"))
        waited = time.monotonic() - connection.opened + connection.age
        deadline = Deadline(step.seconds_for(script, work.settings) - waited)
        agi.deadline = deadline
        return step.run(script, agi, work.settings, work.client, deadline)


def script_of(network_script: str) -> str:
    """Return the script's name in FastAGI's path, which may end in a query."""
    return network_script.partition("?")[0].strip("/")


def _say(agi: Agi, answer: Answer) -> str:
    for variable, value in answer.values:
        agi.set(variable, value)
    agi.set(v.STATUS, answer.status)
    return answer.status
