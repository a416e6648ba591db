"""What ClassifyCall has to answer, written plainly from the contract, the article and the decisions."""

from dataclasses import dataclass
from typing import Any

from tests.generated.calls import Call
from tests.generated.world import World

CAUSES = {
    "IMPOSSIBLE_NUMBER": 28,
    "UNKNOWN_NUMBER": 1,
    "NUMBER_DISABLED": 1,
    "NUMBER_OUT_ONLY": 1,
    "PEER_ADDRESS_UNKNOWN": 21,
    "NO_DESTINATION": 31,
    "UNKNOWN_ENDPOINT": 21,
    "ENDPOINT_DISABLED": 21,
    "ACCOUNT_DISABLED": 21,
    "DESTINATION_BARRED": 21,
    "UNKNOWN_EXTENSION": 1,
    "SISTER_ADDRESS_UNKNOWN": 21,
    "SISTER_CALL_ID_MISSING": 21,
    "SECOND_HOP": 25,
    "CARRIED_ROUTE_UNKNOWN": 25,
    "SERVER_UNREACHABLE": 27,
}
SIP = {1: 404, 21: 403, 25: 404, 27: 502, 28: 484, 31: 480}


@dataclass
class Decision:
    """An expected answer. `reason` set: a refusal; else `targets`, as (id, kind, name)."""

    call_class: str = "UNSPECIFIED"
    targets: tuple[tuple[str, str, str], ...] = ()
    reason: str = ""
    account: str = ""
    called: tuple[str, str] | None = None
    caller: str = ""

    @property
    def cause(self) -> int:
        """The Q.850 cause of the refusal."""
        return CAUSES[self.reason] if self.reason else 0


def decide(world: World, call: Call) -> Decision:
    """Decide what the call is."""
    if call.origin == "provider":
        return _from_provider(world, call)
    if call.origin == "sister":
        return _from_sister(world, call)
    return _from_endpoint(world, call)


def _from_provider(world: World, call: Call) -> Decision:
    decision = Decision(caller=call.caller)
    peer = call.peer
    if call.forwarded and world.trusts(call.server, call.peer):
        peer = call.forwarded
    if call.meant[0] != "e164":
        return _refuse(decision, "IMPOSSIBLE_NUMBER")
    decision.called = call.meant
    return _rented(world, call, decision, peer=peer)


def _from_sister(world: World, call: Call) -> Decision:
    decision = Decision()
    sisters = [
        row
        for row in world.servers
        if row.enabled and row.id != call.server.id and row.ipaddress == call.peer
    ]
    if not sisters:
        return _refuse(decision, "SISTER_ADDRESS_UNKNOWN")
    if not call.call_id:
        return _refuse(decision, "SISTER_CALL_ID_MISSING")
    if call.meant[0] == "nothing":
        return _refuse(decision, "IMPOSSIBLE_NUMBER")
    decision.caller, decision.called = call.caller, call.meant
    decision.account = call.account if call.account in world.account else ""
    if call.route_id in ("", f"s{call.server.id}"):
        return _rented(world, call, decision, forward=False)
    if call.route_id.startswith("m") and len(call.meant[1]) <= 8:
        decision.called = ("emergency", call.meant[1])
    if not can_dial(world, call.server, call.route_id):
        return _refuse(decision, "CARRIED_ROUTE_UNKNOWN")
    if call.account not in ("", *world.account) and call.route_id[:1] in "gt":
        return _refuse(decision, "ACCOUNT_DISABLED")
    decision.targets = ((f"c.{call.route_id}", "carried_route", call.route_id),)
    decision.call_class = "CARRIED_ROUTE"
    return decision


def _from_endpoint(world: World, call: Call) -> Decision:
    name = call.forwarding or call.endpoint
    device = world.first(
        "endpoints", lambda row: (row.server_id, row.endpointname) == (call.server.id, name)
    )
    account = world.get("accounts", device.account_id) if device else None
    decision = Decision(account=account.accountname if account else "")
    decision.caller = (device.caller_id if device else "") or (account and account.caller_id) or ""
    kind, digits = call.meant
    if kind == "emergency":
        decision.called = call.meant
        decision.call_class, decision.targets = "EMERGENCY", (("m", "emergency", digits),)
        return decision
    if device is None or account is None:
        return _refuse(decision, "UNKNOWN_ENDPOINT")
    if not device.enabled:
        return _refuse(decision, "ENDPOINT_DISABLED")
    if not account.enabled:
        return _refuse(decision, "ACCOUNT_DISABLED")
    if kind == "nothing":
        return _refuse(decision, "IMPOSSIBLE_NUMBER")
    if kind == "feature":
        return _feature(world, decision, account, digits)
    if kind == "extension":
        return _extension(world, decision, account, digits)
    decision.called = call.meant
    if digits in world.pool:
        return _rented(world, call, decision, clients=False, own="ON_NET")
    if world.barred(account, digits):
        return _refuse(decision, "DESTINATION_BARRED")
    decision.call_class, decision.targets = "OUTGOING", (("n", "external_number", digits),)
    return decision


def _feature(world: World, decision: Decision, account: Any, code: str) -> Decision:
    decision.called = ("feature_code", code)
    for owner in (account.id, None):
        row = world.first(
            "dialplan_locations",
            lambda row, owner=owner: (row.account_id, row.feature_code) == (owner, code),
        )
        if row is not None:
            decision.call_class, decision.targets = "FEATURE", (location(row),)
            return decision
    return _refuse(decision, "UNKNOWN_EXTENSION")


