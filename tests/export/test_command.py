"""`dialplane export` against the real service on the demo rows."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path

import pytest

from dialplane_service.cli import firewall
from dialplane_service.cli.firewall_resolver import Lookup
from tests.export.asterisk_config import Config, extensions
from tests.export.conftest import Run
from tests.export.exports import read

SERVER = ("--server", "asterisk-macomnet")
NAMES = {
    "dialplane_emergency.conf",
    "dialplane_hints.conf",
    "dialplane_iax.conf",
    "dialplane_iax_devices.conf",
    "dialplane_numbers.conf",
    "dialplane_settings.conf",
    "dialplane_sip.conf",
    "dialplane_sip_devices.conf",
}


class FakeResolver:
    """Port `Resolver` over a table."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self.asked: list[str] = []

    def look_up(self, names: Iterable[str], timeout_s: float) -> dict[str, Lookup]:
        assert timeout_s > 0
        self.asked = list(names)
        return {
            name: Lookup((ip_address(self.known[name]),))
            if name in self.known
            else Lookup(fault="nobody knows it")
            for name in self.asked
        }


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> FakeResolver:
    fake = FakeResolver({"sip.zadarma.com": "192.0.2.3"})
    monkeypatch.setattr(firewall, "RESOLVER", fake)
    return fake


def exported(run: Run, *words: str) -> dict[str, str]:
    document = run("export", "asterisk", *SERVER, "--json", *words).document
    return {file["name"]: file["content"] for file in document["files"]}


def test_the_demo_server(run: Run) -> None:
    files = exported(run)
    assert files.keys() == NAMES
    assert exported(run) == files
    config = read(files, "sip")
    trunks = {section.name for section in config.real(context="public")}
    assert {"westcall", "sip.zadarma.com", "sip_peer_msm_2301", "sip_peer_msm_2302"} <= trunks
    devices = [section.name for section in config.real(context="users_context")]
    assert devices == ["acme-201", "acme-202", "visitor-201"]
    emergency = extensions(files["dialplane_emergency.conf"], "users_context")
    assert set(emergency) == {"112", "101", "102", "103", "01", "02", "03"}
    assert emergency["112"][1].startswith("Dial(SIP/westcall/112,")
    other = run("export", "asterisk", "--server", "asterisk-msm", "--json").document["files"]
    iax = next(file["content"] for file in other if file["name"] == "dialplane_iax.conf")
    templates = Config().read("[dialplane-sister](!)\n[dialplane-path](!)\n")
    assert templates.read(iax).one("macomnet")["outkey"] == "asterisk-msm"


def test_every_route_of_the_service_leads_to_a_peer_of_the_files(run: Run) -> None:
    route = run("route", "74957777777", *SERVER, "--explain", "--json")
    strings = [row["dial_string"] for row in route.document["routes"]]
    peers = {section.name for section in read(exported(run), "sip").real()}
    assert len(strings) == 5
    assert {text.split("/")[1] for text in strings} <= peers


def test_out_check_and_what_changed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    words = ("export", "asterisk", *SERVER)
    missing = run(*words, "--check", str(folder))
    assert (missing.code, missing.out.count("MISSING")) == (1, len(NAMES))
    first = run(*words, "--out", str(folder))
    assert (first.code, first.out.count("written")) == (0, len(NAMES))
    assert {file.name for file in folder.iterdir()} == NAMES
    assert (folder / "dialplane_sip.conf").stat().st_mode & 0o777 == 0o644
    current = run(*words, "--check", str(folder), "--diff")
    assert (current.code, current.out.count("CURRENT")) == (0, len(NAMES))
    assert "+++" not in current.out

    sip = folder / "dialplane_sip.conf"
    sip.write_text(sip.read_text().replace("host=195.94.225.2", "host=192.0.2.66"))
    (folder / "dialplane_hints.conf").unlink()
    (folder / "dialplane_settings.conf").write_text("[by_hand]\x1b[2J\n")
    (folder / "dialplane_pjsip.conf").write_text("; left from another driver\n")
    (folder / "secrets_sip.conf").write_text("[westcall-auth](!)\n")
    stale = run(*words, "--check", str(folder), "--diff")
    assert stale.code == 1
    states = dict(line.split()[::-1] for line in stale.out.splitlines()[: len(NAMES) + 1])
    assert states["dialplane_sip.conf"] == "STALE"
    assert states["dialplane_hints.conf"] == "MISSING"
    assert states["dialplane_settings.conf"] == "FOREIGN"
    assert states["dialplane_pjsip.conf"] == "FOREIGN"
    assert "secrets_sip.conf" not in states
    assert "\n-host=192.0.2.66\n+host=195.94.225.2\n" in stale.out
    assert "\x1b" not in stale.out
    document = run(*words, "--check", str(folder), "--json").document
    assert {row["name"]: row["state"] for row in document["files"]} == states

    refused = run(*words, "--out", str(folder))
    assert refused.code == 1
    assert "dialplane_settings.conf, not written by this command" in refused.err
    assert "host=192.0.2.66" in sip.read_text(), "nothing at all was changed"
    forced = run(*words, "--out", str(folder), "--force")
    assert forced.code == 0
    (folder / "dialplane_pjsip.conf").unlink()
    assert run(*words, "--check", str(folder)).code == 0


