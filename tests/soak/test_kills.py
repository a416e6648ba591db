"""Two minutes of kills: services and MariaDB die, freeze and come back while many hosts report.

Everything random starts from the printed seed. At the end every acknowledged event is in MariaDB,
exactly once, nothing is half-written, and both services decide and record as on the first day.
"""

import time
from collections import Counter
from contextlib import ExitStack
from random import Random

import grpc
import pytest

from tests.support.call_events import event, recorded
from tests.support.decisions import decides, health
from tests.support.hosts import many_hosts
from tests.support.own_mariadb import OwnMariaDB
from tests.support.running_service import RunningService, running_service, until

pytestmark = pytest.mark.soak

HOSTS = 12
BACK_SECONDS = 5.0


def freeze(mariadb: OwnMariaDB, random: Random) -> None:
    with mariadb.frozen():
        time.sleep(random.uniform(0.1, 3))


def kill_mariadb(mariadb: OwnMariaDB, random: Random) -> None:
    mariadb.kill()
    time.sleep(random.uniform(0, 2))
    mariadb.start()


def stop_mariadb(mariadb: OwnMariaDB, random: Random) -> None:
    mariadb.stop()
    time.sleep(random.uniform(0, 2))
    mariadb.start()


def restart(service: RunningService, random: Random) -> None:
    service.kill()
    time.sleep(random.uniform(0, 0.5))
    service.start()


def restart_in_order(service: RunningService) -> None:
    service.stop()
    service.start()


def power_cut(mariadb: OwnMariaDB, services: list[RunningService]) -> None:
    """Everything dies; before anybody can report again, nothing is half-written."""
    mariadb.kill()
    for service in services:
        service.kill()
    mariadb.start()
    with mariadb.connection() as connection:
        recorded(connection).assert_whole()
    for service in services:
        service.start()


def test_kills_under_load(mariadb: OwnMariaDB, seed: int, soak_seconds: float) -> None:
    random = Random(seed)
    seen: Counter[str] = Counter()
    with ExitStack() as running:
        url = mariadb.database.service_url
        services = [running.enter_context(running_service(url)) for _ in range(2)]
        targets = [service.target for service in services]
        blows = {
            "kill a service": lambda: restart(random.choice(services), random),
            "stop a service": lambda: restart_in_order(random.choice(services)),
            "kill MariaDB": lambda: kill_mariadb(mariadb, random),
            "stop MariaDB": lambda: stop_mariadb(mariadb, random),
            "kill everything": lambda: power_cut(mariadb, services),
            "freeze MariaDB": lambda: freeze(mariadb, random),
        }
        with many_hosts(targets, HOSTS, seed, "soak") as hosts:
            end = time.monotonic() + soak_seconds
            while time.monotonic() < end:
                time.sleep(random.uniform(0.2, 2))
                blow = random.choices(list(blows), weights=[6, 2, 1, 1, 2, 2])[0]
                seen[blow] += 1
                blows[blow]()
        with mariadb.connection() as connection:
            hosts.assert_kept(recorded(connection))
        for number, service in enumerate(services):
            assert_as_on_the_first_day(service, number)
        faults = [line for each in services for line in each.log.read_text().splitlines()]
        assert not [line for line in faults if '"event":"fault"' in line]
    print(
        f"\n{sum(seen.values())} blows {dict(seen)}; {len(hosts.acknowledged)} events"
        f" acknowledged, {hosts.failed_tries} tries failed"
    )
    assert hosts.failed_tries > 0
    assert len(hosts.acknowledged) > soak_seconds * 10


def assert_as_on_the_first_day(service: RunningService, number: int) -> None:
    with service.stub() as stub:
        until(lambda: _records(stub, number), BACK_SECONDS)
        decides(stub)
    assert health(service.target) == "SERVING"


def _records(stub: object, number: int) -> bool:
    try:
        event(f"after-{number}", "CALLED", "CREATED").send(stub, timeout=1)  # type: ignore[arg-type]
    except grpc.RpcError:
        return False
    return True
