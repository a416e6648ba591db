"""Amounts in columns: decimal text as it came, nothing rounded, with the points below each other."""

from collections.abc import Sequence

from dialplane.routing.v1.money_pb2 import Money


def money(amount: Money) -> str:
    """An amount with its currency; nothing where there is none."""
    return f"{amount.amount} {amount.currency_code}" if amount.amount else ""


def below_each_other(amounts: Sequence[str]) -> list[str]:
    """The amounts with zeros at the end and spaces in front, so that they can be compared at a glance."""
    parts = [amount.partition(".") for amount in amounts]
    most = max((len(decimals) for _, _, decimals in parts), default=0)
    filled = [
        f"{whole}.{decimals.ljust(most, '0')}" if whole and most else whole
        for whole, _, decimals in parts
    ]
    longest = max(map(len, filled), default=0)
    return [amount and amount.rjust(longest) for amount in filled]
