"""Where the law lets a call present another number than the caller's own: table ``caller_id_rules``."""

from collections.abc import Mapping

from dialplane_service.domain.kinds import SubstitutionRule
from dialplane_service.domain.records import CallerIdRule

Rules = Mapping[tuple[str | None, str | None], CallerIdRule]
"""By the caller's and the called number's country; ``None``: any."""


def substitution_rule(
    rules: Rules, caller_country: str | None, called_country: str | None
) -> CallerIdRule | None:
    """The rule for calls from one country to another; ``None``: no rule, substitution is allowed.

    The closest pair decides: both countries, then the caller's with any, then any with the called
    number's, then any with any. A country that is not known is met by "any" alone.
    """
    for pair in (
        (caller_country, called_country),
        (caller_country, None),
        (None, called_country),
        (None, None),
    ):
        rule = rules.get(pair)
        if rule is not None:
            return rule
    return None


def forbids(rule: CallerIdRule | None) -> bool:
    """Whether the rule forbids substitution."""
    return rule is not None and rule.rule is SubstitutionRule.SUBSTITUTION_FORBIDDEN
