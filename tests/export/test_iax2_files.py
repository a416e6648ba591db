"""Sister servers and other peers on IAX2."""

from dataclasses import replace

import pytest

from dialplane_service.domain.asterisk_files.checks import RefusedRowsError
from dialplane_service.domain.asterisk_files.iax2 import LONGEST_KEYS
from dialplane_service.domain.kinds import Protocol
from tests.domain.world import World, address, article_world, endpoint, server
from tests.export.asterisk_config import Config
from tests.export.exports import contents, export, read


@pytest.fixture
def world() -> World:
    return article_world()


def iax(world: World, server_id: int = 1, **host_files: str) -> Config:
    return read(contents(export(world, server_id)), "iax", **host_files)


def test_sisters_call_under_this_server_s_name_with_their_own_keys(world: World) -> None:
    callers = iax(world).one("macomnet")
    assert callers["type"] == "user"
    assert callers["context"] == "sisters"
    assert callers["auth"] == "rsa"
    assert callers["inkeys"] == "asterisk-corbina:asterisk-msm"
    assert callers.all("deny") == ["0.0.0.0/0", "::/0"]
    assert callers.all("permit") == ["89.208.16.1/32", "83.102.161.1/32"]


def test_a_sister_is_called_with_this_server_s_key(world: World) -> None:
    callee = iax(world).one("msm")
    assert callee["type"] == "peer"
    assert (callee["host"], callee["username"]) == ("89.208.16.1", "msm")
    assert callee["outkey"] == "asterisk-macomnet"


def test_both_ends_agree(world: World) -> None:
    here, there = iax(world, 1), iax(world, 2)
    called = here.one("msm")
    assert there.one(called["username"])["inkeys"].split(":").count(called["outkey"]) == 1
    assert "212.5.126.1/32" in there.one(called["username"]).all("permit")


def test_a_path_with_key_port_and_address(world: World) -> None:
    world.change("servers", 2, iax2="IAX2/all:[trunk]@msm.example.net:4570", ipaddress=None)
    callee = iax(world).one("msm.example.net")
    assert (callee["host"], callee["port"]) == ("msm.example.net", "4570")
    assert (callee["username"], callee["outkey"]) == ("all", "trunk")
    assert iax(world, 2).one("all")["inkeys"] == "trunk"


def test_only_servers_that_are_on(world: World) -> None:
    world.change("servers", 2, enabled=False)
    assert iax(world).real("msm") == []
    assert iax(world).one("macomnet")["inkeys"] == "asterisk-corbina"


def test_nobody_calls_over_iax2_where_it_is_not_the_protocol(world: World) -> None:
    world.change("servers", 1, protocol=Protocol.SIP)
    assert iax(world).real("macomnet") == []
    assert iax(world).one("msm")["host"] == "89.208.16.1"


def test_more_keys_than_asterisk_reads(world: World) -> None:
    for row_id in range(10, 30):
        name = f"server-with-a-long-name-{row_id}"
        world.servers[row_id] = server(row_id, name, f"192.0.2.{row_id}", f"s{row_id}")
    exported = export(world)
    keys = read(contents(exported), "iax").one("macomnet")["inkeys"]
    assert len(keys) <= LONGEST_KEYS
    left_out = [remark for remark in exported.omitted if "inkeys" in remark.problem]
    assert len(left_out) == 22 - len(keys.split(":"))


def test_providers_and_devices(world: World) -> None:
    world.addresses[91] = replace(
        address(91, 16, "192.0.2.77", "iax.example.net", "IN/OUT"), proto=Protocol.IAX2, port=4570
    )
    world.endpoints[9] = endpoint(9, 1, "109", proto=Protocol.IAX2)
    config = iax(world)
    assert config.one("iax.example.net")["host"] == "192.0.2.77"
    caller = config.one("providers-16")
    assert (caller["context"], caller.all("permit")) == ("public", ["192.0.2.77/32"])
    assert caller.all("deny") == ["0.0.0.0/0", "::/0"]
    assert config.one("acme-109").all("deny") == ["0.0.0.0/0", "::/0"]
    open_one = iax(world, secrets_iax_devices="[acme-109-auth](!)\nsecret=s\n").one("acme-109")
    assert (open_one["secret"], open_one.all("deny")) == ("s", [])


def test_a_device_cannot_pass_for_the_sisters(world: World) -> None:
    world.endpoints[9] = endpoint(9, 1, "109", endpointname="macomnet", proto=Protocol.IAX2)
    with pytest.raises(
        RefusedRowsError, match="endpoints#9: its peer name macomnet is servers#1's"
    ):
        export(world)
