"""``dialplane export firewall``: who may send signalling to an Asterisk host."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from dialplane_service.cli import options, targets
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.export_client import ExportClient
from dialplane_service.cli.export_folder import replace
from dialplane_service.cli.failures import usage
from dialplane_service.cli.firewall_formats import Format, rendered
from dialplane_service.cli.firewall_openings import (
    Fault,
    Network,
    Ports,
    names_to_look_up,
    openings,
    parse_network,
)
from dialplane_service.cli.firewall_resolver import Resolver, SystemResolver
from dialplane_service.cli.text import safe

RESOLVER: Resolver = SystemResolver()
_USUAL: Final = Ports()


def firewall(
    kind: Annotated[
        Format, typer.Option("--format", case_sensitive=False, help="What the list is for.")
    ],
    server: Annotated[
        str,
        typer.Option(metavar="NAME", help="The server to protect; none: one list for all servers."),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the list there, in one step, or change nothing."),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NETWORK",
            help="Let this network in too, for example users' devices; may be repeated.",
        ),
    ] = None,
    sip_port: Annotated[
        int,
        typer.Option(min=1, max=65535, metavar="PORT", help="Where SIP over UDP and TCP listens."),
    ] = _USUAL.sip,
    tls_port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="PORT", help="Where SIP over TLS listens.")
    ] = _USUAL.sip_tls,
    iax2_port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="PORT", help="Where IAX2 listens.")
    ] = _USUAL.iax2,
    h323_port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="PORT", help="Where H.323 listens.")
    ] = _USUAL.h323,
    dns_timeout: Annotated[
        float,
        typer.Option(min=0.1, max=600, metavar="SECONDS", help="How long to look up all names."),
    ] = 10.0,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit code 1 when anything is missing in the list."),
    ] = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    json: options.Json = False,  # noqa: ARG001 - main looks at it
) -> None:
    """Write a firewall's list of the addresses that signalling comes from.

    These are the providers' addresses, incoming and outgoing (a provider that we call ends the call
    from there), sister servers and trusted proxies. Names are looked up here and now; what does not
    resolve is named on standard error, in the list's comments, and is not in the list. Media comes
    from elsewhere and is not in it. A list without any address keeps the ports closed, and the exit
    code is 1.

    With --out the file is replaced in one step, and only by a list with which the exit code is 0: a
    service that does not answer, or knows no address, leaves the file as it is. A shell's > does not.

    Every form takes the place of the one loaded before, in one step. For programs there is
    --format csv; --json gives errors their form, nothing else.

    \b
    Examples:
      dialplane export firewall --format nftables --server asterisk-macomnet --out /etc/nftables.d/dialplane.nft
      dialplane export firewall --format csv --strict
    """  # noqa: D301 - \b keeps the lines of a help text apart
    allowed = [_network(text) for text in allow or ()]
    client = ExportClient(targets.targets(admin_target, "--admin-target"), timeout)
    response = client.addresses(server)
    names = names_to_look_up(response.addresses)
    lookups = RESOLVER.look_up(names, dns_timeout) if names else {}
    ports = Ports(sip_port, tls_port, iax2_port, h323_port)
    found = openings(response.addresses, lookups, ports, allowed)
    found.faults += [Fault(f"{safe(row.row)}: {safe(row.problem)}") for row in response.refused]
    text = rendered(kind, found, _command(kind, server))
    no = found.is_empty or (strict and bool(found.faults))
    if out is None:
        sys.stdout.write(text)
    elif not no:
        _write(out, text)
    for fault in found.faults:
        _say(f"not in the list: {fault.text}{f' ({fault.reason})' if fault.reason else ''}")
    if found.is_empty:
        _say("no address is known: the list keeps the ports closed")
    if no:
        if out is not None:
            _say(f"{out} was not changed")
        raise typer.Exit(ExitCode.NO)


def _write(file: Path, text: str) -> None:
    try:
        replace(file, text.encode())
    except OSError as error:
        raise usage(
            f"--out: {file}: {error.strerror}", "Name a file that this user can write."
        ) from error


def _network(text: str) -> Network:
    try:
        return parse_network(text)
    except ValueError as error:
        raise usage(f"--allow: {text!r}: {error}", "For example --allow 192.0.2.0/24") from error


def _command(kind: Format, server: str) -> str:
    return f"dialplane export firewall --format {kind}{f' --server {server}' if server else ''}"


def _say(line: str) -> None:
    sys.stderr.write(f"dialplane: {line}\n")
