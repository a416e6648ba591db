"""What a provider asks for before it carries a leg: its tiers' prefixes, and how it writes numbers."""

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.numbers import written
from dialplane_service.domain.records import Provider
from dialplane_service.domain.trace import DropReason, Refusal


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
    """The number as it is sent: [+][tariff prefix]NUMBER, NUMBER as the provider wants it written.

    That is in its format, then without ``strip_prefix`` where it has one and is longer, then behind
    ``add_prefix``. "+" stands before a number that nothing changed, and never before a tariff prefix.
    """
    text = written(number, provider.number_format_out, provider.country)
    if provider.strip_prefix and text != provider.strip_prefix:
        text = text.removeprefix(provider.strip_prefix)
    text = f"{provider.add_prefix or ''}{text}"
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