def test_to_standard_output(run: Run) -> None:
    result = run("export", "asterisk", *SERVER)
    assert result.code == 0
    for name in NAMES:
        assert f"; ==> {name} <==\n; Generated by" in result.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("asterisk", "--server", "nowhere"), 5),
        (("asterisk", "--server", "undefined"), 5),
        (("asterisk", "--server", "a b"), 4),
        (("asterisk",), 2),
        (("asterisk", *SERVER, "--stdout", "--out", "x"), 2),
        (("asterisk", *SERVER, "--out", "/dev/null/x"), 2),
        (("firewall",), 2),
        (("firewall", "--format", "pf"), 2),
        (("firewall", "--format", "csv", "--server", "nowhere"), 5),
        (("firewall", "--format", "csv", "--allow", "0.0.0.0/0"), 2),
        (("firewall", "--format", "csv", "--allow", "home"), 2),
    ],
)
def test_what_goes_wrong_has_its_exit_code(run: Run, words: tuple[str, ...], code: int) -> None:
    result = run("export", *words)
    assert result.code == code
    assert result.out == ""
    assert result.err


@pytest.mark.parametrize("name", ["asterisk", "firewall"])
def test_each_help_teaches(run: Run, name: str) -> None:
    text = run("export", name, "--help").out
    for word in ("Exit codes:", "--json", "DIALPLANE_ADMIN_TARGET", f"dialplane export {name} --"):
        assert word in text


def test_the_firewall_s_list_of_the_demo(run: Run, resolver: FakeResolver) -> None:
    result = run("export", "firewall", "--format", "csv", *SERVER)
    assert result.code == 0
    assert resolver.asked == ["sbc.voxbeam.com", "sip.zadarma.com"]
    lines = result.out.splitlines()
    assert "195.94.225.2/32,udp,5060,SIP_UDP,IN_OUT,PROVIDER,Westcall,providers_ips#44," in lines
    assert (
        "192.0.2.3/32,udp,5060,SIP_UDP,OUT,PROVIDER,Zadarma,providers_ips#7,sip.zadarma.com"
        in lines
    )
    assert "89.208.16.1/32,udp,4569,IAX2,IN_OUT,SERVER,asterisk-msm,servers#2," in lines
    assert not any(line.startswith("212.5.126.1/") for line in lines), "the server itself"
    assert (
        "not in the list: providers_ips#1 of Voxbeam: sbc.voxbeam.com does not resolve"
        " (nobody knows it)\n" in result.err
    )
    assert run("export", "firewall", "--format", "csv", "--strict").code == 1
    comment = "# Not in the list: providers_ips#1 of Voxbeam: sbc.voxbeam.com does not resolve\n"
    for kind in ("nftables", "ipset", "iptables"):
        assert comment in run("export", "firewall", "--format", kind).out


def test_the_firewall_s_file_is_replaced_whole_or_not_at_all(
    run: Run, resolver: FakeResolver, tmp_path: Path
) -> None:
    file = tmp_path / "dialplane.nft"
    words = ("export", "firewall", "--format", "nftables", "--out", str(file))
    first = run(*words, *SERVER)
    assert (first.code, first.out) == (0, "")
    assert resolver.asked
    live = file.read_text()
    assert live == run("export", "firewall", "--format", "nftables", *SERVER).out
    file.chmod(0o600)

    away = run(*words, *SERVER, "--admin-target", "127.0.0.1:1", "--timeout", "0.2")
    assert away.code == 3
    unknown = run(*words, "--server", "nowhere")
    assert unknown.code == 5
    incomplete = run(*words, *SERVER, "--strict")
    assert incomplete.code == 1
    assert f"{file} was not changed" in incomplete.err
    assert file.read_text() == live

    assert run(*words).code == 0
    assert file.read_text() != live, "the list of all servers"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    nowhere = run("export", "firewall", "--format", "csv", "--out", str(tmp_path / "no/such"))
    assert nowhere.code == 2
    assert "--out" in nowhere.err
