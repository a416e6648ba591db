"""Rows beside the demo's, so that every rule has something to decide: made from the seed, put in by SQL."""

import random
from typing import Any

Row = dict[str, Any]
Rows = list[tuple[str, Row]]


def _table(table: str, columns: str, *rows: tuple[Any, ...]) -> Rows:
    names = columns.split()
    return [(table, dict(zip(names, row, strict=True))) for row in rows]


def fixed_rows() -> Rows:
    """Providers, servers, accounts, devices and their like; one of each kind the demo has not."""
    return [
        *_table(
            "providers",
            "id providername currency_id country enabled cli_allowed dynamic_calls append_plus"
            " reached_by priority number_format_in number_format_out caller_id_format"
            " ring_timeout_s noncli_prefix cli_prefix premcli_prefix dynamic_calls_caller_id"
            " strip_prefix add_prefix",
            (
                *(30, "Natline", 96, "RU", 1, "Y", "Y", 1, "ADDRESS", 35),
                *(
                    "NATIONAL",
                    "NATIONAL",
                    "NATIONAL",
                    20,
                    None,
                    None,
                    None,
                    "74955550000",
                    "8",
                    "*9",
                ),
            ),
            (
                *(31, "Plusline", 1001, "GB", 1, "Y", "Y", 1, "ADDRESS", 45),
                *("INTERNATIONAL", "INTERNATIONAL", "PLUS_E164"),
                *(None, "76", "77", "78", None, "00", None),
            ),
            (
                *(32, "Gatehouse", 96, "RU", 1, "Y", "N", 0, "GATE", 12),
                *("E164", "E164", "E164", None, None, None, None, "78122000000", None, "8"),
            ),
            (
                *(33, "Loginline", 96, "RU", 1, "N", "N", 1, "ADDRESS", 55),
                *("E164", "E164", "E164", 500, None, None, None, None, "7495", None),
            ),
            (
                *(34, "Offline", 96, "RU", 0, "Y", "Y", 0, "ADDRESS", 1),
                *("E164", "E164", "E164", None, None, None, None, None, None, None),
            ),
        ),
        *_table(
            "providers_ips",
            "id provider_id ipaddress prefix_length domainname direction proto port",
            (60, 30, "198.51.100.0", 24, None, "IN", "SIP", None),
            (61, 30, "2001:db8:30::7", None, None, "IN/OUT", "SIP", 5070),
            (62, 30, None, None, "sip.natline.example", "OUT", "SIP", 5080),
            (63, 31, "203.0.113.50", None, "gk.plusline.example", "IN/OUT", "H323", None),
            (64, 31, None, None, "iax.plusline.example", "OUT", "IAX2", 4569),
            (65, 33, "192.0.2.33", None, "sip.loginline.example", "IN/OUT", "SIP", None),
            (66, 34, "192.0.2.34", None, "sip.offline.example", "IN/OUT", "SIP", None),
            (67, 32, "192.0.2.32", None, None, "IN", "SIP", None),
        ),
        *_table(
            "servers",
            "id servername enabled country ipaddress sip iax2 protocol sip_driver",
            (6, "pjsip-spb", 1, "RU", "192.0.2.6", "SIP/192.0.2.6", None, "SIP", "PJSIP"),
            (7, "london", 1, "GB", "2001:db8::7", None, "IAX2/lon@lon", "IAX2", "PJSIP"),
            (8, "dark", 0, "RU", "192.0.2.8", "SIP/192.0.2.8", None, "SIP", "SIP"),
        ),
        *_table(
            "server_trusted_proxies",
            "id server_id ipaddress prefix_length",
            (1, 1, "10.0.0.0", 24),
            (2, 6, "2001:db8:5bc::", 48),
        ),
        *_table(
            "routing_plans",
            "id planname caller_id_fallback",
            *((10, "restricted", "RESTRICT"), (11, "unnumbered", "NON_CLI")),
        ),
        *_table(
            "caller_id_rules",
            "id caller_country called_country rule",
            (10, "GB", None, "SUBSTITUTION_FORBIDDEN"),
            (11, "GB", "RU", "SUBSTITUTION_ALLOWED"),
            (12, None, "DE", "SUBSTITUTION_FORBIDDEN"),
        ),
        *_table(
            "accounts",
            "id accountname enabled country default_tier caller_id routing_plan_id",
            (3, "globex", 1, "GB", "PREMIUM_CLI", "442071230555", 10),
            (4, "closed", 0, "RU", "CLI", None, None),
            (5, "initech", 1, "RU", "NON_CLI", None, 11),
        ),
        *_table(
            "endpoints",
            "id account_id server_id endpointname extension enabled proto caller_id ring_timeout_s",
            (10, 3, 7, "globex-1", "301", 1, "SIP", None, None),
            (11, 3, 7, "globex-2", "302", 0, "SIP", None, None),
            (12, 3, 6, "globex-spb", "303", 1, "SIP", "78127000303", 20),
            (13, 5, 1, "initech-1", "201", 1, "IAX2", None, None),
            (14, 5, 6, "initech-2", "1000000001", 1, "SIP", None, None),
            (15, 4, 1, "closed-1", "701", 1, "SIP", None, None),
            (16, 1, 6, "acme-spb", "401", 1, "SIP", None, 200),
        ),
        *_table(
            "ring_groups",
            "id account_id groupname enabled strategy ring_timeout_s",
            (2, 3, "ops", 1, "LINEAR", 15),
            (3, 5, "off", 0, "ALL", None),
            (4, 5, "all", 1, "ALL", None),
        ),
        *_table(
            "ring_group_members",
            "ring_group_id position endpoint_id",
            *((2, 1, 12), (2, 2, 11), (2, 3, 10), (3, 1, 13), (4, 1, 13), (4, 2, 14)),
        ),
        *_table(
            "dialplan_locations",
            "id account_id locationname kind context extension feature_code",
            (10, 3, "conf", "CONFERENCE", "conf-globex", "8000", "*80"),
            (11, 5, "initech", "QUEUE", "queues", "initech", None),
        ),
        *_table(
            "targets",
            "id account_id kind endpoint_id ring_group_id location_id number",
            (20, 3, "ENDPOINT", 10, None, None, None),
            (21, 3, "RING_GROUP", None, 2, None, None),
            (22, 3, "LOCATION", None, None, 10, None),
            (23, 3, "EXTERNAL", None, None, None, "493023456789"),
            (24, 5, "ENDPOINT", 13, None, None, None),
            (25, 5, "RING_GROUP", None, 3, None, None),
            (26, 5, "RING_GROUP", None, 4, None, None),
            (27, 5, "LOCATION", None, None, 11, None),
            (28, 5, "EXTERNAL", None, None, None, "78095551111"),
            (29, 5, "EXTERNAL", None, None, None, "74951815000"),
            (30, 3, "ENDPOINT", 11, None, None, None),
            (31, 3, "ENDPOINT", 12, None, None, None),
        ),
        *_table(
            "clients",
            "id account_id number clientname",
            (10, 3, "79035550010", "Carol"),
            (11, 5, "79035550011", 'Dan "the man" [bold]'),
            (12, 5, "442071230012", "Eve"),
        ),
        *_table(
            "client_targets",
            "client_id position target_id",
            *((10, 1, 30), (10, 2, 31), (10, 3, 23), (11, 1, 24), (11, 2, 26), (12, 1, 25)),
        ),
        *_table(
            "barred_destinations",
            "id account_id prefix barred",
            *((10, 3, "4490", 1), (11, 3, "44903", 0), (12, None, "4930999", 1)),
            *((13, 5, "79", 1), (14, 5, "79161", 0)),
        ),
        *_table(
            "final_answers",
            "id provider_id sip_status q850_cause is_final",
            *((1, 30, 503, None, 1), (2, 7, 486, None, 0), (3, 16, None, 34, 1)),
        ),
        *_table(
            "emergency_routes",
            "id country number server_id position providers_ips_id dial_number",
            (90, "RU", "112", 6, 3, 62, "3112"),
            (91, "GB", "999", None, 1, 63, None),
        ),
    ]


