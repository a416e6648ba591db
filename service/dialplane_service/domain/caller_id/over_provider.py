"""Which number a leg presents over one provider, or what becomes of the leg there."""

from dialplane_service.domain.caller_id.allowed import allowed_numbers
from dialplane_service.domain.caller_id.question import (
    CallerIdOutcome,
    CallerIdQuestion,
    DropToTier,
    Presentable,
    Refused,
    Restricted,
)
from dialplane_service.domain.kinds import CallerIdFallback, Tier
from dialplane_service.domain.records import PoolNumber, Provider


def caller_id_over(question: CallerIdQuestion, provider: Provider) -> CallerIdOutcome:
    """The first number that both the provider and the law let the leg present, else the plan's fallback.

    Two rules: a call that comes into a country over a provider of another country carries no number of
    that country; and where the law forbids substitution, only a number of the caller's own is presented.
    A provider that puts a number of its own in place of the caller's substitutes it.
    """
    any_number = provider.cli_allowed and provider.dynamic_calls and question.wanted
    if not any_number and provider.id in question.own_by_provider:
        return _first(question, provider)
    # Most of a leg's providers differ in nothing else, so they need not be looked at one by one.
    default = None if any_number else provider.dynamic_calls_caller_id
    alike = (provider.country, any_number, default, not provider.noncli_prefix)
    found = question.found.get(alike)
    if found is None:
        found = question.found[alike] = _first(question, provider)
    return found


def _first(question: CallerIdQuestion, provider: Provider) -> CallerIdOutcome:
    why = ""
    for number, is_callers in allowed_numbers(question, provider):
        objection = _objection(question, provider, number.digits, is_callers=is_callers)
        if objection is None:
            return number
        why = why or objection
    return _instead(question, provider, why)


def caller_id_over_gate(
    question: CallerIdQuestion, provider: Provider, gate_number: PoolNumber | None
) -> CallerIdOutcome:
    """What becomes of the leg over a gate that shows its own number, whatever we present.

    ``gate_number``: the rented number that the gate is of, against which the rules are held. Where it
    may not be shown, the gate is not used: the tier is bought of a provider, not of one of its gates.
    """
    digits = gate_number.number if gate_number is not None else ""
    is_callers = bool(digits) and (
        digits == question.wanted or (not question.leaves_again and gate_number in question.own)
    )
    objection = _objection(question, provider, digits, is_callers=is_callers)
    if objection is None:
        return Presentable("")
    if question.fallback is CallerIdFallback.RESTRICT:
        return Restricted(objection)
    return Refused(objection)


def _instead(question: CallerIdQuestion, provider: Provider, why: str) -> CallerIdOutcome:
    """What the plan wants when no number can be presented. A provider of one tier sells no NON_CLI."""
    if question.fallback is CallerIdFallback.RESTRICT:
        return Restricted(why)
    if question.fallback is CallerIdFallback.NON_CLI:
        if provider.noncli_prefix:
            return DropToTier(Tier.NON_CLI, why)
        return Refused(f"{why}, and the provider does not sell {Tier.NON_CLI}")
    return Refused(why)


def comes_from_abroad(question: CallerIdQuestion, provider: Provider, digits: str) -> bool:
    """Whether the call would carry a number of the called country into it from another country."""
    return question.is_of_called_country(digits) and provider.country != question.called_country


def _objection(
    question: CallerIdQuestion, provider: Provider, digits: str, *, is_callers: bool
) -> str | None:
    """Why the leg may not present the number; ``None``: it may. Empty digits: the provider's own number."""
    if comes_from_abroad(question, provider, digits):
        country = question.called_country
        return f"a call into {country} from abroad must not carry a number of {country}"
    if not is_callers and (rule := question.forbidden_by) is not None:
        countries = f"{rule.caller_country or 'anywhere'} to {rule.called_country or 'anywhere'}"
        return f"from {countries} only the caller's own number may be shown (caller_id_rules#{rule.id})"
    return None
