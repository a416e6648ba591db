"""Which numbers a provider lets a leg present, the one to be preferred first (the article's rules).

``cli_allowed`` N: the provider's own number; Y with ``dynamic_calls`` N: a number of the provider's own
pool, ``dynamic_calls_caller_id`` by default; Y with Y: any.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dialplane_service.domain.caller_id.question import CallerIdQuestion, Presentable
from dialplane_service.domain.caller_id.sticky import sticky_order
from dialplane_service.domain.records import PoolNumber, Provider


class AllowedNumber(NamedTuple):
    """A number that the provider would let through. ``is_callers``: it is the caller's own."""

    number: Presentable
    is_callers: bool


def allowed_numbers(question: CallerIdQuestion, provider: Provider) -> Iterator[AllowedNumber]:
    """The numbers that the provider lets the leg present; at least one, which may be none at all.

    The wanted number comes first. Of the account's others a provider with a login, which presents its
    own number only, gets the one with the lowest id; any other the one that the called party always sees.
    """
    if provider.cli_allowed and provider.dynamic_calls:
        return _any(question, provider)
    return _of_its_pool(question, provider)


def _any(question: CallerIdQuestion, provider: Provider) -> Iterator[AllowedNumber]:
    if not question.wanted:
        yield _put_by(question, provider)
        return
    yield AllowedNumber(Presentable(question.wanted), is_callers=True)
    for row in question.own_in_sticky_order:
        if row.number != question.wanted:
            yield AllowedNumber(Presentable(row.number), not question.leaves_again)


def _of_its_pool(question: CallerIdQuestion, provider: Provider) -> Iterator[AllowedNumber]:
    rows = question.own_by_provider.get(provider.id, ())
    if not provider.cli_allowed:
        rows = tuple(row for row in rows if row.direction.takes_out)
    rest: list[PoolNumber] = []
    for row in rows:
        if row.number == question.wanted:
            yield AllowedNumber(Presentable(row.number, row), is_callers=True)
        else:
            rest.append(row)
    for row in sticky_order(question.called, rest) if provider.cli_allowed else rest:
        yield AllowedNumber(Presentable(row.number, row), not question.leaves_again)
    yield _put_by(question, provider)


def _put_by(question: CallerIdQuestion, provider: Provider) -> AllowedNumber:
    """What the provider puts when we have no number for it: its default for us, or what it likes."""
    digits = provider.dynamic_calls_caller_id or ""
    return AllowedNumber(Presentable(digits), bool(digits) and digits == question.wanted)
