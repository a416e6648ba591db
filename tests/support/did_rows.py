"""Generated rows around rented numbers, and generated calls to them.

Everything that decides where such a call goes is there in all its states: numbers, directions,
accounts, echo tests, servers with and without forward paths, clients and targets that lead
somewhere or nowhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

Row = dict[str, Any]
MOST = 10
"""The contract's most targets of one call; some clients have more."""


@dataclass(frozen=True)
class DidCall:
    """A call from a provider; `caller` is empty when the caller withheld the number."""

    server: str
    dialled: str
    caller: str
    peer_address: str


@dataclass
class DidRows:
    """Rows by table, in the order in which they can be inserted."""

    random: Random
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def calls(self, count: int) -> Iterator[DidCall]:
        """Calls to these numbers; some to numbers that are not rented."""
        names = [row["servername"] for row in self.tables["servers"]]
        for _ in range(count):
            number = self.random.choice(self.tables["numbers_pool"])
            rented = not self._chance(0.04)
            asking = number["server_id"] or 1
            if self._chance(0.3):
                asking = self.random.randrange(1, len(names))
            yield DidCall(
                names[asking],
                number["number"] if rented else f"{number['number']}000",
                self._caller(number["account_id"]),
                f"192.0.2.{number['provider_id']}",
            )

    def insert(self, execute_many: Callable[[str, list[tuple[Any, ...]]], Any]) -> None:
        """Insert all rows with a cursor's `executemany`."""
        for table, rows in self.tables.items():
            names = ", ".join(f"`{name}`" for name in rows[0])
            places = ", ".join(["%s"] * len(rows[0]))
            statement = f"INSERT INTO `{table}` ({names}) VALUES ({places})"
            execute_many(statement, [tuple(row.values()) for row in rows])

    def _caller(self, account_id: int | None) -> str:
        clients = self.tables["clients"]
        own = [row for row in clients if row["account_id"] == account_id]
        kind = self.random.random()
        if own and kind < 0.6:
            return str(self.random.choice(own)["number"])
        if kind < 0.8:
            return str(self.random.choice(clients)["number"])
        return "" if kind < 0.9 else f"7903{self.random.randrange(10**7):07}"

    def _chance(self, share: float) -> bool:
        return self.random.random() < share


def generate(seed: int) -> DidRows:
    """Make rows; the same seed makes the same ones."""
    made = DidRows(Random(seed))
    for table, fill in _TABLES.items():
        made.tables[table] = list(fill(made, made.random))
    return made


def _currency(_made: DidRows, _random: Random) -> Iterator[Row]:
    yield {"id": 1, "iso": "EUR"}


def _providers(_made: DidRows, _random: Random) -> Iterator[Row]:
    for key in range(1, 5):
        yield {"id": key, "providername": f"provider {key}", "country": "RU", "currency_id": 1}


def _addresses(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 5):
        direction = random.choice(["IN", "IN/OUT"])
        address = f"192.0.2.{key}"
        yield {"id": key, "provider_id": key, "ipaddress": address, "direction": direction}


def _servers(_made: DidRows, random: Random) -> Iterator[Row]:
    off = random.sample(range(1, 13), 2)
    for key in range(13):
        yield {
            "id": key,
            "servername": f"server-{key}" if key else "undefined",
            "enabled": int(key not in off),
            "sip": f"SIP/10.0.0.{key}" if random.random() < 0.7 else None,
            "iax2": f"IAX2/s{key}@s{key}" if random.random() < 0.7 else None,
            "protocol": random.choice(["SIP", "IAX2"]),
        }


def _accounts(_made: DidRows, random: Random) -> Iterator[Row]:
    off = random.sample(range(1, 13), random.randint(2, 3))
    for key in range(1, 13):
        yield {
            "id": key,
            "accountname": f"account-{key}",
            "enabled": int(key not in off),
            "country": "RU",
        }


def _endpoints(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 61):
        yield {
            "id": key,
            "account_id": random.randint(1, 12),
            "server_id": random.randint(1, 12),
            "endpointname": f"device-{key}",
            "enabled": int(random.random() < 0.6),
        }


