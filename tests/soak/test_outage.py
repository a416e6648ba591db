"""MariaDB is away for minutes: every decision is made, every event refused at once."""

import time
from statistics import quantiles

import pytest

from tests.support.call_events import event
from tests.support.decisions import decides, health
from tests.support.own_mariadb import OwnMariaDB
from tests.support.rpc_errors import refused
from tests.support.running_service import running_service, until

pytestmark = pytest.mark.soak


def test_decisions_for_minutes(mariadb: OwnMariaDB, soak_seconds: float) -> None:
    waited: list[float] = []
    with running_service(mariadb.database.service_url) as service, service.stub() as stub:
        version = decides(stub)
        with mariadb.away():
            end = time.monotonic() + soak_seconds
            while time.monotonic() < end:
                assert decides(stub) == version
                began = time.monotonic()
                with refused() as found:
                    event("outage", "CALLED", "CREATED").send(stub, timeout=1)
                waited.append(time.monotonic() - began)
                assert (found.code, found.reason) == ("UNAVAILABLE", "DATABASE_UNAVAILABLE")
                time.sleep(0.02)
            assert health(service.target) == "SERVING"
        slowest = quantiles(waited, n=1000)[-1]
        print(f"\n{len(waited)} events refused, 99.9 % of them within {slowest * 1000:.1f} ms")
        assert len(waited) > soak_seconds * 5
        assert slowest < 0.5
        mariadb.execute("UPDATE numbers_pool SET server_id = 1 WHERE number = '74957952302'")
        until(lambda: decides(stub) != version, 2)
