"""Peers are named exactly as dial strings name them: whatever the service dials is in the files."""

import re

import pytest

from dialplane_service.domain.asterisk_files.host import Host
from dialplane_service.domain.kinds import SipDriver
from dialplane_service.domain.routes.dialling import at_address, at_gate, device_string, over_server
from tests.domain.world import article_world
from tests.export.exports import contents, export, read

NUMBER = "74957777777"
PJSIP = re.compile(r"PJSIP/(?:[0-9]+@)?([A-Za-z0-9._-]+)")
OTHER = re.compile(r"(?:SIP|IAX2)/(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9._-]+)(?:/[0-9]+)?")


def dialled_peers(server_id: int, driver: SipDriver) -> dict[str, str]:
    """Every dial string that the service can give on the server, with the peer in it."""
    world = article_world()
    world.change("servers", server_id, sip_driver=driver)
    data = world.data()
    context = Host(data, data.server[server_id]).context(NUMBER)
    here = [row for row in data.rows.gates if row.serverid == server_id]
    reached = [at_gate(context, row, NUMBER) for row in here]
    outgoing = [row for row in data.rows.addresses if row.direction.takes_out]
    reached += [at_address(context, row, NUMBER) for row in outgoing]
    reached += [over_server(context, data.server[row]) for row in (1, 2, 5) if row != server_id]
    strings = [way.dial_string for way in reached]
    strings += filter(None, (device_string(context, row.id) for row in data.rows.endpoints))
    peers = {}
    for text in strings:
        match = PJSIP.fullmatch(text) or OTHER.fullmatch(text)
        assert match is not None, text
        peers[text] = match[1]
    return peers


@pytest.mark.parametrize("driver", SipDriver)
@pytest.mark.parametrize("server_id", [1, 2])
def test_every_dialled_peer_is_in_the_files(server_id: int, driver: SipDriver) -> None:
    peers = dialled_peers(server_id, driver)
    assert len(peers) > 5
    files = contents(export(article_world(), server_id, driver))
    sip = {row.name for row in read(files, "pjsip" if driver is SipDriver.PJSIP else "sip").real()}
    iax = {row.name for row in read(files, "iax").real()}
    for text, peer in peers.items():
        assert peer in (iax if text.startswith("IAX2/") else sip), text
