"""Calls as people and providers make them: each knows what was meant by the digits it writes."""

import random
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from tests.generated.world import World, as_written, international, national

# Full numbers that exist in their countries' plans: a beginning, and how many digits follow.
_PLANS = (
    ("7916", 7),
    ("7903", 7),
    ("74957", 6),
    ("78127", 6),
    ("44207", 7),
    ("44208", 7),
    ("493023", 6),
    ("3716783", 4),
    ("33142", 6),
    ("121255", 5),
    ("7809", 7),
    ("53525", 5),
)
_COUNTRIES_OF_BARE = ("7", "44")


@dataclass(frozen=True, slots=True)
class Call:
    """One call before it is written in any protocol.

    `meant` says what was dialled: ("e164", digits), ("extension", digits), ("feature", code),
    ("emergency", digits), or ("nothing", "") where no number can be read from it.
    `caller` is the caller's E.164 digits where one can be read, else "".
    """

    origin: str
    server: Any
    dialled: str
    meant: tuple[str, str]
    caller_text: str = ""
    caller: str = ""
    peer: str = ""
    forwarded: str = ""
    port: int = 0
    call_id: str = ""
    route_id: str = ""
    account: str = ""
    endpoint: str = ""
    forwarding: str = ""
    unique_id: str = ""

    def but(self, **changes: Any) -> "Call":
        """The same call with something changed."""
        return replace(self, **changes)


def e164(rng: random.Random) -> str:
    """A number somewhere in the world."""
    start, rest = rng.choice(_PLANS)
    return start + "".join(rng.choices("0123456789", k=rest))


def provider_call(world: World, rng: random.Random) -> Call:
    """A call that a provider, or somebody who is none, delivers."""
    number = rng.choice(world.numbers_pool)
    server = _serving(world, rng, number)
    digits = number.number if rng.random() < 0.95 else e164(rng)
    peer = _peer(world, rng, number)
    sender = next(iter(_by_number(world, world.senders(peer), digits)), None)
    caller = _caller(world, rng)
    call = Call(
        origin="provider",
        server=server,
        dialled=_delivered(rng, sender, digits),
        meant=("e164", digits),
        caller_text=_delivered(rng, sender, caller) if caller else rng.choice(["", "anonymous"]),
        caller=caller,
        peer=peer,
        port=rng.choice([0, 5060, 65535]),
        call_id=rng.choice(["", "theirs"]),
    )
    proxies = [row for row in world.server_trusted_proxies if row.server_id == server.id]
    if rng.random() < 0.15:
        proxy = _inside(rng, rng.choice(proxies)) if proxies else "10.9.9.9"
        return call.but(peer=proxy, forwarded=peer) if proxies else call.but(forwarded=proxy)
    return call


def sister_call(world: World, rng: random.Random) -> Call:
    """A call that another server carried here, or that claims to be one."""
    number = rng.choice(world.numbers_pool)
    server = _serving(world, rng, number)
    others = [row for row in world.askers if row.id != server.id]
    others = others if rng.random() < 0.9 else [row for row in world.servers if row.ipaddress]
    digits = number.number if rng.random() < 0.8 else e164(rng)
    peer = rng.choice(others).ipaddress if rng.random() < 0.97 else "203.0.113.99"
    caller = _caller(world, rng)
    return Call(
        origin="sister",
        server=server,
        dialled=rng.choice(["", "+"]) + digits,
        meant=("e164", digits),
        caller_text=rng.choice(["", "+"]) + caller if caller else "",
        caller=caller,
        peer=peer,
        call_id=f"c{rng.getrandbits(64):x}" if rng.random() < 0.95 else "",
        route_id=_carried_route(world, rng, server),
        account=rng.choice(["", *world.account]),
    )


def endpoint_call(world: World, rng: random.Random) -> Call:
    """A call that a user's device makes."""
    device = rng.choice(world.endpoints)
    server = world.get("servers", device.server_id)
    if rng.random() < 0.04:
        server = rng.choice(world.askers)
    name = device.endpointname if rng.random() < 0.97 else "nobody"
    forwarding = ""
    if rng.random() < 0.1:
        neighbours = [row for row in world.endpoints if row.server_id == server.id] or [device]
        forwarding = rng.choice(neighbours).endpointname
    payer = world.first(
        "endpoints",
        lambda row: (row.server_id, row.endpointname) == (server.id, forwarding or name),
    )
    account = world.get("accounts", payer.account_id if payer else device.account_id)
    meant, dialled = _dialled(world, rng, server, account)
    return Call(
        origin="endpoint",
        server=server,
        dialled=dialled,
        meant=meant,
        endpoint=name,
        forwarding=forwarding,
        call_id=rng.choice(["", f"k{rng.getrandbits(60):x}"]),
    )


