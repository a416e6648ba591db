"""kill -9 of the service or of MariaDB, at any step of a call: no acknowledged event is lost or written twice."""

import time
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallResponse
from dialplane_shims.routing_client import RoutingClient, RpcFailedError
from tests.support.call_events import event, events, recorded
from tests.support.decisions import decides, incoming, next_step
from tests.support.hosts import AGAIN, EVENT_SECONDS, many_hosts
from tests.support.own_mariadb import OwnMariaDB, durable_mariadb, own_mariadb
from tests.support.running_service import RunningService, running_service, until

KILLS = 6
HOSTS = 8


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with durable_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own


@pytest.fixture(scope="module")
def service(mariadb: OwnMariaDB) -> Iterator[RunningService]:
    with running_service(mariadb.database.service_url) as running:
        yield running


def patiently(client: RoutingClient, rpc: str, request: Any, reply_type: Any) -> Any:
    """Ask as a shim and its spool do: again, until there is an answer."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return client.call(rpc, request, reply_type, EVENT_SECONDS)
        except RpcFailedError as error:
            if error.code not in AGAIN or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


STEPS = ("incoming", "incoming_dialer", *(f"{e.leg} {e.kind}" for e in events("")))


@pytest.mark.parametrize("last_step", STEPS)
def test_between_any_two_steps_of_a_call(
    mariadb: OwnMariaDB, service: RunningService, last_step: str
) -> None:
    """The service dies when a step has been answered; the rest of the call goes to the next one."""
    call_id = f"steps-{STEPS.index(last_step)}"
    client = RoutingClient([service.target])
    reports = events(call_id)
    answers = []
    for step in STEPS:
        if step == "incoming":
            request = incoming("74951815000")
            where = patiently(client, "ClassifyCall", request, ClassifyCallResponse)
            assert [target.target_id for target in where.targets.targets] == ["r1"]
        elif step == "incoming_dialer":
            request = next_step("74951815000", "r1")
            found = patiently(client, "BuildDialString", request, BuildDialStringResponse)
            assert "acme-201" in found.dial.dial_string
        else:
            each = reports[len(answers)]
            answers.append(patiently(client, each.rpc, each.request, each.reply_type))
        if step == last_step:
            service.kill()
            with mariadb.connection() as connection:
                records = recorded(connection, [call_id])
            records.assert_whole()
            assert sorted(records.keys) == sorted(each.key for each in reports[: len(answers)])
            service.start()
    client.close()
    assert not any(answer.already_recorded for answer in answers)
    with mariadb.connection() as connection:
        records = recorded(connection, [call_id])
    records.assert_whole()
    assert sorted(records.keys) == sorted(each.key for each in reports)


def test_while_a_step_is_in_progress(mariadb: OwnMariaDB, service: RunningService) -> None:
    """The service dies with the event in its hands; the host sends it again."""
    in_progress = [event(f"hands-{number}", "CALLED", "CREATED") for number in range(6)]
    unanswered = 0
    for number, each in enumerate(in_progress):
        with service.stub() as stub:
            decides(stub)  # the connection is there
            pending = each.future(stub)
            time.sleep(0.001 * number)  # from "not yet read" to "already answered"
            service.kill()
            lost = pending.exception() is not None
            unanswered += lost
        service.start()
        client = RoutingClient([service.target])
        answer = patiently(client, each.rpc, each.request, each.reply_type)
        client.close()
        assert lost or answer.already_recorded, "an acknowledged event is gone"
    assert unanswered > 0, "no kill hit an event in progress"
    with mariadb.connection() as connection:
        records = recorded(connection, [each.call_id for each in in_progress])
    records.assert_whole()
    assert len(records.events) == len(in_progress)


def test_at_random_instants_under_load(
    mariadb: OwnMariaDB, service: RunningService, seed: int
) -> None:
    random = Random(seed)
    with many_hosts([service.target], HOSTS, seed, "kill") as hosts:
        for _ in range(KILLS):
            time.sleep(random.uniform(0.2, 0.6))
            service.kill()
            service.start()
        # On a busy machine a service lives for little of the time between two kills.
        until(lambda: len(hosts.acknowledged) > 100, 30)
    with mariadb.connection() as connection:
        hosts.assert_kept(recorded(connection, hosts.call_ids))
    assert hosts.failed_tries > 0, "no kill hit anything"


def test_of_everything_under_load(mariadb: OwnMariaDB, service: RunningService, seed: int) -> None:
    """A power cut: before anybody can report again, nothing is half-written."""
    random = Random(seed)
    with many_hosts([service.target], HOSTS, seed, "everything") as hosts:
        for _ in range(4):
            time.sleep(random.uniform(0.3, 0.8))
            mariadb.kill()
            service.kill()
            acknowledged = hosts.acknowledged_so_far()
            mariadb.start()
            with mariadb.connection() as connection:
                records = recorded(connection)
            records.assert_whole()
            assert acknowledged <= set(records.keys), "an acknowledged event is gone"
            service.start()
        time.sleep(0.5)
    with mariadb.connection() as connection:
        hosts.assert_kept(recorded(connection, hosts.call_ids))
    assert hosts.failed_tries > 0, "no kill hit anything"


def test_a_restart_in_order_under_load(
    mariadb: OwnMariaDB, service: RunningService, seed: int
) -> None:
    """SIGTERM: what is in progress is finished, and nothing is cut off."""
    with many_hosts([service.target], HOSTS, seed, "restart") as hosts:
        for _ in range(2):
            time.sleep(0.4)
            assert service.stop() == 0, service.log.read_text()[-2000:]
            service.start()
    with mariadb.connection() as connection:
        hosts.assert_kept(recorded(connection, hosts.call_ids))
    assert len(hosts.acknowledged) > 50