_RENTED = {3: "7812700", 7: "7495700", 30: "7495701", 31: "4420712", 32: "7495702", 33: "7495703"}
_TARGETS = {1: (1, 2, 3, 6, 7), 3: (20, 21, 22, 23, 30), 5: (24, 25, 26, 27, 28, 29), 4: (24,)}


def random_rows(seed: int) -> Rows:
    """Rented numbers of every provider, and gates for those that are reached by gates."""
    rng = random.Random(seed)
    found: Rows = []
    gate_id = 100
    for index in range(90):
        provider = rng.choice(list(_RENTED))
        prefix = _RENTED[provider]
        number = prefix + f"{index:0{11 - len(prefix) + (prefix[:2] == '44')}}"
        account = rng.choice([1, 1, 1, 3, 3, 3, 5, 5, 5, 4, None])
        target = rng.choice([*_TARGETS[account], None]) if account else None
        row: Row = {"id": 2000 + index, "number": number, "provider_id": provider}
        row |= {"server_id": rng.choice([1, 1, 2, 5, 6, 7, 8]), "enabled": int(rng.random() < 0.9)}
        row |= {"direction": rng.choice(["IN"] * 3 + ["IN/OUT"] * 3 + ["OUT"])}
        row |= {"echotest": int(rng.random() < 0.08), "account_id": account, "target_id": target}
        found.append(("numbers_pool", row))
        if provider in (32, 33) and rng.random() < 0.6:
            server = rng.choice([1, 2, 5, 6, 7, 8])
            gate: Row = {"id": gate_id, "numbers_pool_id": row["id"], "serverid": server}
            gate |= {"gatename": f"gate_{provider}_{rng.randint(1, 3)}", "gatenumber": number}
            gate |= {"cid_support": rng.choice("YYN"), "enabled": int(rng.random() < 0.85)}
            gate |= {"proto": rng.choice(["SIP", "SIP", "IAX2"])}
            found.append(("gates", gate))
            gate_id += 1
    return found


def remove_prices(connection: Any) -> None:
    """Leave nobody a rate deck: providers are then tried by priority. Prices have an oracle of their own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rates")
        cursor.execute("DELETE FROM rate_decks")


def insert(connection: Any, rows: Rows) -> None:
    """Put the rows in, as an operator would at the SQL console."""
    with connection.cursor() as cursor:
        for table, row in rows:
            names = ", ".join(f"`{name}`" for name in row)
            places = ", ".join(["%s"] * len(row))
            cursor.execute(
                f"INSERT INTO `{table}` ({names}) VALUES ({places})", tuple(row.values())
            )