def _ring_groups(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 31):
        yield {
            "id": key,
            "account_id": random.randint(1, 12),
            "groupname": f"group {key}",
            "enabled": int(random.random() < 0.8),
        }


def _members(_made: DidRows, random: Random) -> Iterator[Row]:
    for group in range(1, 31):
        devices = random.sample(range(1, 61), random.randint(0, 3))
        for position, device in enumerate(devices, 1):
            yield {"ring_group_id": group, "position": position, "endpoint_id": device}


def _locations(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 11):
        yield {
            "id": key,
            "account_id": random.choice([None, random.randint(1, 12)]),
            "locationname": f"place-{key}",
            "kind": random.choice(["IVR", "VOICEMAIL", "CONFERENCE", "QUEUE"]),
            "context": f"context-{key}",
        }


def _targets(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 241):
        kind = random.choice(["ENDPOINT", "RING_GROUP", "LOCATION", "EXTERNAL"])
        yield {
            "id": key,
            "account_id": random.randint(1, 12),
            "kind": kind,
            "endpoint_id": random.randint(1, 60) if kind == "ENDPOINT" else None,
            "ring_group_id": random.randint(1, 30) if kind == "RING_GROUP" else None,
            "location_id": random.randint(1, 10) if kind == "LOCATION" else None,
            "number": _outside(random) if kind == "EXTERNAL" else None,
        }


def _outside(random: Random) -> str:
    """A number outside: open or barred, rented here after all, or no full number."""
    kind = random.random()
    if kind < 0.15:
        return _rented(random.randrange(300))
    if kind < 0.3:
        return random.choice(["112", "0074951234567", "999999", "1234567", "123456789012345"])
    return f"44{random.randrange(10)}{random.randrange(10)}{random.randrange(10**7):07}"


def _barred(_made: DidRows, random: Random) -> Iterator[Row]:
    prefixes = [f"44{end}" for end in ["", *map(str, range(10)), *map(str, range(10, 40))]]
    key = 0
    for account in [None, *range(1, 13)]:
        for prefix in random.sample(prefixes, 12):
            key += 1
            barred = int(random.random() < 0.5)
            yield {"id": key, "account_id": account, "prefix": prefix, "barred": barred}


def _rented(index: int) -> str:
    return f"7495{index:07}"


def _numbers(_made: DidRows, random: Random) -> Iterator[Row]:
    for index in range(600):
        yield {
            "id": index + 1,
            "number": _rented(index),
            "provider_id": random.randint(1, 4),
            "server_id": random.randint(0 if random.random() < 0.2 else 1, 12),
            "enabled": int(random.random() < 0.93),
            "direction": random.choice(["IN", "IN", "IN/OUT", "IN/OUT", "IN/OUT", "OUT"]),
            "echotest": int(random.random() < 0.05),
            "account_id": random.choice([None, *[random.randint(1, 12)] * 5]),
            "target_id": random.choice([None, *[random.randint(1, 240)] * 7]),
        }


def _clients(_made: DidRows, random: Random) -> Iterator[Row]:
    for key in range(1, 181):
        yield {
            "id": key,
            "account_id": (key - 1) % 12 + 1,
            # The same caller is known to several accounts.
            "number": f"4420794{(key - 1) // 12 + random.choice([0, 100]):05}",
            "clientname": f"client {key}",
        }


def _client_targets(_made: DidRows, random: Random) -> Iterator[Row]:
    for client in range(1, 181):
        many = random.random() < 0.15
        count = random.randint(MOST * 2, MOST * 4) if many else random.randint(0, 3)
        targets = random.sample(range(1, 241), count)
        for position, target in enumerate(targets, 1):
            yield {"client_id": client, "position": position * 3, "target_id": target}


_TABLES: dict[str, Callable[[DidRows, Random], Iterator[Row]]] = {
    "currency": _currency,
    "providers": _providers,
    "providers_ips": _addresses,
    "servers": _servers,
    "accounts": _accounts,
    "endpoints": _endpoints,
    "ring_groups": _ring_groups,
    "ring_group_members": _members,
    "dialplan_locations": _locations,
    "targets": _targets,
    "numbers_pool": _numbers,
    "clients": _clients,
    "client_targets": _client_targets,
    "barred_destinations": _barred,
}
