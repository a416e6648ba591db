"""A provider that signals over IPv6: its calls, and calls to it. Media is a host's own matter, and IPv4 here."""

from collections.abc import Iterator

import pytest

from tests.lab.lab import Lab

NUMBER = "37167859001"  # rented from Multitel; it leads to a menu


@pytest.fixture(autouse=True)
def _needs_ipv6(lab: Lab) -> None:
    if not lab.host.address_6:
        pytest.skip("the lab's network has no IPv6 on this machine")


@pytest.fixture
def only_multitel(lab: Lab) -> Iterator[None]:
    """It carries outgoing calls, and nobody else does."""
    [row] = lab.rows("SELECT GROUP_CONCAT(id) AS ids FROM providers WHERE carries_outgoing")
    lab.execute("UPDATE providers SET carries_outgoing = id = 4")
    yield
    lab.execute("UPDATE providers SET carries_outgoing = FIND_IN_SET(id, %s) > 0", row["ids"])


def test_a_call_from_it(lab: Lab) -> None:
    caller = lab.call("MULTITEL", NUMBER, TALK=300)
    assert ":" in lab.address("MULTITEL")
    assert caller.statuses()[-1] == 200
    [calling] = lab.channels()
    assert calling["hangup_source"] == "CALLER"


def test_a_number_that_is_not_its_own(lab: Lab) -> None:
    caller = lab.call("MULTITEL", "74951815001")
    assert caller.statuses()[-1] == 403
    [refused] = lab.channels()
    assert refused["q850_cause"] == 21


@pytest.mark.usefixtures("only_multitel")
def test_a_call_to_it(lab: Lab) -> None:
    with lab.far_end("MULTITEL", "uas_answer") as multitel:
        caller = lab.call("PHONE_201", "74957777777", TALK=300)
    assert caller.statuses()[-1] == 200
    [invite] = multitel.invites()
    assert invite.uri.endswith(f"@[{multitel.address}]")
    assert len(lab.channels()) == 2