def _extension(world: World, decision: Decision, account: Any, digits: str) -> Decision:
    decision.called = ("extension", digits)
    device = world.first(
        "endpoints", lambda row: (row.account_id, row.extension) == (account.id, digits)
    )
    if device is None:
        if len(digits) >= 7:
            decision.called = None
            return _refuse(decision, "IMPOSSIBLE_NUMBER")
        return _refuse(decision, "UNKNOWN_EXTENSION")
    if not device.enabled:
        return _refuse(decision, "NO_DESTINATION")
    target = (f"e{device.id}", "endpoint", device.endpointname)
    decision.call_class, decision.targets = "INTERNAL", (target,)
    return decision


def _rented(
    world: World,
    call: Call,
    decision: Decision,
    *,
    peer: str | None = None,
    forward: bool = True,
    clients: bool = True,
    own: str = "INCOMING",
) -> Decision:
    number = world.pool.get(call.meant[1])
    if number is None:
        return _refuse(decision, "UNKNOWN_NUMBER")
    if not number.enabled:
        return _refuse(decision, "NUMBER_DISABLED")
    if number.direction == "OUT":
        return _refuse(decision, "NUMBER_OUT_ONLY")
    if peer is not None and number.provider_id not in world.senders(peer):
        return _refuse(decision, "PEER_ADDRESS_UNKNOWN")
    owner = world.get("accounts", number.account_id)
    if owner is not None and not owner.enabled:
        return _refuse(decision, "ACCOUNT_DISABLED")
    if owner is not None:
        decision.account = decision.account or owner.accountname
    if number.echotest:
        decision.call_class, decision.targets = "ECHO_TEST", (("echo", "echo_test", ""),)
        return decision
    if number.server_id != call.server.id:
        if not forward:
            return _refuse(decision, "SECOND_HOP")
        there = world.get("servers", number.server_id)
        path = world.path_to(there)
        if path is None:
            return _refuse(decision, "SERVER_UNREACHABLE")
        decision.call_class, decision.targets = "FORWARD", ((f"s{there.id}", "server", path),)
        return decision
    return _destination(world, decision, number, clients, own)


def _destination(
    world: World, decision: Decision, number: Any, clients: bool, own: str
) -> Decision:
    client = world.first(
        "clients", lambda row: (row.account_id, row.number) == (number.account_id, decision.caller)
    )
    found: list[tuple[str, str, str]] = []
    if clients and client is not None:
        rows = [row for row in world.client_targets if row.client_id == client.id]
        for row in sorted(rows, key=lambda row: row.position):
            found += usable(world, row.target_id)
        own = "INCOMING_CLIENT" if found else own
    found = found or usable(world, number.target_id)
    if not found:
        return _refuse(decision, "NO_DESTINATION")
    if any(kind == "external_number" for _, kind, _ in found):
        decision.account = world.get("accounts", number.account_id).accountname
    decision.call_class, decision.targets = own, tuple(found)
    return decision


def usable(world: World, target_id: int | None) -> list[tuple[str, str, str]]:
    """The configured target, if it leads anywhere now."""
    row = world.get("targets", target_id)
    if row is None:
        return []
    if row.kind == "ENDPOINT":
        device = world.get("endpoints", row.endpoint_id)
        return [(f"e{device.id}", "endpoint", device.endpointname)] if device.enabled else []
    if row.kind == "RING_GROUP":
        group = world.get("ring_groups", row.ring_group_id)
        alive = group.enabled and any(device.enabled for device in members(world, group.id))
        return [(f"r{group.id}", "ring_group", group.groupname)] if alive else []
    if row.kind == "LOCATION":
        return [location(world.get("dialplan_locations", row.location_id))]
    account = world.get("accounts", row.account_id)
    if row.number in world.pool or not account.enabled or world.barred(account, row.number):
        return []
    return [(f"t{row.id}", "external_number", row.number)]


def location(row: Any) -> tuple[str, str, str]:
    """The target of a place in the dialplan."""
    return (f"l{row.id}", "queue" if row.kind == "QUEUE" else "location", row.locationname)


def members(world: World, group_id: int) -> list[Any]:
    """The devices of a ring group, in order."""
    rows = [row for row in world.ring_group_members if row.ring_group_id == group_id]
    return [
        world.get("endpoints", row.endpoint_id)
        for row in sorted(rows, key=lambda row: row.position)
    ]


def can_dial(world: World, server: Any, route_id: str) -> bool:
    """Whether the server itself dials what a sister server chose."""

    def here(row_id: str) -> bool:
        device = world.get("endpoints", int(row_id))
        return bool(device and device.enabled and device.server_id == server.id)

    parts = route_id.split(".")
    if parts[0].startswith("t") and len(parts) == 3 and parts[0][1:].isdigit():
        known = world.get("targets", int(parts.pop(0)[1:])) is not None
        return known and can_dial(world, server, ".".join(parts))
    letter, number = parts[0][:1], parts[0][1:]
    if not number.isdigit() or int(number) > 9_999_999_999:
        return False
    if letter == "g" and len(parts) == 2 and parts[1] in set("NCPA"):
        gate = world.get("gates", int(number))
        return bool(gate and gate.enabled and gate.serverid == server.id)
    if letter == "e" and len(parts) == 1:
        return here(number)
    if letter == "r" and len(parts) == 2 and parts[1][:1] == "e":
        return here(parts[1][1:])
    if letter == "r" and len(parts) == 1:
        rows = [row for row in world.ring_group_members if row.ring_group_id == int(number)]
        return any(here(str(row.endpoint_id)) for row in rows)
    if letter == "m" and len(parts) == 1:
        row = world.get("emergency_routes", int(number))
        gate = world.get("gates", row.gate_id) if row else None
        return bool(gate and gate.serverid == server.id)
    return False


def _refuse(decision: Decision, reason: str) -> Decision:
    decision.reason, decision.call_class, decision.targets = reason, "UNSPECIFIED", ()
    return decision
