"""Questions to BuildDialString: what was classified before, and how far the call has come."""

import random
from dataclasses import dataclass, replace
from typing import Any

from tests.generated.calls import e164
from tests.generated.world import World

NAMES = ("", "Anna", "Анна Иванова", "Søren", "A. B. O'Neill-Smith")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question, before it is written in any protocol. `tried` are route ids in order."""

    server: Any
    account: Any
    endpoint: Any
    called: tuple[str, str]
    target_ids: tuple[str, ...]
    caller: str = ""
    name: str = ""
    presentation: str = "ALLOWED"
    tier: str = ""
    tried: tuple[str, ...] = ()
    dial_status: str = ""
    q850_cause: int = 0
    sip_status: int = 0
    ringing_spent_ms: int = 0
    call_id: str = "call"
    unique_id: str = "1.1"

    @property
    def dialled(self) -> str:
        """The digits first dialled."""
        return self.called[1]

    def but(self, **changes: Any) -> "Ask":
        """The same question with something changed."""
        return replace(self, **changes)


def first_ask(world: World, rng: random.Random) -> Ask:
    """A question about the first attempt."""
    server = rng.choice(world.askers)
    account = rng.choice([*world.accounts, None])
    mine = [row for row in world.endpoints if row.server_id == server.id]
    if account is not None and rng.random() < 0.8:
        mine = [row for row in mine if row.account_id == account.id]
    endpoint = rng.choice(mine) if mine and rng.random() < 0.7 else None
    called, targets = _targets(world, rng, server)
    return Ask(
        server=server,
        account=account,
        endpoint=endpoint,
        called=called,
        target_ids=targets,
        caller=rng.choice(["+" + e164(rng), ""]) if endpoint is None else rng.choice(["", "201"]),
        name=rng.choice(NAMES),
        presentation=rng.choice(["ALLOWED"] * 4 + ["RESTRICTED", "UNAVAILABLE"]),
        tier=rng.choice(["", "", "NON_CLI", "CLI", "PREMIUM_CLI"]),
        call_id=f"c{rng.getrandbits(64):x}",
        unique_id=f"{rng.getrandbits(48)}.{rng.getrandbits(20)}",
    )


def good_ask(world: World, rng: random.Random) -> Ask:
    """A question that certainly has an answer to dial: a user of acme calls somebody outside."""
    return Ask(
        server=world.server["asterisk-macomnet"],
        account=world.account["acme"],
        endpoint=world.get("endpoints", 1),
        called=("e164", "7916" + "".join(rng.choices("0123456789", k=7))),
        target_ids=("n",),
        tier="CLI",
        call_id=f"c{rng.getrandbits(64):x}",
        unique_id=f"{rng.getrandbits(48)}.{rng.getrandbits(20)}",
    )


def _targets(world: World, rng: random.Random, server: Any) -> Any:
    what = rng.random()
    if what < 0.55:
        return ("e164", e164(rng)), ("n",)
    if what < 0.63:
        return ("emergency", rng.choice(world.emergency_routes).number), ("m",)
    if what < 0.73:
        device = rng.choice(world.endpoints)
        return ("extension", device.extension), (f"e{device.id}",)
    rented = ("e164", rng.choice(world.numbers_pool).number)
    if what < 0.83:
        return rented, (_carried(world, rng, server),)
    known = [
        *(f"e{row.id}" for row in world.endpoints),
        *(f"r{row.id}" for row in world.ring_groups),
        *(f"l{row.id}" for row in world.dialplan_locations),
        *(f"s{row.id}" for row in world.servers),
        "t6",
        "t23",
        "t28",
        "echo",
        "e9999",
        "l9999",
    ]
    return rented, tuple(rng.sample(known, k=rng.choice([1, 1, 2, 3, 10])))


def _carried(world: World, rng: random.Random, server: Any) -> str:
    gates = [row for row in world.gates if row.serverid == server.id and row.enabled]
    devices = [row for row in world.endpoints if row.server_id == server.id]
    choices = ["c.g9999.A", "c.nothing", "c.s2"]
    choices += [f"c.g{row.id}.{rng.choice('NCPA')}" for row in gates]
    choices += [f"c.t6.g{row.id}.A" for row in gates[:1]]
    choices += [f"c.e{row.id}" for row in devices]
    choices += [f"c.r{row.ring_group_id}" for row in world.ring_group_members]
    choices += [f"c.r{row.ring_group_id}.e{row.endpoint_id}" for row in world.ring_group_members]
    choices += [f"c.m{row.id}" for row in world.emergency_routes[:3]]
    return rng.choice(choices)
