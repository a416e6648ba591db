"""What the tables refuse: whatever would otherwise reach a dial string unchecked."""

import pytest

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError, code

REFUSED = {1048, 1265, 1366, 1406, 1451, 1452, 1062, 4025, 1264, 1364}
NOT_NUMBERS = (
    "",
    " ",
    "1 ",
    "+1",
    "1,2",
    "1&2",
    "1\n",
    "\n",
    "1\0",
    "a",
    "1" * 16,
    "\uff11",
    "1@x",
)
NOT_NAMES = (
    "",
    " ",
    "a b",
    "a/b",
    "a&b",
    "a,b",
    "a@b",
    "a\n",
    "a'b",
    'a"b',
    "a\\",
    "é",
    "a\0",
    "$",
)
NOT_PATHS = ("", "SIP", "SIP/", "a/b", "sip/a", "SIP/a/b", "SIP/a&b", "SIP/a\n", "SIP/a,b", "IAX/a")
NOT_COUNTRIES = ("", "R", "ru", "Ru", "R1", "RUS", "R ", "ЖЖ")
NOT_ADDRESSES = ("", "1.2.3", "1.2.3.4 ", "01.2.3.4", "1.2.3.4/8", "::FFFF", "::ffff:1.2.3.4", "x")

CASES = [
    *(("numbers_pool", "number", 279, bad) for bad in NOT_NUMBERS),
    *(("gates", "gatenumber", 8, bad) for bad in NOT_NUMBERS),
    *(("clients", "number", 1, bad) for bad in NOT_NUMBERS),
    *(("emergency_routes", "number", 1, bad) for bad in NOT_NUMBERS),
    *(("emergency_routes", "dial_number", 1, bad) for bad in NOT_NUMBERS),
    *(("targets", "number", 6, bad) for bad in NOT_NUMBERS),
    *(("barred_destinations", "prefix", 1, bad) for bad in NOT_NUMBERS),
    *(("providers", "dynamic_calls_caller_id", 7, bad) for bad in NOT_NUMBERS),
    *(("providers", "cli_prefix", 8, bad) for bad in (*NOT_NUMBERS, "1" * 11)),
    *(("providers", "strip_prefix", 7, bad) for bad in NOT_NUMBERS),
    *(("providers", "add_prefix", 7, bad) for bad in NOT_NUMBERS),
    *(("accounts", "caller_id", 1, bad) for bad in NOT_NUMBERS),
    *(("endpoints", "extension", 1, bad) for bad in (*NOT_NUMBERS, "1" * 11)),
    *(("gates", "gatename", 8, bad) for bad in NOT_NAMES),
    *(("servers", "servername", 1, bad) for bad in NOT_NAMES),
    *(("endpoints", "endpointname", 1, bad) for bad in NOT_NAMES),
    *(("providers_ips", "domainname", 1, bad) for bad in NOT_NAMES),
    *(("dialplan_locations", "locationname", 1, bad) for bad in NOT_NAMES),
    *(("dialplan_locations", "context", 1, bad) for bad in NOT_NAMES),
    *(("dialplan_locations", "extension", 1, bad) for bad in ("", "a,1", "a&b", "a\n", "${X}")),
    *(("dialplan_locations", "feature_code", 4, bad) for bad in ("", "*", "97", "*9a", "*97\n")),
    *(("servers", "sip", 1, bad) for bad in (*NOT_PATHS, "IAX2/a", "SIP/a@b@c", "SIP/a:x")),
    *(("servers", "iax2", 1, bad) for bad in (*NOT_PATHS, "SIP/a")),
    *(("servers", "country", 1, bad) for bad in NOT_COUNTRIES),
    *(("accounts", "country", 1, bad) for bad in NOT_COUNTRIES),
    *(("caller_id_rules", "caller_country", 1, bad) for bad in NOT_COUNTRIES),
    *(("caller_id_rules", "called_country", 1, bad) for bad in NOT_COUNTRIES),
    *(("caller_id_rules", "rule", 1, bad) for bad in (None, "", "ALLOWED")),
    *(("servers", "ipaddress", 1, bad) for bad in NOT_ADDRESSES),
    *(("providers_ips", "ipaddress", 2, bad) for bad in NOT_ADDRESSES),
    *(("providers_ips", "prefix_length", 2, bad) for bad in (0, 33, 129)),
    *(("providers_ips", "port", 2, bad) for bad in (0, 65_536, -1)),
    ("providers_ips", "domainname", 1, None),
    ("providers", "priority", 3, 0),
    *(
        (table, column, 8, bad)
        for table in ("providers", "gates")
        for column in ("most_channels", "most_calls_per_second")
        for bad in (0, -1, "", "many", 2**32)
    ),
    ("providers", "enabled", 3, 2),
    ("providers", "cli_allowed", 3, "X"),
    ("providers", "currency_id", 3, 1),
    ("dialplan_locations", "priority", 1, 0),
    ("targets", "kind", 1, "RING_GROUP"),
    ("targets", "endpoint_id", 1, None),
    ("targets", "number", 1, "123"),
    ("emergency_routes", "gate_id", 1, None),
    ("emergency_routes", "providers_ips_id", 1, 1),
    ("servers", "servername", 1, "asterisk-msm"),
    ("numbers_pool", "number", 280, "74951815000"),
]


