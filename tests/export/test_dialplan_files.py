"""Settings, emergency numbers, numbers and hints."""

from dataclasses import replace

import pytest

from dialplane_service.domain.kinds import Direction, NumberFormat, SipDriver
from dialplane_service.domain.records import EmergencyRoute, TrustedProxy
from tests.domain.world import World, article_world, gate, number, server
from tests.export.asterisk_config import extensions
from tests.export.exports import contents, export

BEGIN = "GoSub(service,emergency,1)"
END = "Goto(service,no_more_paths,1)"


def dial(text: str) -> str:
    return f"Dial({text},120,ib(service^emergency_handler^1))"


@pytest.fixture
def world() -> World:
    return article_world()


def emergency(
    world: World, server_id: int = 1, context: str = "users_context"
) -> dict[str, list[str]]:
    text = contents(export(world, server_id, SipDriver.PJSIP))["dialplane_emergency.conf"]
    return extensions(text, context)


def test_an_emergency_number_is_dialled_without_asking(world: World) -> None:
    assert emergency(world) == {"112": [BEGIN, dial("PJSIP/112@westcall"), END]}


def test_routes_in_their_order_with_their_own_numbers(world: World) -> None:
    world.extra["emergency_routes"] = (
        EmergencyRoute(3, "RU", "103", None, 2, 8, None, "74957770103"),
        EmergencyRoute(2, "RU", "103", None, 1, None, 35, None),
        EmergencyRoute(4, "RU", "103", 2, 1, 8, None, None),
        EmergencyRoute(5, "GB", "999", None, 1, 8, None, None),
    )
    dials = [dial("PJSIP/103@sip.voicebuy.com"), dial("PJSIP/74957770103@westcall")]
    assert emergency(world) == {"103": [BEGIN, *dials, END]}


def test_over_another_server_and_what_that_server_has_for_it(world: World) -> None:
    world.extra["emergency_routes"] += (EmergencyRoute(2, "RU", "112", None, 2, 9, None, None),)
    assert emergency(world, 2) == {"112": [BEGIN, dial("IAX2/macomnet@macomnet/112"), END]}
    lent = emergency(world, 1, "sisters")
    steps = [dial("PJSIP/112@westcall")] * 2
    assert lent == {"112": ["GoSub(service,emergency_from_sister,1)", *steps, END]}


def test_a_number_of_two_countries_keeps_the_server_s_own(world: World) -> None:
    world.servers[6] = replace(server(6, "london", "192.0.2.6", "london"), country="GB")
    world.gates[20] = gate(20, 515, 1, "other", "74957952301")
    world.extra["emergency_routes"] += (EmergencyRoute(9, "GB", "112", None, 1, 20, None, None),)
    exported = export(world, 1, SipDriver.PJSIP)
    lent = extensions(contents(exported)["dialplane_emergency.conf"], "sisters")
    assert lent["112"][1:-1] == [dial("PJSIP/112@westcall")]
    assert [remark.row for remark in exported.omitted] == ["emergency_routes#9"]


def test_a_route_that_leads_nowhere_is_named(world: World) -> None:
    world.extra["emergency_routes"] = (EmergencyRoute(1, "RU", "112", None, 1, 77, None, None),)
    exported = export(world, 1)
    assert extensions(contents(exported)["dialplane_emergency.conf"], "users_context") == {}
    assert exported.omitted[0].row == "emergency_routes#1"


def test_numbers_as_their_providers_write_them(world: World) -> None:
    world.change("providers", 7, number_format_in=NumberFormat.NATIONAL)
    world.numbers[600] = number(600, "74951815009", 7, 1, direction=Direction.OUT)
    text = contents(export(world))["dialplane_numbers.conf"]
    found = extensions(text, "dialplane_numbers")
    assert {"74951815000", "+74951815000", "84951815000"} <= found.keys()
    assert "74951815009" not in found
    assert "74957952302" in found, "its gate is here, though server 2 serves it"
    assert set(map(tuple, found.values())) == {("Goto(public,${EXTEN},1)",)}


def test_hints_by_account(world: World) -> None:
    text = contents(export(world, 1, SipDriver.PJSIP))["dialplane_hints.conf"]
    hints = extensions(text, "dialplane_hints_acme")
    assert hints == {"101": ["PJSIP/acme-101"], "102": ["PJSIP/acme-102"]}


def settings(world: World) -> list[str]:
    text = contents(export(world))["dialplane_settings.conf"]
    return extensions(text, "dialplane_settings")["s"]


def test_settings(world: World) -> None:
    found = settings(world)
    assert "Set(__DIALPLANE_DOMAIN=212.5.126.1)" in found
    assert "Set(DIALPLANE_PROXY_HEADER=)" in found
    assert found[-1] == "Return()"
    world.change("servers", 1, ipaddress=None)
    world.extra["trusted_proxies"] = (TrustedProxy(1, 1, "203.0.113.9", None),)
    found = settings(world)
    assert "Set(__DIALPLANE_DOMAIN=asterisk-macomnet)" in found
    assert "Set(DIALPLANE_PROXY_HEADER=X-Real-Address)" in found
