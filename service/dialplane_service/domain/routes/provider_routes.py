"""Routes to a number outside: who may carry it, ranked by the account's plan, and each one's ways."""

from collections.abc import Iterator, Mapping

from dialplane_service.domain.kinds import CallerIdFallback, Tier
from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.offers import Bidder, Conditions, Leg
from dialplane_service.domain.ranking.quotes import price
from dialplane_service.domain.ranking.ranked import all_quotes, ranked
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.option import Priced, RouteOption
from dialplane_service.domain.routes.outside_leg import (
    OutsideLeg,
    Shown,
    barred,
    outside_leg,
    shown_over,
)
from dialplane_service.domain.routes.provider_terms import provider_refusal, tier_prefix
from dialplane_service.domain.routes.ways import Ways
from dialplane_service.domain.trace import Refusal


def provider_routes(
    context: RouteContext, number: str, configured_target: int | None = None
) -> Iterator[RouteOption]:
    """The routes for a number outside in the order in which they are to be tried, then those dropped.

    Providers are ranked by the account's plan, those without any deck last; a provider's ways stay
    together. A barred number has no eligible route, whatever classified it. Where the question does not
    ask to explain, what may not be used may be missing.

    All prices are looked up at once, the ways of a provider only when it is its turn.
    """
    leg = outside_leg(context, number, configured_target)
    ways = Ways(leg)
    why = barred(leg)
    if why is None:
        yield from _by_rank(leg, ways)
    elif context.query.explain:
        for provider in context.data.providers_by_priority:
            for route in ways.of(provider.id):
                yield route.without(*why)


def _by_rank(leg: OutsideLeg, ways: Ways) -> Iterator[RouteOption]:
    data, query = leg.context.data, leg.context.query
    prices, field = leg.context.market.prices, _field(leg)
    unable = _unable(field, ways) if query.explain else None
    asked = Leg(query.call_id, leg.number, query.decided_at, leg.plan.expected_duration_s)
    quotes = price(asked, field, prices, data.exchange, unable)

    def usable(place: int) -> bool:
        return ways.refusal(field.runners[place].provider_id) is None

    hopeless = {quote.bidder.provider_id for quote in field.refused} if query.explain else ()
    for quote in all_quotes(quotes, ranked(quotes, data.quality, usable)):
        if quote.refusal is not None and not query.explain:
            return
        for route in ways.of(quote.bidder.provider_id):
            # What keeps one of a provider's ways from being used counts before what its rate says.
            own = route.drop_reason is not None and quote.bidder.provider_id not in hopeless
            why = None if own else quote.refusal
            yield (route.without(*why) if why else route)._replace(priced=Priced(quotes, quote))


def _unable(field: Field, ways: Ways) -> dict[int, Refusal]:
    """Of those that carry such legs, who cannot carry this one: by provider id, why."""
    found = {}
    for bidder in (*field.runners, *field.unpriced):
        refusal = ways.refusal(bidder.provider_id)
        if refusal is not None:
            found[bidder.provider_id] = refusal
    return found


def _field(leg: OutsideLeg) -> Field:
    context, account = leg.context, leg.context.account
    fallen = _fallen(leg)
    return context.market.field(
        context.data,
        fallen,
        lambda: _bidders(leg, dict(fallen)),
        leg.plan,
        Conditions(leg.tier, account.tariff_id if account is not None else None),
        context.query.decided_at,
    )


def _bidders(leg: OutsideLeg, fallen: Mapping[int, Tier]) -> Iterator[Bidder]:
    for provider in leg.context.data.providers_by_priority:
        tier = fallen.get(provider.id, leg.tier)
        refusal = provider_refusal(provider, tier, tier_prefix(provider, tier))
        yield Bidder(provider.id, provider.priority, refusal, tier)


def _fallen(leg: OutsideLeg) -> frozenset[tuple[int, Tier]]:
    """The providers that carry the leg in another tier than it asks for, because of what it may not show."""
    if leg.plan.caller_id_fallback is not CallerIdFallback.NON_CLI:
        return frozenset()
    every = ((row.id, shown_over(leg, row)) for row in leg.context.data.providers_by_priority)
    return frozenset(
        (provider_id, shown.tier)
        for provider_id, shown in every
        if isinstance(shown, Shown) and shown.tier is not leg.tier
    )
