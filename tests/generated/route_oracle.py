"""Which routes a call has, in order, written plainly from the article, the contract and the decisions."""

from dataclasses import dataclass, field
from typing import Any

from tests.generated.asks import Ask
from tests.generated.caller_id_oracle import CallerIds, ShownNumber
from tests.generated.classify_oracle import can_dial, members
from tests.generated.world import World, as_written

TECHNOLOGY = {"SIP": "SIP", "IAX2": "IAX2", "H323": "OOH323"}
LETTERS = {"NON_CLI": "N", "CLI": "C", "PREMIUM_CLI": "P"}
PREFIXES = {"NON_CLI": "noncli_prefix", "CLI": "cli_prefix", "PREMIUM_CLI": "premcli_prefix"}
KNOWN_EMERGENCY = {"RU": {"112", "101", "102", "103", "01", "02", "03"}, "GB": {"112", "999"}}


@dataclass
class Route:
    """One route that can be dialled, or a place in the dialplan (`location`)."""

    route_id: str
    dial_string: str = ""
    provider: Any = None
    tier: str = ""
    number: str = ""
    name: str = ""
    asserted: str = ""
    diversion: str = ""
    presentation: str = "ALLOWED"
    sent: str = ""
    via: str = ""
    options: str = ""
    timeout: int = 60
    location: Any = None


