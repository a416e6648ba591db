"""Destinations that an account may not call."""

from dataclasses import dataclass

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.records import Account


@dataclass(frozen=True, slots=True)
class BarringRule:
    """The rule that decides; ``prefix`` empty: none fits, so the destination is open."""

    prefix: str
    barred: bool


def barring_rule(data: DecisionData, account: Account | None, digits: str) -> BarringRule:
    """The rule with the longest prefix of the number; of two equal ones the account's own.

    At most 16 look-ups (one per digit of E.164 and the empty prefix), each for the account and for all.
    """
    barred = data.barred
    if not barred:
        return BarringRule("", barred=False)
    account_id = account.id if account is not None else None
    for length in range(len(digits), -1, -1):
        prefix = digits[:length]
        decision = barred.get((account_id, prefix))
        if decision is None:
            decision = barred.get((None, prefix))
        if decision is not None:
            return BarringRule(prefix, decision)
    return BarringRule("", barred=False)
