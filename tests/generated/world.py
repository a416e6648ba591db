"""What the operator configured, read from MariaDB by plain SELECTs: the oracles decide from it."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from types import SimpleNamespace
from typing import Any

TABLES = [
    *("providers", "providers_ips", "servers", "server_trusted_proxies", "accounts", "endpoints"),
    *("ring_groups", "ring_group_members", "dialplan_locations", "targets", "numbers_pool"),
    *("gates", "clients", "client_targets", "emergency_routes", "barred_destinations"),
    *("final_answers", "routing_plans", "caller_id_rules"),
]

# How a country's people write numbers: calling code, national prefix, international prefix.
COUNTRIES = {"RU": ("7", "8", "810"), "GB": ("44", "0", "00"), "US": ("1", "1", "011")}


@dataclass
class World:
    """Every row as an object with its columns, in lists by table and in dictionaries by id."""

    tables: dict[str, list[Any]]

    def __post_init__(self) -> None:
        self.by_id = {
            table: {row.id: row for row in rows if hasattr(row, "id")}
            for table, rows in self.tables.items()
        }
        self.pool = {row.number: row for row in self.tables["numbers_pool"]}
        self.server = {row.servername: row for row in self.tables["servers"]}
        self.account = {row.accountname: row for row in self.tables["accounts"]}
        self.networks = [
            (ip_network(f"{row.ipaddress}/{row.prefix_length or _bits(row.ipaddress)}"), row)
            for row in self.tables["providers_ips"]
            if row.ipaddress and row.direction != "OUT"
        ]
        self.askers = [row for row in self.tables["servers"] if row.id and row.enabled]

    def __getattr__(self, name: str) -> list[Any]:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(name)

    def get(self, table: str, row_id: int | None) -> Any:
        """The row of an id, or None."""
        return self.by_id[table].get(row_id)

    def first(self, table: str, fits: Callable[[Any], bool]) -> Any:
        """The first row that fits, or None."""
        return next((row for row in self.tables[table] if fits(row)), None)

    def senders(self, address: str) -> list[int]:
        """The providers that have the address as an IN address, lowest id first."""
        peer = ip_address(address)
        return sorted({row.provider_id for network, row in self.networks if peer in network})

    def trusts(self, server: Any, address: str) -> bool:
        """Whether the address is one of the server's trusted proxies."""
        peer = ip_address(address)
        return any(
            peer in ip_network(f"{row.ipaddress}/{row.prefix_length or _bits(row.ipaddress)}")
            for row in self.server_trusted_proxies
            if row.server_id == server.id
        )

    def barred(self, account: Any, digits: str) -> bool:
        """Whether the account may not call the number: the longest prefix decides."""
        mine = {row.prefix: row for row in self.barred_destinations if row.account_id is None}
        if account is not None:
            own = [row for row in self.barred_destinations if row.account_id == account.id]
            mine |= {row.prefix: row for row in own}
        for length in range(len(digits), 0, -1):
            if digits[:length] in mine:
                return bool(mine[digits[:length]].barred)
        return False

    def path_to(self, server: Any) -> str | None:
        """The forward path that other servers reach a server by."""
        if server is None or not server.enabled or server.id == 0:
            return None
        return server.iax2 if server.protocol == "IAX2" else server.sip


def _bits(address: str) -> int:
    return 128 if ":" in address else 32


def read_world(connection: Any) -> World:
    """Read everything."""
    tables = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM `{table}`")
            names = [column[0] for column in cursor.description]
            tables[table] = [
                SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()
            ]
    return World(tables)


def international(country: str, e164: str) -> str:
    """How people in the country write a number of another one."""
    return COUNTRIES[country][2] + e164


def national(country: str, e164: str) -> str | None:
    """How people in the country write one of their own numbers; None: it is none of theirs."""
    code, prefix, _ = COUNTRIES[country]
    return prefix + e164[len(code) :] if e164.startswith(code) else None


def as_written(number_format: str, country: str, e164: str) -> str:
    """A number as a provider of the country writes it."""
    if number_format == "E164":
        return e164
    own = national(country, e164) if number_format == "NATIONAL" else None
    return own or international(country, e164)