@dataclass
class Routes:
    """The routes of one question, of each target, with what the parts have in common."""

    world: World
    ask: Ask
    wanted: str = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = self._wanted()

    def of(self, target: str) -> list[Route]:
        """The routes of a target, in the order in which they are tried."""
        world, ask = self.world, self.ask
        letter, row_id = target[:1], target[1:]
        if target == "n":
            return self._outside(ask.dialled) if ask.called[0] == "e164" else []
        if target == "m":
            return self._emergency()
        if target == "echo":
            return [Route("echo", location=("echo_test", "service", "echo_test", 1))]
        if target.startswith("c."):
            return self._carried(target[2:])
        if not row_id.isdigit():
            return []
        if letter == "e":
            return self._device(int(row_id), target)
        if letter == "r":
            return self._group(int(row_id))
        if letter == "s":
            return self._to_server(world.get("servers", int(row_id)), target)
        if letter == "l":
            row = world.get("dialplan_locations", int(row_id))
            place = row and (row.locationname, row.context, row.extension, row.priority)
            return [Route(target, location=place)] if row else []
        row = world.get("targets", int(row_id)) if letter == "t" else None
        return self._outside(row.number, f"{target}.") if row and row.number else []

    def _wanted(self) -> str:
        ask = self.ask
        if ask.endpoint is None and ask.caller:
            return readable(ask.caller)
        if ask.endpoint is not None and ask.endpoint.caller_id:
            return str(ask.endpoint.caller_id)
        if ask.account is None:
            return ""
        own = self._own()
        return ask.account.caller_id or (own[0].number if own else "")

    def _own(self) -> list[Any]:
        if self.ask.account is None:
            return []
        rows = [
            row
            for row in self.world.numbers_pool
            if row.account_id == self.ask.account.id and row.enabled
        ]
        return sorted(rows, key=lambda row: row.id)

    def _outside(self, number: str, before: str = "") -> list[Route]:
        world, ask = self.world, self.ask
        if world.barred(ask.account, number):
            return []
        wanted = ask.tier or (ask.account.default_tier if ask.account else "CLI")
        leaves_again = ask.endpoint is None and bool(ask.caller)
        ids = CallerIds(world, ask.account, number, self.wanted, self._own(), leaves_again)
        found = []
        for provider in sorted(world.providers, key=lambda row: (row.priority, row.id)):
            shown = ids.over(provider, ask.presentation, ask.dialled)
            tier = shown.tier or wanted
            prefix, one_tier = _prefix(provider, tier)
            carries = provider.enabled and provider.carries_outgoing
            if carries and prefix is not None and not shown.refused:
                end = f".{'A' if one_tier else LETTERS[tier]}"
                routes = self._of_provider(provider, ids, shown, _sent(provider, prefix, number))
                for route in routes:
                    route.route_id, route.tier = before + route.route_id + end, tier
                found += routes
        return found

    def _of_provider(
        self, provider: Any, ids: CallerIds, shown: ShownNumber, sent: str
    ) -> list[Route]:
        world, ask = self.world, self.ask
        row = shown.row
        forced = [gate for gate in world.gates if row and gate.numbers_pool_id == row.id]
        if provider.reached_by == "GATE":
            gates = [gate for gate in world.gates if _owner(world, gate) == provider.id]
        elif forced and provider.cli_allowed == "N":
            gates = forced
        else:
            rows = [row for row in world.providers_ips if row.provider_id == provider.id]
            return [
                self._showing(
                    provider, shown, f"a{row.id}", _at_address(ask.server, row, sent), sent
                )
                for row in rows
                if row.direction != "IN"
            ]
        found = []
        for gate in self._one_per_peer(gates, forced):
            here = shown if gate.cid_support == "Y" else ids.over_gate(provider, gate, shown)
            if not here.refused:
                found += self._at_gate(self._showing(provider, here, f"g{gate.id}"), gate, sent)
        return found

    def _showing(
        self,
        provider: Any,
        shown: ShownNumber,
        route_id: str,
        dial_string: str = "",
        sent: str = "",
    ) -> Route:
        digits = shown.digits
        text = as_written(provider.caller_id_format, provider.country, digits) if digits else ""
        if provider.caller_id_format == "PLUS_E164" and digits:
            text = f"+{digits}"
        return Route(
            route_id,
            dial_string,
            provider=provider,
            number=text,
            asserted=text,
            diversion=shown.diversion,
            presentation=shown.presentation,
            sent=sent,
            options="i",
            timeout=min(provider.ring_timeout_s or 60, 120),
        )

    def _one_per_peer(self, gates: list[Any], forced: list[Any]) -> list[Any]:
        here = self.ask.server.id
        ordered = sorted(
            (gate for gate in gates if gate.enabled),
            key=lambda gate: (gate.serverid != here, gate not in forced, gate.id),
        )
        peers: dict[tuple[int, str], Any] = {}
        for gate in ordered:
            peers.setdefault((gate.serverid, gate.gatename), gate)
        return list(peers.values())

    def _at_gate(self, route: Route, gate: Any, sent: str) -> list[Route]:
        if gate.serverid == self.ask.server.id:
            route.sent = sent
            route.dial_string = _at_peer(self.ask.server, gate.proto, gate.gatename, sent)
            return [route]
        return self._over(route, self.world.get("servers", gate.serverid))

    def _over(self, route: Route, there: Any) -> list[Route]:
        """Over another server's forward path: it is given the number first dialled."""
        path = self.world.path_to(there)
        if path is None or there.id == self.ask.server.id:
            return []
        route.dial_string = self._by_path(there, path)
        route.sent, route.via = self.ask.dialled, there.servername
        return [route]

    def _by_path(self, there: Any, path: str) -> str:
        if there.protocol == "SIP" and self.ask.server.sip_driver == "PJSIP":
            return f"PJSIP/{self.ask.dialled}@{there.servername}"
        return f"{path}/{self.ask.dialled}"

    def _on_net(self, route_id: str) -> Route:
        ask = self.ask
        route = Route(route_id, presentation=ask.presentation, sent=ask.dialled)
        if ask.presentation == "ALLOWED":
            route.name, route.number = ask.name, self.wanted
            if ask.endpoint is None:
                route.number = readable(ask.caller)
            elif ask.called[0] == "extension" and ask.endpoint.extension:
                route.number = ask.endpoint.extension
        return route

    def _device(self, device_id: int, route_id: str) -> list[Route]:
        device = self.world.get("endpoints", device_id)
        if device is None or not device.enabled:
            return []
        route = self._on_net(route_id)
        route.timeout = min(device.ring_timeout_s or 60, 120)
        there = self.world.get("servers", device.server_id)
        if there.id != self.ask.server.id:
            return self._over(route, there)
        route.dial_string = _device_string(there, device)
        return [route]

    def _group(self, group_id: int, *, here_only: bool = False) -> list[Route]:
        group = self.world.get("ring_groups", group_id)
        if group is None or not (group.enabled or here_only):
            return []
        devices = members(self.world, group_id)
        if group.strategy == "LINEAR" and not here_only:
            names = [f"r{group_id}.e{device.id}" for device in devices]
            pairs = zip(devices, names, strict=True)
            return [route for device, name in pairs for route in self._device(device.id, name)]
        strings: dict[str, str] = {}
        for device in devices:
            there = self.world.get("servers", device.server_id)
            here = there.id == self.ask.server.id
            path = self.world.path_to(there)
            if not device.enabled or (not here and (here_only or path is None)):
                continue
            string = _device_string(there, device) if here else self._by_path(there, path or "")
            strings.setdefault(string, "" if here else there.servername)
        if not strings:
            return []
        route = self._on_net(f"r{group_id}")
        route.dial_string = "&".join(strings)
        route.via = next((name for name in strings.values() if name), "")
        route.timeout = min(group.ring_timeout_s or 60, 120)
        return [route]

    def _to_server(self, there: Any, route_id: str) -> list[Route]:
        return self._over(self._on_net(route_id), there)

    def _emergency(self) -> list[Route]:
        ask = self.ask
        countries = [ask.server.country, ask.account.country if ask.account else None]
        known = [name for name in countries if name and ask.dialled in KNOWN_EMERGENCY[name]]
        rows = [
            row
            for row in self.world.emergency_routes
            if known
            and (row.country, row.number) == (known[0], ask.dialled)
            and row.server_id in (None, ask.server.id)
        ]
        rows.sort(key=lambda row: (row.position, row.id))
        return [route for row in rows for route in self._emergency_row(row, self.wanted)]

    def _emergency_row(self, row: Any, shown: str) -> list[Route]:
        route = Route(f"m{row.id}", number=shown, asserted=shown, timeout=120)
        digits = row.dial_number or row.number
        if row.gate_id is None:
            address = self.world.get("providers_ips", row.providers_ips_id)
            route.provider = self.world.get("providers", address.provider_id)
            route.dial_string, route.sent = _at_address(self.ask.server, address, digits), digits
            return [route]
        gate = self.world.get("gates", row.gate_id)
        route.provider = self.world.get("providers", _owner(self.world, gate))
        return self._at_gate(route, gate, digits)

    def _carried(self, route_id: str) -> list[Route]:
        world, ask = self.world, self.ask
        if not can_dial(world, ask.server, route_id):
            return []
        parts = route_id.split(".")
        if parts[0][0] == "e":
            return self._device(int(parts[0][1:]), route_id)
        if parts[0][0] == "r" and len(parts) == 2:
            return self._device(int(parts[1][1:]), route_id)
        if parts[0][0] == "r":
            return self._group(int(parts[0][1:]), here_only=True)
        if parts[0][0] == "m":
            row = world.get("emergency_routes", int(parts[0][1:]))
            return self._emergency_row(row, ask.caller)
        number = ask.dialled
        if parts[0][0] == "t":
            number = world.get("targets", int(parts.pop(0)[1:])).number or number
        gate = world.get("gates", int(parts[0][1:]))
        provider = world.get("providers", _owner(world, gate))
        tier = {letter: name for name, letter in LETTERS.items()}.get(parts[1], "")
        prefix = _prefix(provider, tier)[0] if tier else ""
        if not provider.enabled or not provider.carries_outgoing or prefix is None:
            return []
        route = Route(route_id, provider=provider, tier=tier, options="i")
        route.number = route.asserted = ask.caller
        route.presentation = ask.presentation
        route.timeout = min(provider.ring_timeout_s or 60, 120)
        return self._at_gate(route, gate, _sent(provider, prefix, number))


