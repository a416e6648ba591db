"""Asks the domain what the service would ask it, with as few words as a test needs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.domain.addresses import address
from dialplane_service.domain.answers import Classification, Dial, DialAnswer
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import (
    AttemptOutcome,
    CallerAsReceived,
    CallQuery,
    DialQuery,
    FromEndpoint,
    FromProvider,
    FromSister,
    Origin,
    Presentation,
)
from dialplane_service.domain.rates.no_rates import NoRates
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.domain.trace import Candidate, DropReason
from tests.domain.world import World

HERE, SISTER = "asterisk-macomnet", "asterisk-msm"
HERE_ADDRESS, SISTER_ADDRESS = "212.5.126.1", "89.208.16.1"
WESTCALL_ADDRESS, IPPORT_ADDRESS = "195.94.225.2", "89.208.190.8"
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
SETTINGS = RoutingSettings()
Held = TypeVar("Held")
SUBJECT = Number(NumberKind.E164, "74957777777")


class Source(Generic[Held]):
    """Decision data, or a rate table, that is always there."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def current(self) -> Held:
        return self._held


class StoppedClock:
    """It is always the same instant."""

    def now(self) -> datetime:
        return NOW


def caller(text: str = "", **changes: Any) -> CallerAsReceived:
    return CallerAsReceived(text, **changes)


def anonymous(text: str = "79031112233") -> CallerAsReceived:
    return CallerAsReceived(text, "Anna", Presentation.RESTRICTED)


def classify(
    world: World,
    dialled: str,
    origin: Origin,
    *,
    caller_number: str = "79265550000",
    server: str = HERE,
    **query: Any,
) -> Classification:
    """The classification of a call."""
    call = CallQuery(server, "1700000000.1", dialled, caller(caller_number), origin, **query)
    return ClassifyCall(Source(world.data()), StoppedClock())(call)


def from_endpoint(world: World, dialled: str, device: str = "acme-101", **query: Any) -> Any:
    return classify(world, dialled, FromEndpoint(device), **query)


def from_provider(world: World, dialled: str, peer: str = WESTCALL_ADDRESS, **query: Any) -> Any:
    return classify(world, dialled, FromProvider(address(peer)), **query)


def from_sister(
    world: World,
    dialled: str,
    route_id: str = "",
    account: str = "",
    *,
    peer: str = SISTER_ADDRESS,
    call_id: str = "carried-1",
    **query: Any,
) -> Any:
    origin = FromSister(address(peer), route_id, account)
    return classify(world, dialled, origin, call_id=call_id, **query)


def query(*target_ids: str, called: Number | str = SUBJECT, **changes: Any) -> DialQuery:
    """A first attempt for the targets, of a caller that owns no number, to be explained."""
    number = Number(NumberKind.E164, called) if isinstance(called, str) else called
    base = DialQuery("call-1", NOW, HERE, "", number, target_ids, CallerAsReceived())
    return replace(base, **{"explain": True, **changes})


def context(
    data: DecisionData | World, asked: DialQuery, account: str = "", endpoint: str = ""
) -> RouteContext:
    known = data.data() if isinstance(data, World) else data
    server = known.server_by_name[asked.server]
    payer = known.account_by_name.get(account or asked.account)
    device = known.endpoint_by_name.get((server.id, endpoint or asked.endpoint))
    return RouteContext(known, server, payer, device, asked)


def answer(
    world: World | DecisionData, asked: DialQuery, settings: RoutingSettings = SETTINGS
) -> DialAnswer:
    """What BuildDialString decides."""
    return next_step(context(world, asked), settings)


def dial(world: World | DecisionData, asked: DialQuery) -> Dial:
    """The same where it must be something to dial."""
    found = answer(world, asked).answer
    assert isinstance(found, Dial), found
    return found


def candidates(world: World | DecisionData, asked: DialQuery) -> dict[str, Candidate]:
    """Every candidate by its row."""
    return {candidate.row: candidate for candidate in answer(world, asked).candidates}


def dial_strings(world: World | DecisionData, asked: DialQuery) -> list[str]:
    """The dial strings of the eligible candidates, in order."""
    return [item.dial_string for item in answer(world, asked).candidates if not item.drop_reason]


def drop_reasons(world: World | DecisionData, asked: DialQuery) -> dict[str, DropReason]:
    """Why each dropped row is dropped."""
    return {
        row: item.drop_reason for row, item in candidates(world, asked).items() if item.drop_reason
    }


def next_query(asked: DialQuery, route_id: str, outcome: AttemptOutcome, rang_ms: int = 0) -> Any:
    """What the host asks after an attempt."""
    return replace(
        asked,
        attempt=asked.attempt + 1,
        tried_route_ids=(*asked.tried_route_ids, route_id),
        last_outcome=outcome,
        ringing_spent_ms=asked.ringing_spent_ms + rang_ms,
    )


async def build(world: World, asked: DialQuery) -> DialAnswer:
    """The use case itself."""
    return await BuildDialString(Source(world.data()), Source(NoRates()), SETTINGS)(asked)
