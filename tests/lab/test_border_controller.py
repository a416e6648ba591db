"""Calls through a session border controller, whose header gives the provider's real address."""

import pytest

from tests.lab.lab import Lab

NUMBER = "74951815001"  # rented from Westcall

pytestmark = pytest.mark.every_flavour


def real_address(address: str) -> str:
    return f"X-Real-Address: {address}"


def test_the_header_of_a_trusted_proxy_is_believed(lab: Lab) -> None:
    with lab.far_end("PHONE_201", "uas_answer") as phone:
        caller = lab.call("BORDER", NUMBER, HEADERS=real_address(lab.address("WESTCALL")), TALK=300)
    assert caller.statuses()[-1] == 200
    assert len(phone.invites()) == 1
    calling, called = lab.channels()
    assert calling["q850_cause"] == called["q850_cause"] == 16


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("BORDER", "ZADARMA"),  # believed, and the number is not that provider's
        ("BORDER", ""),  # whose call it is, nobody said
        ("BORDER", "no address"),
        ("ZADARMA", "WESTCALL"),  # a provider that says it is another one
    ],
)
def test_a_call_that_is_not_the_providers(lab: Lab, who: str, says: str) -> None:
    address = lab.address(says) if says.isupper() else says
    with lab.far_end("PHONE_201", "uas_answer") as phone:
        caller = lab.call(who, NUMBER, HEADERS=real_address(address) if says else "")
    assert caller.statuses()[-1] == 403
    assert phone.invites() == []
    [refused] = lab.channels()
    assert refused["q850_cause"] == 21


def test_the_header_of_a_provider_changes_nothing(lab: Lab) -> None:
    with lab.far_end("PHONE_201", "uas_answer"):
        caller = lab.call(
            "WESTCALL", NUMBER, HEADERS=real_address(lab.address("ZADARMA")), TALK=300
        )
    assert caller.statuses()[-1] == 200


def test_a_stranger_with_the_header_gets_no_further_than_the_door(lab: Lab) -> None:
    before = lab.rows("SELECT COUNT(*) AS n FROM channels")
    caller = lab.call("STRANGER", NUMBER, HEADERS=real_address(lab.address("WESTCALL")))
    assert caller.statuses()[-1] in (401, 403, 404)
    assert lab.rows("SELECT COUNT(*) AS n FROM channels") == before
