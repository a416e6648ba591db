"""The agent and a real `dialplane serve`: a call of the demo data from its first step to its last."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from dialplane_shims.fastagi.replicas import check
from dialplane_shims.routing_client import RoutingClient
from dialplane_shims.spool import Spool
from tests.shims.agent_process import StartAgent
from tests.shims.fake_asterisk import Channel, provider_call, user_call
from tests.shims.test_fastagi import status
from tests.support.database import DatabaseServer
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase, migrated_database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    async with migrated_database(mariadb_server, demo=True) as database:
        yield database


@pytest.fixture(scope="module")
def service(demo_database: MigratedDatabase) -> Iterator[RunningService]:
    with running_service(demo_database.service_url) as running:
        yield running


def hung_up(channel: Channel) -> Channel:
    channel.variables |= {"HANGUPCAUSE": b"16", "DIALSTATUS": b"CANCEL"}
    return channel


def test_a_call_in_four_steps(service: RunningService, start_agent: StartAgent) -> None:
    agent = start_agent(service.target)
    call = user_call(**{"CHANNEL(endpoint)": b"acme-201"})
    for script, expected in (
        ("make_a_route", "TARGETS"),
        ("create_channel_record", "RECORDED"),
        ("incoming_dialer", "DIAL"),
        ("hangup", "RECORDED"),
    ):
        call.sets.clear()
        assert status(agent.call(script, hung_up(call) if script == "hangup" else call)) == expected
    assert call["DIALSTRING"].partition("/")[0] in ("SIP", "PJSIP", "IAX2")
    refused = provider_call(FROM_IP=b"203.0.113.77:5060")
    assert status(agent.call("incoming", refused)) == "REFUSED"


def test_its_health_and_its_absence(
    service: RunningService, start_agent: StartAgent, tmp_path: Path
) -> None:
    """Events of an outage wait in the spool, and are delivered when the service is back."""
    client = RoutingClient([f"ipv4:{service.target}"])
    assert check(client, 2.0) == {f"ipv4:{service.target}": True}
    agent = start_agent(service.target)
    service.kill()
    assert status(agent.call("hangup", hung_up(user_call()))) == "SPOOLED"
    agent.wait_for('event="replica does not serve"')
    assert check(client, 2.0) == {f"ipv4:{service.target}": False}
    service.start()
    agent.wait_for('event="spool delivered" delivered=1')
    assert Spool(tmp_path / "spool", 9).waiting() == []
    until = time.monotonic() + 5
    while not check(client, 2.0)[f"ipv4:{service.target}"]:
        assert time.monotonic() < until
    client.close()
