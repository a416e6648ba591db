"""Routes to a number outside: every provider with every address or gate, in configured priority."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dialplane_service.domain.answers import PresentedCaller
from dialplane_service.domain.barring import barring_rule
from dialplane_service.domain.kinds import ReachedBy, Tier
from dialplane_service.domain.numbers import written
from dialplane_service.domain.records import Gate, PoolNumber, Provider
from dialplane_service.domain.route_ids import ProviderRouteId
from dialplane_service.domain.routes.caller_id import (
    ChosenNumber,
    choose_number,
    own_numbers,
    presented_to_provider,
    wanted_number,
)
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_address, at_gate
from dialplane_service.domain.routes.option import Reached, RouteOption
from dialplane_service.domain.trace import DropReason

IGNORE_FORWARDING = "i"
"""Dial's option: a provider's 302 must not make us call where it likes, at our cost."""

Refusal = tuple[DropReason, str]
"""Why no route of a provider may be used, and the sentence that says so."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """The leg to one number outside: what all providers have in common."""

    context: RouteContext
    number: str
    configured_target: int | None
    tier: Tier
    wanted: str
    own: tuple[PoolNumber, ...]
    barred: Refusal | None


class _Way(NamedTuple):
    """One address or gate of a provider."""

    letter: str
    row_id: int
    row: str
    reached: Reached
    caller: PresentedCaller


def provider_routes(
    context: RouteContext, number: str, configured_target: int | None = None
) -> list[RouteOption]:
    """Every candidate for a number outside, the eligible ones in the order they are to be tried.

    Order: the provider's priority, then its id; gates of the asking server before others; then row id.
    A barred number has no eligible route, whatever classified it. Cost grows with the number of
    providers' addresses and gates.
    """
    leg = _Leg(
        context,
        number,
        configured_target,
        context.query.tier or (context.account.default_tier if context.account else Tier.CLI),
        wanted_number(context),
        own_numbers(context),
        _barred(context, number),
    )
    return [
        option
        for provider in context.data.providers_by_priority
        for option in _of_provider(leg, provider)
    ]


def _barred(context: RouteContext, number: str) -> Refusal | None:
    rule = barring_rule(context.data, context.account, number)
    if not rule.barred:
        return None
    return DropReason.PREFIX_BLOCKED, f"calls to {rule.prefix}… are barred"


def tier_prefix(provider: Provider, tier: Tier) -> str | None:
    """The tariff prefix that buys a tier; ``None``: the provider does not sell it.

    A provider without any prefix has one tier, which serves every request.
    """
    if has_one_tier(provider):
        return ""
    if tier is Tier.NON_CLI:
        return provider.noncli_prefix
    return provider.cli_prefix if tier is Tier.CLI else provider.premcli_prefix


def has_one_tier(provider: Provider) -> bool:
    """Whether the provider sells no tier by a prefix."""
    return not (provider.noncli_prefix or provider.cli_prefix or provider.premcli_prefix)


def number_for_provider(provider: Provider, prefix: str, number: str) -> str:
    """The number as it is sent: [+][tariff prefix]NUMBER; "+" never stands before a tariff prefix."""
    text = written(number, provider.number_format_out, provider.country)
    plus = "+" if provider.append_plus and not prefix and text == number else ""
    return f"{plus}{prefix}{text}"


def provider_refusal(provider: Provider, tier: Tier | None, prefix: str | None) -> Refusal | None:
    """Why the provider cannot carry a leg of the tier at all; ``None``: it can."""
    if not provider.enabled:
        return DropReason.PROVIDER_DISABLED, "the provider is switched off"
    if not provider.carries_outgoing:
        return DropReason.CARRIES_NO_OUTGOING, "the provider only rents out numbers"
    if prefix is None:
        return DropReason.TIER_NOT_OFFERED, f"the provider does not sell {tier}"
    return None


def _of_provider(leg: _Leg, provider: Provider) -> Iterator[RouteOption]:
    prefix = tier_prefix(provider, leg.tier)
    refusal = leg.barred or provider_refusal(provider, leg.tier, prefix)
    chosen = choose_number(provider, leg.wanted, leg.own)
    sent = number_for_provider(provider, prefix or "", leg.number)
    route_tier = None if has_one_tier(provider) else leg.tier
    for way in _ways(leg, provider, chosen, sent):
        name = ProviderRouteId(way.letter, way.row_id, route_tier, leg.configured_target)
        reached = way.reached
        if refusal is not None:
            reached = reached._replace(drop_reason=refusal[0], detail=refusal[1])
        yield RouteOption(
            str(name) if way.letter else "",
            way.row,
            reached,
            way.caller,
            dial_options=IGNORE_FORWARDING,
            ring_timeout_s=provider.ring_timeout_s,
            provider=provider.providername,
            provider_id=provider.id,
            tier=leg.tier,
            priority=provider.priority,
        )


def _ways(leg: _Leg, provider: Provider, chosen: ChosenNumber, sent: str) -> Iterator[_Way]:
    """The addresses or gates by which the provider is reached; where there is none, why.

    A login/password provider (its own number must be presented) is reached by the presented
    number's gate where that number has one, and not at all while that gate is switched off.
    """
    context = leg.context
    caller = presented_to_provider(context, provider, chosen.digits)
    number = chosen.pool_number
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
                yield _Way("a", address.id, f"providers_ips#{address.id}", reached, caller)
        if not found:
            yield _no_way(provider, DropReason.NO_ADDRESS, "no outgoing address", caller)
        return
    gates = _one_per_peer(context, rows, forced)
    for gate in gates:
        shown = caller if gate.cid_support else presented_to_provider(context, provider, "")
        yield _Way("g", gate.id, f"gates#{gate.id}", at_gate(context, gate, sent), shown)
    if not gates:
        yield _no_way(provider, DropReason.NO_GATE, "no gate that is switched on", caller)


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