def any_call(world: World, rng: random.Random) -> Call:
    """One of the three."""
    return rng.choice((provider_call, sister_call, endpoint_call))(world, rng)


def good_call(world: World, rng: random.Random, origin: str = "") -> Call:
    """A call in which nothing stands in the way of looking at the number dialled."""
    origin = origin or rng.choice(("provider", "sister", "endpoint"))
    server = world.server["asterisk-macomnet"]
    digits, caller = "74951815000", "79031112233"
    call = Call(origin, server, digits, ("e164", digits))
    if origin == "provider":
        return call.but(peer="195.94.225.2", caller=caller, caller_text=caller)
    if origin == "sister":
        carried = f"c{rng.getrandbits(64):x}"
        return call.but(peer="89.208.16.1", call_id=carried, caller=caller, caller_text=caller)
    number = "7916" + "".join(rng.choices("0123456789", k=7))
    return call.but(endpoint="acme-201", dialled="+" + number, meant=("e164", number))


def _dialled(world: World, rng: random.Random, server: Any, account: Any) -> Any:
    what = rng.random()
    if what < 0.15:
        extension = rng.choice(world.endpoints).extension
        return ("extension", extension), extension
    if what < 0.22:
        code = rng.choice(["*97", "*43", "*80", "*99", "#1", "**1#"])
        return ("feature", code), code
    if what < 0.32:
        known = [row.number for row in world.emergency_routes if row.country == server.country]
        number = rng.choice(known)
        return ("emergency", number), rng.choice(["", "+"]) + number
    if what < 0.37:
        short = f"{rng.randint(3, 6)}{rng.randint(50, 99)}"
        return ("extension", short), short
    digits = rng.choice(world.numbers_pool).number if what < 0.6 else e164(rng)
    own = national(account.country, digits)
    forms = [own] if own else [international(account.country, digits)]
    forms.append("+" + digits)
    if digits.startswith(_COUNTRIES_OF_BARE) and not digits.startswith("7809"):
        forms.append(digits)
    if digits in world.pool:
        forms.append(digits)
    return ("e164", digits), rng.choice(forms)


def _serving(world: World, rng: random.Random, number: Any) -> Any:
    """The server that serves the number, mostly."""
    serving = world.get("servers", number.server_id)
    return serving if serving in world.askers and rng.random() < 0.7 else rng.choice(world.askers)


def _peer(world: World, rng: random.Random, number: Any) -> str:
    if rng.random() < 0.85:
        rows = [row for _, row in world.networks if row.provider_id == number.provider_id]
        if rows:
            return _inside(rng, rng.choice(rows))
    others = [row.ipaddress for row in world.providers_ips if row.ipaddress]
    return rng.choice([*others, "203.0.113.99", "2001:db8:dead::1"])


def _inside(rng: random.Random, row: Any) -> str:
    if row.prefix_length is None:
        return str(row.ipaddress)
    network = ip_network(f"{row.ipaddress}/{row.prefix_length}")
    return str(network[rng.randrange(min(network.num_addresses, 2**32))])


def _by_number(world: World, provider_ids: list[int], digits: str) -> list[Any]:
    number = world.pool.get(digits)
    first = [key for key in provider_ids if number and number.provider_id == key]
    return [world.get("providers", key) for key in first or provider_ids]


def _delivered(rng: random.Random, sender: Any, digits: str) -> str:
    if sender is None:
        return rng.choice(["", "+"]) + digits
    written = as_written(sender.number_format_in, sender.country, digits)
    return rng.choice([written, "+" + digits])


def _caller(world: World, rng: random.Random) -> str:
    if rng.random() < 0.1:
        return ""
    return rng.choice(world.clients).number if rng.random() < 0.3 else e164(rng)


def _carried_route(world: World, rng: random.Random, server: Any) -> str:
    if rng.random() < 0.5:
        return ""
    here = [row for row in world.gates if row.serverid == server.id]
    mine = [row for row in world.endpoints if row.server_id == server.id]
    if (here or mine) and rng.random() < 0.6:
        devices = [f"e{row.id}" for row in mine]
        return rng.choice([*(f"g{row.id}.{rng.choice('NCPA')}" for row in here), *devices])
    gate, device = rng.choice(world.gates), rng.choice(world.endpoints)
    group, emergency = rng.choice(world.ring_groups), rng.choice(world.emergency_routes)
    return rng.choice(
        [
            f"g{gate.id}.{rng.choice('NCPA')}",
            f"e{device.id}",
            f"r{group.id}",
            f"r{group.id}.e{device.id}",
            f"m{emergency.id}",
            f"s{server.id}",
            f"t6.g{gate.id}.A",
            "g9999.A",
            "a1.C",
        ]
    )
