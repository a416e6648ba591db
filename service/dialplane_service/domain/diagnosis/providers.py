"""Providers: can calls come from them and go to them, and under which number."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import Findings, error, notice, warning
from dialplane_service.domain.kinds import NumberFormat, ReachedBy
from dialplane_service.domain.numbers import is_e164
from dialplane_service.domain.records import Provider
from dialplane_service.domain.routes.provider_terms import tier_prefix


def _subject(provider: Provider) -> str:
    return f"providers#{provider.id}"


def _carriers(data: DecisionData) -> list[Provider]:
    return [row for row in data.rows.providers if row.enabled and row.carries_outgoing]


def _prefixes(provider: Provider) -> tuple[str | None, ...]:
    return provider.noncli_prefix, provider.cli_prefix, provider.premcli_prefix


def no_carrier(data: DecisionData) -> Findings:
    """Nobody carries outgoing calls."""
    if not _carriers(data):
        yield error(
            "no_outgoing_provider",
            "providers",
            "No provider is switched on and carries outgoing calls, so no call leaves.",
            "Set enabled and carries_outgoing of a provider that sells termination.",
        )


def without_in_address(data: DecisionData) -> Findings:
    """Numbers are rented from a provider whose calls would all be refused."""
    rented: dict[int, int] = {}
    for number in data.rows.numbers:
        if number.enabled and number.direction.takes_in:
            rented[number.provider_id] = rented.get(number.provider_id, 0) + 1
    for provider in data.rows.providers:
        count = rented.get(provider.id, 0)
        if count and not data.provider_in_networks.get(provider.id):
            yield warning(
                "provider_without_in_address",
                _subject(provider),
                f"{provider.providername} rents out numbers ({count} enabled) but has no IN address:"
                " every call to them is refused as coming from an unknown peer.",
                "Add the addresses it sends from to providers_ips, with direction IN or IN/OUT.",
            )


def without_out_address(data: DecisionData) -> Findings:
    """A carrier that is reached by address and has none."""
    for provider in _carriers(data):
        if provider.reached_by is not ReachedBy.ADDRESS:
            continue
        rows = data.provider_addresses.get(provider.id, ())
        if any(row.direction.takes_out and (row.domainname or row.ipaddress) for row in rows):
            continue
        if not provider.cli_allowed and any(
            gate.enabled for gate in data.provider_gates.get(provider.id, ())
        ):
            continue  # a login/password provider, reached by the gates of its numbers
        yield warning(
            "provider_without_out_address",
            _subject(provider),
            f"{provider.providername} carries outgoing calls but has no OUT address:"
            " it is left out of every search.",
            "Add its address to providers_ips with direction OUT, set reached_by to GATE, or"
            " switch carries_outgoing off.",
        )


def without_gate(data: DecisionData) -> Findings:
    """A carrier that is reached through gates and has none."""
    for provider in _carriers(data):
        if provider.reached_by is not ReachedBy.GATE:
            continue
        if not any(gate.enabled for gate in data.provider_gates.get(provider.id, ())):
            yield warning(
                "provider_without_gate",
                _subject(provider),
                f"{provider.providername} is reached through gates but none of its numbers has one:"
                " it is left out of every search.",
                "Add a gate for one of its numbers, or set reached_by to ADDRESS.",
            )


def plus_never_written(data: DecisionData) -> Findings:
    """``append_plus`` that changes nothing: "+" is never put before a prefix or a rewritten number."""
    for provider in _carriers(data):
        if not provider.append_plus:
            continue
        if any(_prefixes(provider)):
            reason = "its tariff prefix comes first, and a + before a prefix makes no number"
        elif provider.number_format_out is not NumberFormat.E164:
            reason = f"numbers are sent to it in the form {provider.number_format_out}"
        elif provider.add_prefix:
            reason = f"its add_prefix {provider.add_prefix} stands before every number"
        else:
            continue
        yield notice(
            "provider_plus_never_written",
            _subject(provider),
            f"{provider.providername} has append_plus set, but no + is written: {reason}.",
            "Nothing needs to be done; set append_plus to 0 to say so.",
        )


def without_caller_id(data: DecisionData) -> Findings:
    """Only numbers of the provider's own pool may be presented, and there is none."""
    renting = {row.provider_id for row in data.rows.numbers if row.enabled}
    for provider in _carriers(data):
        if not provider.cli_allowed or provider.dynamic_calls or provider.dynamic_calls_caller_id:
            continue
        if provider.id not in renting:
            yield warning(
                "provider_without_caller_id",
                _subject(provider),
                f"{provider.providername} shows numbers of its own pool only, but it has no pool"
                " and no dynamic_calls_caller_id: calls leave without a number.",
                "Set dynamic_calls_caller_id, or add its numbers to numbers_pool.",
            )


def default_caller_id(data: DecisionData) -> Findings:
    """A default caller ID that the provider will probably not accept."""
    for provider in data.rows.providers:
        digits = provider.dynamic_calls_caller_id
        if digits is None or not provider.enabled:
            continue
        if not is_e164(digits):
            yield warning(
                "provider_default_caller_id_invalid",
                _subject(provider),
                f"{provider.providername} presents {digits} by default, which is no full"
                " international number.",
                "Write dynamic_calls_caller_id as E.164 digits without +.",
            )
        elif provider.cli_allowed and not provider.dynamic_calls:
            number = data.number_by_digits.get(digits)
            if number is None or number.provider_id != provider.id:
                yield notice(
                    "provider_default_caller_id_not_in_pool",
                    _subject(provider),
                    f"{provider.providername} shows numbers of its own pool only, but its default"
                    f" {digits} is not among the numbers rented from it here.",
                    "Make sure that the provider accepts it, or add it to numbers_pool.",
                )


def dynamic_calls_ignored(data: DecisionData) -> Findings:
    """``dynamic_calls`` without ``cli_allowed`` says nothing."""
    for provider in _carriers(data):
        if provider.dynamic_calls and not provider.cli_allowed:
            yield notice(
                "provider_dynamic_calls_ignored",
                _subject(provider),
                f"{provider.providername} has dynamic_calls Y but cli_allowed N, so it is treated"
                " as a provider that shows its own number only.",
                "Set cli_allowed to Y if it lets any number through, else dynamic_calls to N.",
            )


def tier_sold_by_nobody(data: DecisionData) -> Findings:
    """Accounts whose default tier no carrier sells: none of their calls leaves."""
    carriers = _carriers(data)
    if not carriers:
        return  # said once already
    sold = {
        tier: any(tier_prefix(provider, tier) is not None for provider in carriers)
        for tier in {row.default_tier for row in data.rows.accounts}
    }
    for account in data.rows.accounts:
        if account.enabled and not sold[account.default_tier]:
            yield error(
                "account_tier_not_sold",
                f"accounts#{account.id}",
                f"{account.accountname} calls with tier {account.default_tier}, which no provider"
                " sells: its calls outside find no route.",
                "Change the account's default_tier, or enter the tier's prefix at a provider.",
            )
