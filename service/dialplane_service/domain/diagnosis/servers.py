"""Servers: do they find each other, and does each know where it stands."""

from collections import Counter

from phonenumbers import SUPPORTED_REGIONS

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import (
    Findings,
    error,
    notice,
    servers_in_use,
    warning,
)
from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.kinds import Protocol
from dialplane_service.domain.records import Server


def _subject(server: Server) -> str:
    return f"servers#{server.id}"


def none_in_use(data: DecisionData) -> Findings:
    """No server may ask."""
    if not servers_in_use(data):
        yield error(
            "no_server",
            "servers",
            "No server is switched on, so every question is refused.",
            "Add your Asterisk hosts to servers, under their systemname.",
        )


def without_forward_path(data: DecisionData) -> Findings:
    """A server that holds what others need, and cannot be reached by them."""
    servers = servers_in_use(data)
    if len(servers) < 2:
        return
    holdings: Counter[int] = Counter()
    holdings.update(row.server_id for row in data.rows.numbers if row.enabled)
    holdings.update(row.server_id for row in data.rows.endpoints if row.enabled)
    holdings.update(row.serverid for row in data.rows.gates if row.enabled)
    for server in servers:
        if not holdings[server.id] or forward_path(server) is not None:
            continue
        column = "iax2" if server.protocol is Protocol.IAX2 else "sip"
        yield warning(
            "server_without_forward_path",
            _subject(server),
            f"{server.servername} holds numbers, devices or gates, but its column {column} has no"
            " path that Dial takes: calls from the other servers do not get there.",
            f"Fill {column}, for example IAX2/msm@msm or SIP/89.208.16.1, or change protocol.",
        )


def without_address(data: DecisionData) -> Findings:
    """A server whose calls its sisters do not believe."""
    servers = servers_in_use(data)
    for server in servers:
        if len(servers) > 1 and server.ipaddress is None:
            yield warning(
                "server_without_address",
                _subject(server),
                f"{server.servername} has no ipaddress: the other servers refuse its calls,"
                " because they cannot tell that they come from a sister.",
                "Enter the address that its calls come from.",
            )


def same_address(data: DecisionData) -> Findings:
    """Servers that the others cannot tell apart."""
    for text, servers in sorted(data.servers_by_address.items()):
        used = sorted((row for row in servers if row.enabled), key=lambda row: row.id)
        for server in used[1:]:
            yield warning(
                "servers_share_address",
                _subject(server),
                f"{server.servername} and {used[0].servername} both have the address {text}:"
                " the other servers cannot tell whose calls they get, and one of the two is wrong.",
                "Give each server the address that its calls come from.",
            )


def without_country(data: DecisionData) -> Findings:
    """A site that has phones and no country."""
    occupied = {row.server_id for row in data.rows.endpoints if row.enabled}
    for server in servers_in_use(data):
        if server.country is None and server.id in occupied:
            yield warning(
                "server_without_country",
                _subject(server),
                f"{server.servername} has devices but no country: which numbers are emergency"
                " numbers there is known only by the accounts' countries.",
                "Set the country that the server's phones stand in, for example RU.",
            )


def unknown_country(data: DecisionData) -> Findings:
    """Country codes that the phone-number metadata does not have, for example UK for GB."""
    codes = [(f"providers#{row.id}", row.providername, row.country) for row in data.rows.providers]
    codes += [(f"accounts#{row.id}", row.accountname, row.country) for row in data.rows.accounts]
    codes += [
        (_subject(row), row.servername, row.country) for row in data.rows.servers if row.country
    ]
    for subject, name, country in codes:
        if country not in SUPPORTED_REGIONS:
            yield warning(
                "country_unknown",
                subject,
                f"{name} is in {country}, which no dialling rules are known for: national numbers"
                " and emergency numbers are not understood.",
                "Enter the ISO 3166-1 alpha-2 code, for example GB for the United Kingdom.",
            )


def iax2_limits(data: DecisionData) -> Findings:
    """What RSA between Asterisk servers does not do."""
    for server in servers_in_use(data):
        path = forward_path(server)
        if path is not None and path.startswith("IAX2/"):
            yield notice(
                "iax2_rsa_limits",
                _subject(server),
                f"{server.servername} is reached over {path}: RSA keys of IAX2 have 1024 bits and only"
                " prove who calls; speech is encrypted only with a secret besides.",
                "Carry IAX2 between sites inside a tunnel, for example WireGuard.",
            )
