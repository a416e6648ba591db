"""Amounts of money: decimal text on the wire, never a float."""

from decimal import Decimal

from dialplane.routing.v1.money_pb2 import Money as MoneyMessage
from dialplane_service.domain.answers import Money


def to_money_message(money: Money | None) -> MoneyMessage | None:
    """Convert an amount; ``None`` leaves the field unset."""
    return None if money is None else amount_message(money.currency, money.amount)


def amount_message(currency: str, amount: Decimal | None) -> MoneyMessage | None:
    """Write an amount without exponent and without zeros at its end; ``None`` leaves the field unset."""
    if amount is None:
        return None
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return MoneyMessage(currency_code=currency, amount=text)
