"""Many hosts that report the events of their calls as the shims do: again, until it is taken."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from dialplane_shims.routing_client import RoutingClient, RpcFailedError
from tests.support.call_events import Event, Records, events

EVENT_SECONDS = 1.0
AGAIN = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
"""What says that the event may be sent again later; everything else is a fault."""


@dataclass
class Hosts:
    """What was reported and what was acknowledged, by channel and kind."""

    targets: list[str]
    name: str
    """What their call ids begin with."""
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many acknowledgements said that the event had not been recorded before."""
    failed_tries: int = 0
    unexpected: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self) -> None:
        """Begin no more calls; what has begun is reported to its end."""
        self._stopped.set()

    def host(self, number: int, seed: int) -> None:
        """One host: call after call, the events of each in an order of its own."""
        random, client = Random(seed), RoutingClient(self.targets)
        try:
            for call in range(1_000_000):
                if self._stopped.is_set():
                    return
                reports = events(f"{self.name}-{number}-{call}")
                random.shuffle(reports)
                for each in reports:
                    self._report(client, each)
                    if random.random() < 0.2:
                        self._report(client, each)  # a spool that was flushed twice
        except Exception as error:  # noqa: BLE001 - told by the test
            self.unexpected.append(repr(error))
        finally:
            client.close()

    def _report(self, client: RoutingClient, each: Event) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                reply = client.call(each.rpc, each.request, each.reply_type, EVENT_SECONDS)
            except RpcFailedError as error:
                if error.code not in AGAIN or time.monotonic() > deadline:
                    raise
                with self._lock:
                    self.failed_tries += 1
                time.sleep(0.02)
                continue
            with self._lock:
                fresh = self.acknowledged.get(each.key, 0) + (not reply.already_recorded)
                self.acknowledged[each.key] = fresh
            return

    @property
    def call_ids(self) -> set[str]:
        """The calls that were reported."""
        return {channel.rpartition(".")[0] for channel, _ in self.acknowledged}

    def acknowledged_so_far(self) -> set[tuple[str, str]]:
        """The events that hosts need not report again."""
        with self._lock:
            return set(self.acknowledged)

    def assert_kept(self, records: Records) -> None:
        """Every acknowledged event is in MariaDB, once, and nothing else and nothing half-written."""
        assert not self.unexpected, self.unexpected
        records.assert_whole()
        assert set(records.keys) == set(self.acknowledged)
        # None is said to be new twice; one whose first acknowledgement was lost never is.
        assert max(self.acknowledged.values()) == 1


@contextmanager
def many_hosts(targets: list[str], count: int, seed: int, name: str) -> Iterator[Hosts]:
    """Hosts that report until the end of the block, and then finish the calls they have begun."""
    hosts = Hosts(targets, name)
    threads = [
        threading.Thread(target=hosts.host, args=(number, seed + number), daemon=True)
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield hosts
    finally:
        hosts.stop()
        for thread in threads:
            thread.join(90)
    assert not any(thread.is_alive() for thread in threads), "a host still waits"
