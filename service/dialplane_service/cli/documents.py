"""The wire's messages as objects for ``--json``: names in snake_case, nothing rounded.

Words of enums come without their prefix, ``null`` for "unspecified". Instants are RFC 3339 text in
UTC, 64-bit integers are integers, money is text. An absent message is ``null``.
"""

from typing import Any, Final, Protocol

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message

from dialplane.routing.v1.caller_pb2 import Presentation, PresentedCaller
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.target_pb2 import DialplanLocation, LocationKind, Target
from dialplane.routing.v1.tier_pb2 import Tier
from dialplane.routing.v1.trace_pb2 import Basis, Candidate, DropReason, RatePrice, Step

Document = dict[str, Any]
_UNSPECIFIED: Final = "UNSPECIFIED"


class _Enum(Protocol):
    """An enum of the generated code."""

    DESCRIPTOR: EnumDescriptor


class _Ending(Protocol):
    """A refusal, or the end of the search."""

    q850_cause: int
    sip_status: int
    detail: str


def word(enum: _Enum, value: int) -> str | None:
    """An enum's word without the prefix of all; a value that this version does not know, as digits."""
    known = enum.DESCRIPTOR.values_by_number
    if value not in known:
        return str(value)
    prefix: str = known[0].name.removesuffix(_UNSPECIFIED)
    name: str = known[value].name.removeprefix(prefix)
    return None if name == _UNSPECIFIED else name


def instant(message: Message, field: str) -> str | None:
    """An instant; ``None``: it is not set."""
    if not message.HasField(field):
        return None
    text: str = getattr(message, field).ToJsonString()
    return text


def number(message: Number) -> Document | None:
    """A number: its kind and digits."""
    kind = message.WhichOneof("kind")
    if kind is None:
        return None
    digits = "" if kind == "anonymous" else getattr(message, kind)
    return {"kind": kind.upper(), "digits": digits}


def tier(value: int) -> str | None:
    """A tier's word."""
    return word(Tier, value)


def money(message: Message, field: str) -> Document | None:
    """An amount; ``None``: it is not set."""
    if not message.HasField(field):
        return None
    value = getattr(message, field)
    return {"currency_code": value.currency_code, "amount": value.amount}


def ending(message: _Ending, reason: str | None) -> Document:
    """A refusal, or the end of the search."""
    return {
        "reason": reason,
        "q850_cause": message.q850_cause,
        "sip_status": message.sip_status,
        "detail": message.detail,
    }


def presented_caller(message: PresentedCaller) -> Document:
    """What the next leg shows of the caller."""
    return {
        "number": message.number,
        "name": message.name,
        "asserted_identity": message.asserted_identity,
        "diversion": message.diversion,
        "presentation": word(Presentation, message.presentation),
    }


def location(message: DialplanLocation) -> Document:
    """A place in the dialplan."""
    return {
        "name": message.name,
        "kind": word(LocationKind, message.kind),
        "context": message.context,
        "extension": message.extension,
        "priority": message.priority,
    }


def target(message: Target) -> Document:
    """A target: its id, its kind, and what the kind says."""
    kind = message.WhichOneof("kind")
    document: Document = {"target_id": message.target_id, "kind": kind and kind.upper()}
    if kind == "location":
        return document | location(message.location)
    if kind == "external_number":
        return document | {"number": number(message.external_number.number)}
    if kind is not None:
        inner: Message = getattr(message, kind)
        document |= {name.name: getattr(inner, name.name) for name in inner.DESCRIPTOR.fields}
    return document


def step(message: Step) -> Document:
    """A rule that was looked at."""
    return {"rule": message.rule, "finding": message.finding, "row": message.row or None}


def candidate(message: Candidate) -> Document:
    """A route that was considered; ``rank`` 0: dropped for ``drop_reason``."""
    return {
        "rank": message.rank,
        "route_id": message.route_id,
        "provider": message.provider,
        "tier": tier(message.tier),
        "dial_string": message.dial_string,
        "caller_number": message.caller_number,
        "priority": message.priority,
        "row": message.row,
        "detail": message.detail,
        "drop_reason": word(DropReason, message.drop_reason),
        **rate_price(message),
        "expected_margin": money(message, "expected_margin"),
    }


def rate_price(message: Candidate | RatePrice) -> Document:
    """What a rate deck says of a number; ``null`` where it says nothing."""
    priced = message.HasField("price_per_minute")
    return {
        "rate_deck": message.rate_deck or None,
        "rate_row": message.rate_row or None,
        "matched_prefix": message.matched_prefix or None,
        "destination": message.destination or None,
        "price_per_minute": money(message, "price_per_minute"),
        "connect_fee": money(message, "connect_fee"),
        "first_increment_s": message.first_increment_s if priced else None,
        "next_increment_s": message.next_increment_s if priced else None,
        "minimum_s": message.minimum_s if priced else None,
        "converted_price_per_minute": money(message, "converted_price_per_minute"),
        "expected_cost": money(message, "expected_cost"),
    }


def basis(message: Basis) -> Document:
    """What candidates were ranked by."""
    return {
        "routing_plan": message.routing_plan or None,
        "strategies": list(message.strategies),
        "demands": list(message.demands),
        "expected_duration_s": message.expected_duration_s,
        "base_currency": message.base_currency,
        "rate_table_version": message.rate_table_version or None,
        "own_prices": [
            {"number": own.number} | rate_price(own.price) for own in message.own_prices
        ],
    }
