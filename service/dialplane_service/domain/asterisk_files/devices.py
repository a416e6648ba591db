"""Users' devices as peers of the server that they belong to."""

from dataclasses import dataclass

from dialplane_service.domain.asterisk_files.checks import INVALID
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.kinds import Protocol
from dialplane_service.domain.routes.caller_id import wanted_number


@dataclass(frozen=True, slots=True)
class Device:
    """A device. ``emergency_number``: what an emergency call of it shows, so that it can be called back."""

    name: str
    row: str
    emergency_number: str
    hints: str
    """The context that its keys watch other devices in; empty: it has no account."""


def devices(host: Host, names: PeerNames, protocol: Protocol) -> list[Device]:
    """The server's devices of a protocol, by name, switched off ones too: they may call for help."""
    found = []
    for endpoint in host.data.rows.endpoints:
        if endpoint.server_id != host.server.id or endpoint.proto is not protocol:
            continue
        label = f"endpoints#{endpoint.id}"
        if protocol is Protocol.H323:
            host.omit(label, "H.323 devices are not exported: write it into ooh323.conf by hand")
            continue
        name = host.checks.peer(label, "endpointname", endpoint.endpointname)
        if not names.claim(name, label, label):
            continue
        number = wanted_number(host.context(endpoint=endpoint))
        if number:
            number = host.checks.digits(label, "the number that it presents,", number)
        found.append(Device(name, label, number, hints_context(host, endpoint.account_id)))
    return sorted(found, key=lambda device: device.name)


def hints_context(host: Host, account_id: int) -> str:
    """The context of an account's hints: two accounts may have the same extensions."""
    account = host.data.account.get(account_id)
    if account is None:
        return ""
    name = host.checks.name(f"accounts#{account.id}", "accountname", account.accountname)
    return "" if name == INVALID else f"dialplane_hints_{name}"