def readable(caller: str) -> str:
    """The caller's E.164 digits; empty: what arrived is no number."""
    digits = caller.removeprefix("+")
    plain = digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15
    return digits if plain and digits[0] != "0" else ""


def _prefix(provider: Any, tier: str) -> tuple[str | None, bool]:
    """The tariff prefix of a tier (None: not sold), and whether one tier serves all."""
    prefixes = [getattr(provider, column) for column in PREFIXES.values()]
    if not any(prefixes):
        return "", True
    return getattr(provider, PREFIXES[tier]), False


def _sent(provider: Any, prefix: str, number: str) -> str:
    text = as_written(provider.number_format_out, provider.country, number)
    if provider.strip_prefix and len(text) > len(provider.strip_prefix):
        text = text.removeprefix(provider.strip_prefix)
    text = (provider.add_prefix or "") + text
    plus = "+" if provider.append_plus and not prefix and text == number else ""
    return f"{plus}{prefix}{text}"


def _owner(world: World, gate: Any) -> int:
    return int(world.get("numbers_pool", gate.numbers_pool_id).provider_id)


def _at_peer(server: Any, proto: str, peer: str, number: str) -> str:
    if proto == "SIP" and server.sip_driver == "PJSIP":
        return f"PJSIP/{number}@{peer}"
    return f"{TECHNOLOGY[proto]}/{peer}/{number}"


def _at_address(server: Any, row: Any, number: str) -> str:
    peer = row.domainname or (f"[{row.ipaddress}]" if ":" in row.ipaddress else row.ipaddress)
    if row.port and not (row.proto == "SIP" and server.sip_driver == "PJSIP"):
        peer += f":{row.port}"
    return _at_peer(server, row.proto, peer, number)


def _device_string(server: Any, device: Any) -> str:
    if device.proto == "SIP" and server.sip_driver == "PJSIP":
        return f"PJSIP/{device.endpointname}"
    return f"{TECHNOLOGY[device.proto]}/{device.endpointname}"
