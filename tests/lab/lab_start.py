"""Starts a whole lab: the service with the demo rows, Asterisk servers, their agents and phones."""

import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from tools.asterisk_program import AsteriskProgram, SippProgram

from tests.lab.asterisk_host import AsteriskHost
from tests.lab.lab import HOSTS, Flavour, Lab
from tests.lab.network import Network
from tests.lab.service import LabService
from tests.support.database import connect_arguments
from tests.support.schema import MigratedDatabase

SERVERS: Final = ("macomnet", "msm")

# The demo rows, moved into the lab: providers and servers have its addresses. @NAMES@ as above.
# Providers are tried by priority and all five of them: a scenario is about what Asterisk does with the answers.
_MOVE: Final = (
    "DELETE FROM rates",
    "DELETE FROM rate_decks",
    "UPDATE caller_id_rules SET rule = 'SUBSTITUTION_ALLOWED'",
    "UPDATE servers SET ipaddress = '@MACOMNET@' WHERE id = 1",
    "UPDATE servers SET ipaddress = '@MSM@' WHERE id = 2",
    "UPDATE servers SET ipaddress = '@CORBINA@' WHERE id = 5",
    "UPDATE providers_ips SET ipaddress = '@WESTCALL@' WHERE id = 44",
    "UPDATE providers_ips SET ipaddress = '@ZADARMA@' WHERE id IN (7, 16)",
    "UPDATE providers_ips SET ipaddress = '@IPPORT@' WHERE id IN (31, 34)",
    "UPDATE providers_ips SET ipaddress = '@VOXBEAM@' WHERE id IN (1, 2)",
    "UPDATE providers_ips SET ipaddress = '@VOICEBUY@' WHERE id = 35",
    "UPDATE providers_ips SET ipaddress = '@MULTITEL@' WHERE id IN (42, 51)",
    "UPDATE providers_ips SET domainname = 'sip.multitel.example' WHERE id = 42",
    "INSERT INTO providers_ips (provider_id, ipaddress, direction) VALUES (11, '@VOICEBUY@', 'IN')",
    "INSERT INTO server_trusted_proxies (server_id, ipaddress) VALUES (1, '@BORDER@')",
)


@contextmanager
def running_lab(
    flavours: Sequence[Flavour],
    asterisks: Mapping[int, AsteriskProgram],
    sipp: SippProgram,
    database: MigratedDatabase,
    folder: Path,
) -> Iterator[Lab]:
    """Start a lab with one server, or with two; at the end everything is stopped.

    The logs stay in `folder`.
    """
    with ExitStack() as stack:
        # A database that is reached over the network cannot be reached from another network.
        separate = "unix_socket" in connect_arguments(database.admin_url)
        network = stack.enter_context(Network(separate=separate))
        addresses = {who: network.address(host) for who, host in HOSTS.items()}
        folder.mkdir(parents=True, exist_ok=True)
        keys = make_keys(asterisks[flavours[0].release], folder / "keys")
        password = secrets.token_hex(8)
        service = LabService(
            network, addresses["SERVICE"], database.service_url, folder / "service"
        )
        hosts = [
            AsteriskHost(
                asterisks[flavour.release],
                network,
                f"asterisk-{name}",
                addresses[name.upper()],
                folder / name,
                ("host", flavour.folder),
                partial(service.export, f"asterisk-{name}"),
                {"PASSWORD": password},
                {"DIALPLANE_TARGETS": service.target},
                keys,
                with_agent=flavour.agent,
                address_6=network.address_6(HOSTS[name.upper()]),
            )
            for name, flavour in zip(SERVERS, flavours, strict=False)
        ]
        lab = Lab(
            flavours[0], network, sipp, database, service, hosts[0], folder, password, *hosts[1:]
        )
        move_in(lab, flavours)
        stack.enter_context(service)
        for host in hosts:
            stack.enter_context(host)
        if len(hosts) > 1:
            for host in hosts if flavours[0].link == "IAX2" else ():
                # The first to start found nobody at the other end, and would ask again much later.
                host.cli("iax2 reload")
                lab.until(
                    lambda host=host: " OK (" in host.cli("iax2 show peers"),  # type: ignore[misc]
                    f"{host.name} reaches its sister server",
                    15,
                )
        lab.register("PHONE_201", "PHONE_202", *(["PHONE_301"] if len(hosts) > 1 else []))
        yield lab


def move_in(lab: Lab, flavours: Sequence[Flavour]) -> None:
    """Give the demo rows the lab's addresses, each server its SIP driver and the path to it."""
    for statement in _MOVE:
        text = statement
        for who in HOSTS:
            text = text.replace(f"@{who}@", lab.address(who))
        lab.change(text)
    for server, flavour in enumerate(flavours, start=1):
        lab.change(
            "UPDATE servers SET sip_driver = %s, protocol = %s, sip = CONCAT('SIP/', ipaddress)"
            " WHERE id = %s",
            *(flavour.driver, flavour.link, server),
        )


def make_keys(asterisk: AsteriskProgram, folder: Path) -> Path:
    """Make an RSA key for each server, named as the server; return the folder."""
    folder.mkdir(exist_ok=True)
    for name in (*SERVERS, "corbina"):
        private, public = folder / f"asterisk-{name}.key", folder / f"asterisk-{name}.pub"
        for arguments in (
            ("genrsa", "-out", str(private), "1024"),
            ("rsa", "-in", str(private), "-pubout", "-out", str(public)),
        ):
            subprocess.run(
                asterisk.command(asterisk.OPENSSL, *arguments),
                check=True,
                capture_output=True,
                env={"OPENSSL_CONF": "/dev/null"},
            )
        private.chmod(0o600)
    return folder
