"""How each provider can carry one leg: its gates or its addresses, each a route."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from dialplane_service.domain.answers import PresentedCaller
from dialplane_service.domain.caller_id.question import Presentable
from dialplane_service.domain.kinds import ReachedBy
from dialplane_service.domain.records import Gate, Provider
from dialplane_service.domain.route_ids import ProviderRouteId
from dialplane_service.domain.routes.caller_id import presented_to_provider
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_address, at_gate
from dialplane_service.domain.routes.option import Reached, RouteOption
from dialplane_service.domain.routes.outside_leg import (
    OutsideLeg,
    Shown,
    shown_over,
    shown_over_gate,
)
from dialplane_service.domain.routes.provider_terms import (
    has_one_tier,
    number_for_provider,
    tier_prefix,
)
from dialplane_service.domain.trace import DropReason, Refusal

IGNORE_FORWARDING: Final = "i"
"""Dial's option: a provider's 302 must not make us call where it likes, at our cost."""
ALREADY_TRIED: Final = (DropReason.ALREADY_TRIED, "an earlier attempt used it")


class _Way(NamedTuple):
    """One address or gate of a provider."""

    letter: str
    row_id: int
    row: str
    reached: Reached
    caller: PresentedCaller
    withheld: str = ""


class Ways:
    """The routes of providers for one leg, each built when it is asked for and then kept."""

    __slots__ = ("_leg", "_routes")

    def __init__(self, leg: OutsideLeg) -> None:
        self._leg = leg
        self._routes: dict[int, list[RouteOption]] = {}

    def of(self, provider_id: int) -> list[RouteOption]:
        """A provider's routes in the order in which they are tried, or one that says why there is none."""
        found = self._routes.get(provider_id)
        if found is None:
            provider = self._leg.context.data.provider[provider_id]
            found = self._routes[provider_id] = list(_routes(self._leg, provider))
        return found

    def usable(self, provider_id: int) -> bool:
        """Whether the provider can carry the leg, whatever it charges."""
        return self.refusal(provider_id) is None

    def refusal(self, provider_id: int) -> Refusal | None:
        """Why it cannot: what is told of the first of its routes; ``None``: it can."""
        why: Refusal | None = None
        for route in self.of(provider_id):
            if route.drop_reason is None:
                return None
            why = why or (route.drop_reason, route.reached.detail)
        return why


def _routes(leg: OutsideLeg, provider: Provider) -> Iterator[RouteOption]:
    shown = shown_over(leg, provider)
    refusal: Refusal | None = None
    if not isinstance(shown, Shown):
        presentation = leg.context.query.caller.presentation
        refusal, shown = shown, Shown(Presentable(""), presentation, leg.tier)
    route_tier = None if has_one_tier(provider) else shown.tier
    sent = number_for_provider(provider, tier_prefix(provider, shown.tier) or "", leg.number)
    tried, full = leg.context.query.tried_route_ids, leg.context.full
    for way in _ways(leg, provider, shown, sent):
        route_id = ""
        if way.letter:
            name = ProviderRouteId(way.letter, way.row_id, route_tier, leg.configured_target)
            route_id = str(name)
        route = RouteOption(
            route_id,
            way.row,
            way.reached,
            way.caller,
            dial_options=IGNORE_FORWARDING,
            ring_timeout_s=provider.ring_timeout_s,
            provider=provider.providername,
            provider_id=provider.id,
            tier=shown.tier,
            priority=provider.priority,
            note=f"shows no number: {way.withheld}" if way.withheld else "",
        )
        if refusal is not None:
            route = route.without(*refusal)
        elif route.drop_reason is None and route_id in tried:
            route = route.without(*ALREADY_TRIED)
        elif route.drop_reason is None and route_id in full:
            route = route.without(*full[route_id])
        yield route


def _ways(leg: OutsideLeg, provider: Provider, shown: Shown, sent: str) -> Iterator[_Way]:
    """The addresses or gates by which the provider is reached; where there is none, why.

    A login/password provider (its own number must be presented) is reached by the presented
    number's gate where that number has one, and not at all while that gate is switched off.
    """
    context = leg.context
    caller = _caller(provider, shown)
    number = shown.number.pool_number
    forced = context.data.number_gates.get(number.id, ()) if number is not None else ()
    if provider.reached_by is ReachedBy.GATE:
        rows = context.data.provider_gates.get(provider.id, ())
    elif forced and not provider.cli_allowed:
        rows = forced
    else:
        found = False
        for address in context.data.provider_addresses.get(provider.id, ()):
            if address.direction.takes_out:
                found = True
                reached = at_address(context, address, sent)
                row = f"providers_ips#{address.id}"
                yield _Way("a", address.id, row, reached, caller, shown.withheld)
        if not found:
            yield _no_way(provider, DropReason.NO_ADDRESS, "no outgoing address", caller)
        return
    gates = _one_per_peer(context, rows, forced)
    for gate in gates:
        reached = at_gate(context, gate, sent)
        here = shown if gate.cid_support else shown_over_gate(leg, provider, shown, gate)
        if not isinstance(here, Shown):
            reached = reached._replace(drop_reason=here[0], detail=here[1])
            here = shown
        whose = _caller(provider, here)
        yield _Way("g", gate.id, f"gates#{gate.id}", reached, whose, here.withheld)
    if not gates:
        yield _no_way(provider, DropReason.NO_GATE, "no gate that is switched on", caller)


def _caller(provider: Provider, shown: Shown) -> PresentedCaller:
    digits, presentation = shown.number.digits, shown.presentation
    return presented_to_provider(provider, digits, presentation, shown.diversion)


def _no_way(provider: Provider, reason: DropReason, missing: str, caller: PresentedCaller) -> _Way:
    reached = Reached(drop_reason=reason, detail=f"the provider has {missing}")
    return _Way("", 0, f"providers#{provider.id}", reached, caller)


def _one_per_peer(
    context: RouteContext, rows: tuple[Gate, ...], forced: tuple[Gate, ...]
) -> list[Gate]:
    """The gates that are on, one per dial peer: those here first, then the presented number's."""
    here = context.server.id
    enabled = [gate for gate in rows if gate.enabled]
    enabled.sort(key=lambda gate: (gate.serverid != here, gate not in forced, gate.id))
    peers: dict[tuple[int, str], Gate] = {}
    for gate in enabled:
        peers.setdefault((gate.serverid, gate.gatename), gate)
    return list(peers.values())
