"""A leg to a number outside: what all providers that might carry it have in common."""

from dataclasses import dataclass
from typing import NamedTuple

from dialplane_service.domain.barring import barring_rule
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.records import PoolNumber, Provider
from dialplane_service.domain.routes.caller_id import (
    ChosenNumber,
    choose_number,
    own_numbers,
    wanted_number,
)
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.trace import DropReason, Refusal


@dataclass(frozen=True, slots=True)
class OutsideLeg:
    """The leg: E.164 ``number`` in the ``tier`` asked for. ``wanted``: what the caller would present."""

    context: RouteContext
    number: str
    configured_target: int | None
    tier: Tier
    plan: RoutingPlan
    wanted: str
    own: tuple[PoolNumber, ...]


class Shown(NamedTuple):
    """What a leg shows over one provider, and the tier in which it is sent to show that."""

    number: ChosenNumber
    presentation: Presentation
    tier: Tier


def outside_leg(context: RouteContext, number: str, configured_target: int | None) -> OutsideLeg:
    """The leg to a number outside, paid by the account of the question."""
    account = context.account
    return OutsideLeg(
        context,
        number,
        configured_target,
        context.query.tier or (account.default_tier if account else Tier.CLI),
        context.plan,
        wanted_number(context),
        own_numbers(context),
    )


def barred(leg: OutsideLeg) -> Refusal | None:
    """Why nobody may carry the leg; ``None``: it may be carried."""
    rule = barring_rule(leg.context.data, leg.context.account, leg.number)
    if not rule.barred:
        return None
    return DropReason.PREFIX_BLOCKED, f"calls to {rule.prefix}… are barred"


def shown_over(leg: OutsideLeg, provider: Provider) -> Shown | Refusal:
    """What the leg shows over the provider, or why it may not go over it: all there is of caller-ID policy."""
    chosen = choose_number(provider, leg.wanted, leg.own)
    return Shown(chosen, leg.context.query.caller.presentation, leg.tier)
