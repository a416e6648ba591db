"""The list in each firewall's words: the same openings, and closed for everybody else."""

import os
import re
import shutil
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from dialplane.admin.v1.export_address_pb2 import (
    ExportAddress,
    ExportDirection,
    ExportOwnerKind,
    ExportSignalling,
)
from dialplane_service.cli.firewall_formats import CHAIN, Format, rendered
from dialplane_service.cli.firewall_openings import Fault, Openings, Ports, openings

UDP = ExportSignalling.EXPORT_SIGNALLING_SIP_UDP
Opening = tuple[str, str, int]
PORTS = {("tcp", 1720), ("tcp", 5060), ("tcp", 5061), ("udp", 4569), ("udp", 5060)}


def row(
    network: str, number: int = 1, signalling: ExportSignalling.ValueType = UDP
) -> ExportAddress:
    return ExportAddress(
        row=f"providers_ips#{number}",
        owner='Evil\n"; drop',
        owner_kind=ExportOwnerKind.EXPORT_OWNER_KIND_PROVIDER,
        network=network,
        direction=ExportDirection.EXPORT_DIRECTION_IN,
        signalling=signalling,
    )


def sample() -> Openings:
    rows = [
        row("192.0.2.0/24", 3),
        row("192.0.2.7/32", 2),
        row("192.0.3.0/24", 4),
        row("2001:db8::/64", 5),
        row("2001:db8::1/128", 6, ExportSignalling.EXPORT_SIGNALLING_SIP_TLS),
        row("198.51.100.9/32", 7, ExportSignalling.EXPORT_SIGNALLING_IAX2),
        row("198.51.100.9/32", 8, ExportSignalling.EXPORT_SIGNALLING_H323),
    ]
    return openings(rows, {}, Ports(), [ip_network("203.0.113.0/28")])


ALLOWED = {("203.0.113.0/28", transport, port) for transport, port in PORTS}
EXPECTED = ALLOWED | {
    ("192.0.2.0/24", "udp", 5060),
    ("192.0.3.0/24", "udp", 5060),
    ("2001:db8::/64", "udp", 5060),
    ("2001:db8::1/128", "tcp", 5061),
    ("198.51.100.9/32", "udp", 4569),
    ("198.51.100.9/32", "tcp", 1720),
}


