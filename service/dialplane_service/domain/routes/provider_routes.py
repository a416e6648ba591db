"""Routes to a number outside: every provider with every address or gate, in configured priority."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dialplane_service.domain.kinds import ReachedBy, Tier
from dialplane_service.domain.numbers import written
from dialplane_service.domain.records import Gate, Provider, TrunkAddress
from dialplane_service.domain.route_ids import ProviderRouteId
from dialplane_service.domain.routes.caller_id import (
    ChosenNumber,
    choose_number,
    presented_to_provider,
)
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_address, at_gate
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.trace import DropReason

IGNORE_FORWARDING = "i"
"""Dial's option: a provider's 302 must not make us call where it likes, at our cost."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """One provider's leg to one number."""

    context: RouteContext
    provider: Provider
    number: str
    configured_target: int | None
    tier: Tier | None
    route_tier: Tier | None
    prefix: str
    chosen: ChosenNumber


def provider_routes(
    context: RouteContext, number: str, configured_target: int | None = None
) -> list[RouteOption]:
    """Every candidate for a number outside, the eligible ones in the order they are to be tried.

    Order: the provider's priority, then its id; gates of the asking server before others; then row id.
    Cost grows with the number of providers' addresses and gates.
    """
    options: list[RouteOption] = []
    providers = sorted(context.data.rows.providers, key=lambda row: (row.priority, row.id))
    for provider in providers:
        options.extend(_of_provider(context, provider, number, configured_target))
    return options


def tier_prefix(provider: Provider, tier: Tier) -> str | None:
    """The tariff prefix that buys a tier; ``None``: the provider does not sell it.

    A provider without any prefix has one tier, which serves every request.
    """
    prefixes = {
        Tier.NON_CLI: provider.noncli_prefix,
        Tier.CLI: provider.cli_prefix,
        Tier.PREMIUM_CLI: provider.premcli_prefix,
    }
    return prefixes[tier] if any(prefixes.values()) else ""


def number_for_provider(provider: Provider, prefix: str, number: str) -> str:
    """The number as it is sent: [+][tariff prefix]NUMBER; "+" never stands before a tariff prefix."""
    text = written(number, provider.number_format_out, provider.country)
    plus = "+" if provider.append_plus and not prefix and text == number else ""
    return f"{plus}{prefix}{text}"


def _of_provider(
    context: RouteContext, provider: Provider, number: str, configured_target: int | None
) -> Iterator[RouteOption]:
    tier = context.query.tier or (context.account.default_tier if context.account else Tier.CLI)
    prefix = tier_prefix(provider, tier)
    one_tier = not any((provider.noncli_prefix, provider.cli_prefix, provider.premcli_prefix))
    leg = _Leg(
        context,
        provider,
        number,
        configured_target,
        tier,
        None if one_tier else tier,
        prefix or "",
        choose_number(context, provider),
    )
    refusal = _provider_refusal(provider, tier, prefix)
    gates = _gates(leg)
    found = False
    if gates:
        for gate in gates:
            found = True
            yield _refused(_by_gate(leg, gate), refusal)
    elif provider.reached_by is ReachedBy.ADDRESS:
        for address in context.data.provider_addresses.get(provider.id, ()):
            if address.direction.takes_out:
                found = True
                yield _refused(_by_address(leg, address), refusal)
    if not found:
        by_gate = provider.reached_by is ReachedBy.GATE
        reason = DropReason.NO_GATE if by_gate else DropReason.NO_ADDRESS
        detail = "the provider has no gate" if by_gate else "the provider has no outgoing address"
        bare = RouteOption("", f"providers#{provider.id}", drop_reason=reason, detail=detail)
        yield _refused(_of(leg, bare), refusal)


def _provider_refusal(
    provider: Provider, tier: Tier, prefix: str | None
) -> tuple[DropReason, str] | None:
    if not provider.enabled:
        return DropReason.PROVIDER_DISABLED, "the provider is switched off"
    if not provider.carries_outgoing:
        return DropReason.CARRIES_NO_OUTGOING, "the provider only rents out numbers"
    if prefix is None:
        return DropReason.TIER_NOT_OFFERED, f"the provider does not sell {tier}"
    return None


def _refused(option: RouteOption, refusal: tuple[DropReason, str] | None) -> RouteOption:
    if refusal is None:
        return option
    return replace(option, drop_reason=refusal[0], detail=refusal[1])


def _gates(leg: _Leg) -> list[Gate]:
    """The gates to use, those of the asking server first, one per peer.

    A login/password provider (its own number must be presented) is reached by the presented
    number's gate; a provider reached through gates by any of its gates, the presented number's first.
    """
    provider, data = leg.provider, leg.context.data
    number = leg.chosen.pool_number
    forced = (
        [gate for gate in data.number_gates.get(number.id, ()) if gate.enabled] if number else []
    )
    if provider.reached_by is ReachedBy.ADDRESS:
        rows = [] if provider.cli_allowed else forced
    else:
        rows = [gate for gate in data.provider_gates.get(provider.id, ()) if gate.enabled]
    first = {gate.id for gate in forced}
    here = leg.context.server.id
    rows.sort(key=lambda gate: (gate.serverid != here, gate.id not in first, gate.id))
    return list({(gate.serverid, gate.gatename): gate for gate in reversed(rows)}.values())[::-1]


def _by_gate(leg: _Leg, gate: Gate) -> RouteOption:
    route_id = str(ProviderRouteId("g", gate.id, leg.route_tier, leg.configured_target))
    option = _of(leg, RouteOption(route_id, f"gates#{gate.id}", dial_options=IGNORE_FORWARDING))
    if not gate.cid_support:
        option = replace(option, caller=presented_to_provider(leg.context, leg.provider, ""))
    return at_gate(option, leg.context, gate, _sent(leg))


def _by_address(leg: _Leg, row: TrunkAddress) -> RouteOption:
    route_id = str(ProviderRouteId("a", row.id, leg.route_tier, leg.configured_target))
    subject = f"providers_ips#{row.id}"
    option = _of(leg, RouteOption(route_id, subject, dial_options=IGNORE_FORWARDING))
    return at_address(option, leg.context, row, _sent(leg))


def _sent(leg: _Leg) -> str:
    return number_for_provider(leg.provider, leg.prefix, leg.number)


def _of(leg: _Leg, option: RouteOption) -> RouteOption:
    return replace(
        option,
        caller=presented_to_provider(leg.context, leg.provider, leg.chosen.digits),
        provider=leg.provider.providername,
        provider_id=leg.provider.id,
        ring_timeout_s=leg.provider.ring_timeout_s,
        tier=leg.tier,
        priority=leg.provider.priority,
    )
