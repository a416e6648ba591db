"""Rows that came past every constraint: no text of theirs becomes a line of configuration."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialplane_service.domain.asterisk_files.checks import RefusedRowsError, Remark
from dialplane_service.domain.asterisk_files.export import AsteriskExport
from dialplane_service.domain.asterisk_files.signalling import signalling_addresses
from dialplane_service.domain.kinds import Protocol, SipDriver
from dialplane_service.domain.records import TrustedProxy
from tests.domain.world import World, article_world
from tests.export.asterisk_config import Config, extensions
from tests.export.exports import contents, export

# Everything that may end a value or begin something else, among ordinary text.
NASTY = ["\n", "\r", "\x00", ";", "[", "]", "#exec /bin/sh", "#include", "=", ">", "(!)", "\\", "&"]
NASTY += [",", "/", "@", '"', "${SHELL(id)}", "\u2028", "\x85", "%eth0", "7495", "westcall", " "]
TEXT = st.lists(st.sampled_from(NASTY), min_size=1, max_size=4).map("".join) | st.text(min_size=1)
TABLES = {
    "providers": ("providername", "country"),
    "addresses": ("ipaddress", "domainname"),
    "servers": ("servername", "ipaddress", "sip", "iax2"),
    "numbers": ("number",),
    "gates": ("gatename", "gatenumber"),
    "accounts": ("accountname", "caller_id"),
    "endpoints": ("endpointname", "extension", "caller_id"),
}
COLUMNS = [(table, column) for table, columns in TABLES.items() for column in columns]


def hostile_world(table: str, column: str, text: str, driver: SipDriver) -> World:
    """One column of every row of a table holds the text."""
    world = article_world()
    rows: dict[int, Any] = getattr(world, table)
    for row_id, row in rows.items():
        rows[row_id] = replace(row, **{column: text})
    world.change("servers", 1, sip_driver=driver)
    return world


def is_loadable(world: World) -> bool:
    """Whether the rows become decision data at all: an incoming address must be one."""
    try:
        world.data()
    except ValueError:
        return False
    return True


def export_or_remarks(world: World) -> AsteriskExport | tuple[Remark, ...]:
    """The files, or why there are none."""
    try:
        return export(world)
    except RefusedRowsError as error:
        return error.remarks


def keys(files: dict[str, str]) -> set[str]:
    """Every key and directive there is."""
    found = set()
    for name, text in files.items():
        if "pjsip" in name or "_sip" in name or "_iax" in name:
            config = Config()
            for template in ("trunk", "device", "sister", "path"):
                config.read(f"[dialplane-{template}](!)\n")
            config.read(text)
            found |= {key for section in config.sections for key, _ in section.options}
            found |= set(config.includes)
        else:
            found |= {line.split("=>")[0].strip() for line in text.splitlines() if "=>" in line}
    return found


KNOWN = {
    driver: keys(contents(export(article_world(), 1, driver))) | {"permit", "port", "match"}
    for driver in SipDriver
}


@pytest.mark.parametrize("driver", SipDriver)
@settings(max_examples=120, deadline=None)
@given(where=st.sampled_from(COLUMNS), text=TEXT)
def test_a_hostile_column(driver: SipDriver, where: tuple[str, str], text: str) -> None:
    table, column = where
    world = hostile_world(table, column, text, driver)
    assume(is_loadable(world))
    exported = export_or_remarks(world)
    if isinstance(exported, tuple):
        assert all("#" in remark.row and remark.problem.isprintable() for remark in exported)
        return
    files = contents(exported)
    for content in files.values():
        assert all(line.isprintable() for line in content.split("\n"))
    assert keys(files) <= KNOWN[driver]
    for name in ("emergency", "numbers", "settings"):
        for context in ("users_context", "sisters", "dialplane_numbers", "dialplane_settings"):
            for steps in extensions(files[f"dialplane_{name}.conf"], context).values():
                assert not any("SHELL" in step or "&" in step for step in steps)


@settings(max_examples=80, deadline=None)
@given(where=st.sampled_from(COLUMNS), text=TEXT)
def test_a_firewall_s_list_holds_networks_and_names_only(where: tuple[str, str], text: str) -> None:
    table, column = where
    world = hostile_world(table, column, text, SipDriver.PJSIP)
    assume(is_loadable(world))
    for row in signalling_addresses(world.data(), None).addresses:
        assert row.network is not None or row.host_name.isascii()
        assert row.network is None or row.network.prefixlen > 0
        assert row.host_name.replace("-", "").replace(".", "").replace("_", "").isalnum() or (
            not row.host_name
        )


Change = Callable[[World], object]


def named(table: str, row_id: int, **changes: Any) -> Change:
    return lambda world: world.change(table, row_id, **changes)


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (named("gates", 8, gatename="west\n#exec /bin/sh"), "gates#8"),
        (named("gates", 8, gatename="general"), "gates#8"),
        (named("gates", 8, gatename="General"), "gates#8"),
        (named("endpoints", 1, endpointname="dialplane-trunk"), "endpoints#1"),
        (named("endpoints", 1, endpointname="westcall-auth"), "endpoints#1"),
        (named("endpoints", 1, endpointname="x" * 200), "endpoints#1"),
        (named("addresses", 34, domainname="a.example]("), "providers_ips#34"),
        (named("addresses", 34, port=0), "providers_ips#34"),
        (named("addresses", 34, port=70000), "providers_ips#34"),
        (named("addresses", 16, ipaddress="0.0.0.0", prefix_length=0), "providers_ips#16"),
        (named("addresses", 34, ipaddress="fe80::1%\n[x]"), "providers_ips#34"),
        (named("addresses", 34, ipaddress="127.1"), "providers_ips#34"),
        (named("servers", 1, servername="a b"), "servers#1"),
        (named("servers", 2, ipaddress="msm;"), "servers#2"),
        (named("accounts", 1, accountname="a]b"), "accounts#1"),
        (named("endpoints", 1, caller_id="1;2"), "endpoints#1"),
    ],
)
def test_the_row_is_named(change: Change, row: str) -> None:
    world = article_world()
    world.change("servers", 1, sip_driver=SipDriver.PJSIP)
    change(world)
    with pytest.raises(RefusedRowsError) as caught:
        export(world)
    assert row in {remark.row for remark in caught.value.remarks}


@pytest.mark.parametrize(
    ("change", "row", "holder"),
    [
        (named("endpoints", 1, endpointname="westcall"), "endpoints#1", "gates#8"),
        (named("endpoints", 1, endpointname="ACME-102"), "endpoints#2", "endpoints#1"),
        (named("gates", 2, gatename="westcall"), "gates#8", "gates#2"),
    ],
)
def test_one_name_leads_to_one_peer(change: Change, row: str, holder: str) -> None:
    world = article_world()
    change(world)
    with pytest.raises(RefusedRowsError) as caught:
        export(world)
    problems = {remark.row: remark.problem for remark in caught.value.remarks}
    assert f"is {holder}'s already" in problems[row]


def test_every_refused_row_is_told_at_once() -> None:
    world = article_world()
    world.change("gates", 8, gatename="a b")
    world.change("endpoints", 1, endpointname="a\nb")
    world.extra["trusted_proxies"] = (TrustedProxy(1, 1, "0.0.0.0", 0),)
    with pytest.raises(RefusedRowsError) as caught:
        export(world)
    rows = {remark.row for remark in caught.value.remarks}
    assert rows == {"gates#8", "endpoints#1", "server_trusted_proxies#1"}


def test_the_order_and_the_version_of_the_rows_change_nothing() -> None:
    for driver in SipDriver:
        before = contents(export(article_world(), 1, driver))
        world = article_world()
        for item in fields(World):
            if item.name != "extra":
                rows = getattr(world, item.name)
                setattr(world, item.name, dict(reversed(rows.items())))
            else:
                world.extra = {name: tuple(reversed(rows)) for name, rows in world.extra.items()}
        assert contents(export(world, 1, driver)) == before


def test_protocols_of_every_kind_are_written_or_named() -> None:
    for protocol in Protocol:
        world = article_world()
        for row_id in world.endpoints:
            world.change("endpoints", row_id, proto=protocol)
        exported = export(world)
        text = "".join(contents(exported).values())
        named_rows = {remark.row for remark in exported.omitted}
        assert "[acme-101](" in text or "endpoints#1" in named_rows