def code(text: str) -> list[str]:
    """The lines without comments."""
    lines = (re.sub(r"(^|[ \t])#([ !].*)?$", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def nftables(text: str) -> tuple[set[Opening], set[tuple[str, int]]]:
    joined = "\n".join(code(text))
    assert joined.startswith("table inet dialplane\ndelete table inet dialplane\n")
    opened: set[Opening] = set()
    for name, body in re.findall(r"set (\w+) \{(.*?)\n\}", joined, re.DOTALL):
        transport, port, _ = name.split("_")
        elements = re.search(r"elements = \{(.*?)\n?\}", body + "\n}", re.DOTALL)
        for each in (elements[1] if elements else "").replace("\n", "").split(","):
            if each.strip():
                opened.add((str(ip_network(each.strip())), transport, int(port)))
        family = "ip6" if name.endswith("v6") else "ip"
        accepts = joined.index(f"{transport} dport {port} {family} saddr @{name} accept")
        assert accepts < joined.index(f"{transport} dport {port} counter drop")
    assert set(re.findall(r"^.* accept$", joined, re.MULTILINE)) == {
        'iifname "lo" accept',
        "ct state established,related ct direction reply accept",
        *re.findall(r"^\w+ dport \d+ ip6? saddr @\w+ accept$", joined, re.MULTILINE),
    }
    closed = re.findall(r"^(\w+) dport (\d+) counter drop$", joined, re.MULTILINE)
    return opened, {(transport, int(port)) for transport, port in closed}


def iptables(text: str) -> tuple[set[Opening], set[tuple[str, int]]]:
    lines = code(text)
    assert lines[0] == "*filter"
    assert lines[1] == f":{CHAIN} - [0:0]"
    assert lines[-1] == "COMMIT"
    opened: set[Opening] = set()
    closed: set[tuple[str, int]] = set()
    for line in lines[4:-1]:
        drop = re.fullmatch(rf"-A {CHAIN} -p (\w+) --dport (\d+) -j DROP", line)
        if drop:
            closed.add((drop[1], int(drop[2])))
            continue
        accept = re.fullmatch(
            rf"-([46]) -A {CHAIN} -s (\S+) -p (\w+) --dport (\d+) -m comment"
            r' --comment "[^"]+" -j ACCEPT',
            line,
        )
        assert accept is not None, line
        assert (":" in accept[2]) == (accept[1] == "6")
        assert (accept[3], int(accept[4])) not in closed, "a rule behind its drop"
        opened.add((accept[2], accept[3], int(accept[4])))
    return opened, closed


def ipset(text: str) -> tuple[set[Opening], set[tuple[str, int]]]:
    opened: set[Opening] = set()
    for line in code(text):
        add = re.fullmatch(r"add dialplane-v([46])-new (\S+),(udp|tcp):(\d+) -exist", line)
        if add:
            opened.add((str(ip_network(add[2])), add[3], int(add[4])))
        else:
            assert re.fullmatch(r"(create|flush|swap|destroy) dialplane-v[46].*", line), line
    for version in "46":
        assert f"swap dialplane-v{version}-new dialplane-v{version}" in code(text)
    # A set accepts and drops nothing: the ports are closed by the host's own rule.
    closed = re.findall(r"^#     -p (\w+) --dport (\d+) -j DROP$", text, re.MULTILINE)
    return opened, {(transport, int(port)) for transport, port in closed}


READERS = {Format.NFTABLES: nftables, Format.IPTABLES: iptables, Format.IPSET: ipset}


@pytest.mark.parametrize("kind", READERS)
def test_the_same_openings(kind: Format) -> None:
    text = rendered(kind, sample(), "dialplane export firewall")
    assert READERS[kind](text) == (EXPECTED, PORTS)
    assert rendered(kind, sample(), "dialplane export firewall") == text
    assert all(line.replace("\t", "").isprintable() for line in text.splitlines())
    assert "Media comes from elsewhere" in text


@pytest.mark.parametrize("kind", READERS)
def test_an_empty_list_keeps_everything_closed(kind: Format) -> None:
    nothing = openings([row("")], {}, Ports(), [])
    assert nothing.is_empty
    text = rendered(kind, nothing, "dialplane export firewall")
    assert READERS[kind](text) == (set(), PORTS)
    assert "EMPTY: no address is known. The ports stay closed." in text


def test_what_the_command_line_allows_does_not_count() -> None:
    allowed = openings([], {}, Ports(), [ip_network("203.0.113.0/28")])
    assert allowed.is_empty
    assert nftables(rendered(Format.NFTABLES, allowed, "x")) == (ALLOWED, PORTS)


def test_every_address_there_is_opens_nothing() -> None:
    found = openings([row("0.0.0.0/0"), row("::/0", 2), row("all", 3)], {}, Ports(), [])
    assert found.sources == []
    assert len(found.faults) == 3


def test_a_protocol_of_a_later_release_is_named() -> None:
    later = ExportAddress(row="providers_ips#1", owner="x", network="192.0.2.1/32")
    found = openings([later], {}, Ports(), [])
    assert found.faults == [Fault("providers_ips#1 of x: this release does not know its protocol")]


def test_other_ports() -> None:
    ports = Ports(sip=5080, sip_tls=5081, iax2=4570, h323=1721)
    _, closed = nftables(rendered(Format.NFTABLES, openings([], {}, ports, []), "x"))
    assert closed == {("tcp", 1721), ("tcp", 5080), ("tcp", 5081), ("udp", 4570), ("udp", 5080)}


def test_csv_is_the_whole_list() -> None:
    lines = rendered(Format.CSV, sample(), "x").splitlines()
    assert len(lines) == 1 + 7 + len(PORTS)
    assert lines[0].split(",")[:3] == ["network", "transport", "port"]
    assert '"Evil\\x0a""; drop"' in lines[2] or "Evil\\x0a" in "".join(lines)


PROGRAMS = {
    Format.NFTABLES: [["nft", "-c", "-f"]],
    Format.IPTABLES: [
        ["iptables-restore", "--noflush", "--test"],
        ["ip6tables-restore", "--noflush", "--test"],
    ],
    Format.IPSET: [["ipset", "restore", "-file"]],
}


@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_firewall_s_own_program_takes_it(kind: Format, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text(rendered(kind, sample(), "dialplane export firewall"))
    # In a network of its own: nothing is changed here, and no root is needed.
    alone = ["unshare", "-r", "-n"]
    for program, *words in PROGRAMS[kind]:
        path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        if path is None or subprocess.run([*alone, "true"], check=False).returncode:
            pytest.skip(f"no {program} here, or no network of one's own")
        command = [*alone, path, *words, str(file)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
