"""Questions to the caller-ID policy, with as few words as a test needs."""

from typing import Any

from dialplane_service.domain.caller_id.question import CallerIdQuestion
from dialplane_service.domain.kinds import CallerIdFallback, SubstitutionRule
from dialplane_service.domain.records import CallerIdRule, PoolNumber

MOSCOW, PETERSBURG, MOBILE = "74951815000", "78123330000", "79161234567"
ALMATY, LONDON, RIGA, BERLIN = "77272500000", "442079460100", "37167859001", "493023125000"
TORONTO, NEW_YORK = "14165550123", "12125550123"


def rules(**words: str) -> dict[tuple[str | None, str | None], CallerIdRule]:
    """Rules by their countries: ``rules(RU_RU="FORBIDDEN", any_GB="ALLOWED")``."""
    found = {}
    for row_id, (pair, word) in enumerate(words.items(), start=1):
        caller, called = (None if part == "any" else part for part in pair.split("_"))
        rule = SubstitutionRule(f"SUBSTITUTION_{word}")
        found[caller, called] = CallerIdRule(row_id, caller, called, rule)
    return found


RUSSIA = rules(RU_RU="FORBIDDEN")


def question(
    called: str = MOBILE, wanted: str = MOSCOW, *own: PoolNumber, **changes: Any
) -> CallerIdQuestion:
    """A leg of an account's own device, where a route that cannot show the number is dropped."""
    words: dict[str, Any] = {
        "leaves_again": False,
        "fallback": CallerIdFallback.DROP,
        "rules": {},
    }
    return CallerIdQuestion(called, wanted, own, **(words | changes))