@pytest.mark.parametrize(("table", "column", "row", "value"), CASES)
async def test_it_is_refused(
    rolled_back: Connection, table: str, column: str, row: int, value: object
) -> None:
    with pytest.raises(DriverError) as caught:
        await execute(rolled_back, f"UPDATE {table} SET {column} = %s WHERE id = {row}", (value,))
    assert code(caught.value) in REFUSED


@pytest.mark.parametrize(
    ("table", "column", "row", "value"),
    [
        ("numbers_pool", "number", 279, "1" * 15),
        ("emergency_routes", "number", 1, "01"),
        ("servers", "sip", 1, "SIP/host.example:5061"),
        ("servers", "iax2", 1, "IAX2/user:[outkey]@host:4569"),
        ("servers", "ipaddress", 1, "2001:db8::1"),
        ("providers_ips", "ipaddress", 2, None),
        ("servers", "servername", 1, "Asterisk-MSM"),
        ("providers", "strip_prefix", 7, "7"),
        ("providers", "add_prefix", 7, "*9#0"),
        ("providers", "most_channels", 7, 1),
        ("gates", "most_calls_per_second", 8, 2**32 - 1),
        ("gates", "gatename", 8, "A-z_0.9"),
    ],
)
async def test_it_is_taken(
    rolled_back: Connection, table: str, column: str, row: int, value: object
) -> None:
    await execute(rolled_back, f"UPDATE {table} SET {column} = %s WHERE id = {row}", (value,))


@pytest.mark.parametrize(
    ("provider", "sip_status", "cause"),
    [(3, None, None), (3, 404, 1), (3, 200, None), (3, None, 0)],
)
async def test_a_final_answer_is_one_status_or_one_cause(
    rolled_back: Connection, provider: int, sip_status: int | None, cause: int | None
) -> None:
    with pytest.raises(DriverError):
        await execute(
            rolled_back,
            "INSERT INTO final_answers (provider_id, sip_status, q850_cause, is_final)"
            " VALUES (%s, %s, %s, 1)",
            (provider, sip_status, cause),
        )


async def test_shared_rows_are_unique_too(rolled_back: Connection) -> None:
    with pytest.raises(DriverError) as caught:
        await execute(rolled_back, "INSERT INTO barred_destinations (prefix) VALUES ('7809')")
    assert code(caught.value) == 1062


async def test_what_is_used_cannot_be_deleted(rolled_back: Connection) -> None:
    for table in ("currency", "providers", "servers", "accounts", "endpoints", "targets", "gates"):
        with pytest.raises(DriverError) as caught:
            await execute(rolled_back, f"DELETE FROM {table}")
        assert code(caught.value) == 1451


async def test_event_tables_have_no_foreign_keys_and_no_cascade_exists(admin: Connection) -> None:
    rows = await execute(
        admin,
        "SELECT TABLE_NAME, DELETE_RULE, UPDATE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS"
        " WHERE CONSTRAINT_SCHEMA = DATABASE()",
    )
    assert {row[1:] for row in rows} == {("RESTRICT", "RESTRICT")}
    assert not {row[0] for row in rows} & {"channels", "attempts", "events", "admissions"}
