"""Which numbers are emergency numbers, and which routes are theirs."""

import pytest

from dialplane_service.domain.emergency import emergency_country, emergency_rows
from dialplane_service.domain.records import EmergencyRoute
from tests.domain.world import ACME, article_world


@pytest.mark.parametrize(
    ("site", "payer", "dialled", "expected"),
    [
        ("RU", "RU", "112", "RU"),
        ("RU", "RU", "01", "RU"),
        ("RU", "RU", "911", None),
        ("RU", "US", "911", "US"),
        ("DE", "RU", "112", "DE"),
        ("DE", "RU", "01", "RU"),
        (None, "RU", "112", "RU"),
        (None, None, "112", None),
        ("RU", None, "112", "RU"),
        ("RU", "RU", "1", None),
        ("RU", "RU", "", None),
        ("RU", "RU", "+112", None),
        ("RU", "RU", "١١٢", None),
        ("RU", "RU", "1120", None),
        ("RU", "RU", "112112112", None),
    ],
)
def test_the_sites_country_comes_first_then_the_accounts(
    site: str | None, payer: str | None, dialled: str, expected: str | None
) -> None:
    world = article_world()
    world.change("servers", 1, country=site)
    if payer is not None:
        world.change("accounts", ACME, country=payer)
    data = world.data()
    account = data.account[ACME] if payer is not None else None
    assert emergency_country(data, data.server[1], account, dialled) == expected


def test_a_configured_route_makes_a_number_an_emergency_number() -> None:
    """For a house's own habit, such as 8112 or 0112, and for what the metadata does not know yet."""
    world = article_world()
    world.extra["emergency_routes"] = (EmergencyRoute(1, "RU", "8112", None, 1, 8, None, "112"),)
    data = world.data()
    assert emergency_country(data, data.server[1], None, "8112") == "RU"


def test_a_route_is_for_one_server_or_for_all() -> None:
    world = article_world()
    world.extra["emergency_routes"] = (
        EmergencyRoute(1, "RU", "112", None, 2, 8, None, None),
        EmergencyRoute(2, "RU", "112", 1, 1, 8, None, None),
        EmergencyRoute(3, "RU", "112", 2, 1, 8, None, None),
        EmergencyRoute(4, "DE", "112", None, 1, 8, None, None),
    )
    data = world.data()
    rows = {
        server: [row.id for row in emergency_rows(data, data.server[server], "RU", "112")]
        for server in (1, 2, 5)
    }
    assert rows == {1: [2, 1], 2: [3, 1], 5: [1]}
    assert emergency_rows(data, data.server[1], "RU", "01") == ()
