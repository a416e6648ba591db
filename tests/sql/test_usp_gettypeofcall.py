"""What the console's classification says, rule by rule and at the edges."""

import pytest

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError, code, signal_name

CALLER, DID, HERE = "442079460100", "74951815001", "asterisk-macomnet"
CLIENT = ("INCOMING_CLIENT", None, "acme", None, None, "e1,r1")
OWN = ("INCOMING", None, "acme", None, None, "e1")


async def classify(
    connection: Connection, called: object = DID, caller: object = "1", server: object = HERE
) -> tuple[object, ...]:
    (row,) = await execute(
        connection, "CALL usp_gettypeofcall(%s, %s, 'chan', %s)", (caller, called, server)
    )
    return tuple(row)


def refused(reason: str, account: str | None = None) -> tuple[object, ...]:
    return (None, reason, account, None, None, None)


@pytest.mark.parametrize(
    ("called", "caller", "expected"),
    [
        ("74951815001", "1", OWN),
        ("74951815001", None, OWN),
        ("74951815001", "", OWN),
        ("74951815001", CALLER, CLIENT),
        ("74951815000", "1", ("INCOMING", None, "acme", None, None, "r1")),
        ("37167859001", "1", ("INCOMING", None, "acme", None, None, "l1")),
        ("442038070121", "1", ("INCOMING", None, "acme", None, None, "t6")),
        ("442079460000", CALLER, ("ECHO_TEST", None, None, None, None, "echo")),
        (
            "74957952302",
            CALLER,
            ("FORWARD", None, "acme", "asterisk-msm", "IAX2/msm@msm", "s2"),
        ),
        ("74951339502", "1", refused("NUMBER_DISABLED")),
        ("4971122954000", "1", refused("NUMBER_DISABLED")),
        ("7495181500", "1", refused("UNKNOWN_NUMBER")),
        ("", "1", refused("UNKNOWN_NUMBER")),
        (None, None, refused("UNKNOWN_NUMBER")),
        ("74951815001 ", "1", refused("UNKNOWN_NUMBER")),
    ],
)
async def test_demo_rows(
    admin: Connection, called: str, caller: str, expected: tuple[object, ...]
) -> None:
    assert await classify(admin, called, caller) == expected


@pytest.mark.parametrize(
    ("change", "called", "caller", "expected"),
    [
        ("UPDATE numbers_pool SET direction = 'OUT'", DID, "1", refused("NUMBER_OUT_ONLY")),
        ("UPDATE accounts SET enabled = 0", DID, "1", refused("ACCOUNT_DISABLED")),
        (
            "UPDATE endpoints SET enabled = 0 WHERE id = 1",
            DID,
            "1",
            refused("NO_DESTINATION", "acme"),
        ),
        (
            "UPDATE endpoints SET enabled = 0 WHERE id = 1",
            DID,
            CALLER,
            ("INCOMING_CLIENT", None, "acme", None, None, "r1"),
        ),
        (
            "UPDATE endpoints SET enabled = 0",
            "74951815000",
            CALLER,
            refused("NO_DESTINATION", "acme"),
        ),
        (
            "UPDATE ring_groups SET enabled = 0",
            "74951815001",
            CALLER,
            ("INCOMING_CLIENT", None, "acme", None, None, "e1"),
        ),
        ("DELETE FROM ring_group_members", "74951815000", "1", refused("NO_DESTINATION", "acme")),
        ("DELETE FROM client_targets", DID, CALLER, OWN),
        (
            "UPDATE client_targets SET position = 9 WHERE client_id = 1 AND position = 1",
            DID,
            CALLER,
            ("INCOMING_CLIENT", None, "acme", None, None, "r1,e1"),
        ),
        ("UPDATE numbers_pool SET target_id = NULL", DID, "1", refused("NO_DESTINATION", "acme")),
        ("UPDATE numbers_pool SET account_id = NULL", DID, CALLER, ("INCOMING", *[None] * 4, "e1")),
        ("UPDATE servers SET enabled = 0 WHERE id = 2", "74957952302", "1", "unreachable"),
        ("UPDATE servers SET iax2 = NULL WHERE id = 2", "74957952302", "1", "unreachable"),
        ("UPDATE servers SET protocol = 'SIP', sip = NULL", "74957952302", "1", "unreachable"),
        ("UPDATE numbers_pool SET server_id = 0", DID, "1", "unreachable"),
        (
            "UPDATE servers SET protocol = 'SIP'",
            "74957952302",
            "1",
            ("FORWARD", None, "acme", "asterisk-msm", "SIP/89.208.16.1", "s2"),
        ),
    ],
)
async def test_changed_rows(
    rolled_back: Connection, change: str, called: str, caller: str, expected: object
) -> None:
    await execute(rolled_back, change)
    if expected == "unreachable":
        expected = refused("SERVER_UNREACHABLE", "acme")
    assert await classify(rolled_back, called, caller) == expected


@pytest.mark.parametrize("server", ["nowhere", "", None, "undefined", "ASTERISK-MSM", f"{HERE} "])
async def test_an_unknown_server_is_signalled(admin: Connection, server: str | None) -> None:
    with pytest.raises(DriverError) as caught:
        await classify(admin, server=server)
    assert signal_name(caught.value) == "UNKNOWN_SERVER"


@pytest.mark.parametrize(
    "arguments", [{"called": "1" * 31}, {"caller": "1" * 31}, {"server": "a" * 51}]
)
async def test_an_over_long_argument_is_refused(
    admin: Connection, arguments: dict[str, str]
) -> None:
    with pytest.raises(DriverError) as caught:
        await classify(admin, **arguments)
    assert code(caught.value) == 1406
