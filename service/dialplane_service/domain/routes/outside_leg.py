"""A leg to a number outside: what all providers that might carry it have in common."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from dialplane_service.domain.barring import barring_rule
from dialplane_service.domain.caller_id.over_provider import (
    caller_id_over,
    caller_id_over_gate,
    comes_from_abroad,
)
from dialplane_service.domain.caller_id.question import (
    CallerIdOutcome,
    CallerIdQuestion,
    DropToTier,
    Presentable,
    Refused,
    Restricted,
)
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.records import Gate, Provider
from dialplane_service.domain.routes.caller_id import (
    diversion,
    leaves_again,
    own_numbers,
    wanted_number,
)
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.trace import DropReason, Refusal

_NOTHING: Final = Presentable("")


@dataclass(frozen=True, slots=True)
class OutsideLeg:
    """The leg: E.164 ``number`` in the ``tier`` asked for. ``caller_id``: what is to be shown of the caller."""

    context: RouteContext
    number: str
    configured_target: int | None
    tier: Tier
    plan: RoutingPlan
    caller_id: CallerIdQuestion


class Shown(NamedTuple):
    """What a leg shows over one provider, and the tier in which it is sent to show that.

    ``withheld``: why no number may be shown, where the plan lets the leg go without; empty: one may.
    """

    number: Presentable
    presentation: Presentation
    tier: Tier
    diversion: str = ""
    withheld: str = ""


def outside_leg(context: RouteContext, number: str, configured_target: int | None) -> OutsideLeg:
    """The leg to a number outside, paid by the account of the question."""
    account, plan = context.account, context.plan
    tier = context.query.tier or (account.default_tier if account else Tier.CLI)
    question = CallerIdQuestion(
        number,
        wanted_number(context),
        own_numbers(context),
        leaves_again(context),
        plan.caller_id_fallback,
        context.data.caller_id_rules,
    )
    return OutsideLeg(context, number, configured_target, tier, plan, question)


def barred(leg: OutsideLeg) -> Refusal | None:
    """Why nobody may carry the leg; ``None``: it may be carried."""
    rule = barring_rule(leg.context.data, leg.context.account, leg.number)
    if not rule.barred:
        return None
    return DropReason.PREFIX_BLOCKED, f"calls to {rule.prefix}… are barred"


def shown_over(leg: OutsideLeg, provider: Provider) -> Shown | Refusal:
    """What the leg shows over the provider, or why it may not go over it."""
    return _shown(leg, provider, caller_id_over(leg.caller_id, provider))


def shown_over_gate(
    leg: OutsideLeg, provider: Provider, shown: Shown, gate: Gate
) -> Shown | Refusal:
    """The same over one gate of the provider, which may show its own number whatever we present."""
    if gate.cid_support or shown.withheld:
        return shown
    number = leg.context.data.number.get(gate.numbers_pool_id)
    return _shown(leg, provider, caller_id_over_gate(leg.caller_id, provider, number))


def _shown(leg: OutsideLeg, provider: Provider, outcome: CallerIdOutcome) -> Shown | Refusal:
    if isinstance(outcome, Refused):
        return DropReason.CALLER_ID_NOT_ALLOWED, outcome.detail
    if isinstance(outcome, Restricted):
        return Shown(_NOTHING, Presentation.RESTRICTED, leg.tier, withheld=outcome.detail)
    presentation, through = leg.context.query.caller.presentation, diversion(leg.context)
    if comes_from_abroad(leg.caller_id, provider, through):
        through = ""
    if isinstance(outcome, DropToTier):
        return Shown(_NOTHING, presentation, outcome.tier, through, outcome.detail)
    return Shown(outcome, presentation, leg.tier, through)
