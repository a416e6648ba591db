"""The RPC agrees with brute force: what is asked reaches the engine, and what it answers reaches the wire."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import grpc

from dialplane.routing.v1 import no_more_routes_pb2
from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.routing_service_pb2_grpc import (
    RoutingServiceStub,
    add_RoutingServiceServicer_to_server,
)
from dialplane.routing.v1.tier_pb2 import Tier as TierMessage
from dialplane.routing.v1.trace_pb2 import DropReason as DropReasonMessage
from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.numbers import is_e164
from dialplane_service.domain.records import Account
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.domain.trace import DropReason
from dialplane_service.rpc.begun_writes import BegunWrites
from dialplane_service.rpc.routing_servicer import RoutingServicer, RoutingUseCases
from tests.domain.world import LOADED_AT, address, provider, server
from tests.rates.engine import compiled
from tests.rates.generated import question, rates_world
from tests.rates.oracle import Answered, Asked, RatesWorld, oracle

WORLDS, QUESTIONS, ATTEMPTS = 60, 6, 3
ADDRESSES = 100
"""What a provider's only address has for id, beyond the provider's own."""
Ask = Callable[[BuildDialStringRequest], Awaitable[BuildDialStringResponse]]


class Held:
    """Both ports that a decision reads: whatever the test puts in force."""

    def __init__(self) -> None:
        self.in_force: Any = None

    def current(self) -> Any:
        return self.in_force


@asynccontextmanager
async def asking(folder: Path, data: Held, rates: Held) -> AsyncIterator[Ask]:
    """A server over a socket, and who asks it."""
    unused: Any = None
    build = BuildDialString(data, rates, RoutingSettings())
    servicer = RoutingServicer(RoutingUseCases(data, unused, build, unused, unused), BegunWrites())
    serving = grpc.aio.server()
    add_RoutingServiceServicer_to_server(servicer, serving)
    serving.add_insecure_port(f"unix:{folder}/socket")
    await serving.start()
    async with grpc.aio.insecure_channel(f"unix:{folder}/socket") as channel:
        yield RoutingServiceStub(channel).BuildDialString
    await serving.stop(None)


def data_of(world: RatesWorld, asked: Asked, version: int) -> DecisionData:
    """The world's providers, each with one address, and the one account that asks."""
    account = Account(1, "asking", True, "RU", "UTC", Tier.CLI, None, asked.tariff_id, 1)
    rows = DecisionRows(
        version=version,
        loaded_at=LOADED_AT,
        providers=tuple(
            provider(
                bidder.provider_id,
                f"p{bidder.provider_id}",
                bidder.priority,
                enabled=bidder.refusal is None,
            )
            for bidder in world.bidders
        ),
        addresses=tuple(
            address(
                ADDRESSES + bidder.provider_id,
                bidder.provider_id,
                None,
                f"p{bidder.provider_id}.example",
                "OUT",
            )
            for bidder in world.bidders
        ),
        servers=(server(1, "here", "192.0.2.1", "here"),),
        accounts=(account,),
        routing_plans=(replace(asked.plan, id=1, expected_duration_s=asked.seconds),),
        exchange_rates=tuple(world.exchange),
        quality_figures=tuple(world.figures),
    )
    return DecisionData(rows)


def request_of(asked: Asked, *, explain: bool) -> BuildDialStringRequest:
    """The question, by a call that has tried what must not be used."""
    tried = [route_of(provider_id) for provider_id in sorted(asked.without)]
    request = BuildDialStringRequest(
        call_id=asked.call_id,
        server="here",
        account="asking",
        called=Number(e164=asked.digits),
        target_ids=["n"],
        tier=TierMessage.Value(f"TIER_{asked.tier.value}"),
        attempt=len(tried) + 1,
        tried_route_ids=tried,
        explain=explain,
    )
    request.decided_at.FromDatetime(asked.at)
    if tried:
        request.last_outcome.q850_cause = 34
    return request


def route_of(provider_id: int) -> str:
    return f"a{ADDRESSES + provider_id}.A"


def answered(reply: BuildDialStringResponse) -> Answered:
    """The trace in the oracle's words; costs as they are written on the wire."""
    found = Answered([], {})
    for row in reply.trace.candidates:
        provider_id = int(row.provider[1:])
        assert row.route_id == route_of(provider_id)
        if row.rank:
            assert row.rank == len(found.routes) + 1
            priced = row.HasField("expected_cost")
            cost = Fraction(row.expected_cost.amount) if priced else None
            rate = int(row.rate_row.removeprefix("rates#")) if row.rate_row else None
            found.routes.append((provider_id, cost, rate))
        else:
            word = DropReasonMessage.Name(row.drop_reason).removeprefix("DROP_REASON_")
            found.dropped[provider_id] = DropReason(word)
            assert row.detail
    return found


def rounded(expected: Answered) -> Answered:
    """Eight decimals, half to even, as amounts are shown."""
    routes = [
        (key, None if cost is None else Fraction(round(cost * 10**8), 10**8), row)
        for key, cost, row in expected.routes
    ]
    return Answered(routes, expected.dropped)


async def walk(ask: Ask, world: RatesWorld, asked: Asked) -> int:
    """Attempts without a trace, each after the one before failed; how many there were."""
    for attempts in range(ATTEMPTS):
        expected = oracle(world, asked).routes
        reply = await ask(request_of(asked, explain=False))
        assert not reply.HasField("trace")
        if not expected:
            assert reply.WhichOneof("answer") == "no_more_routes"
            never = no_more_routes_pb2.NO_ROUTE_REASON_NO_ELIGIBLE_ROUTE
            assert (reply.no_more_routes.reason == never) is not asked.without
            return attempts
        provider_id, _, rate_id = expected[0]
        assert (reply.dial.route_id, reply.dial.rate_id) == (route_of(provider_id), rate_id or 0)
        asked = replace(asked, without=asked.without | {provider_id: DropReason.ALREADY_TRIED})
    return ATTEMPTS


async def test_the_rpc_answers_as_brute_force_does(seed: int, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    data, rates = Held(), Held()
    async with asking(tmp_path, data, rates) as ask:
        for number in range(WORLDS):
            rng = random.Random(f"{seed}/rpc/{number}")
            world = rates_world(rng)
            rates.in_force = compiled(world, tmp_path / str(number))
            for place in range(QUESTIONS):
                asked = question(rng, world)
                while not is_e164(asked.digits):
                    asked = question(rng, world)
                data.in_force = data_of(world, asked, place + 1)
                what = f"world {number}, question {place} of seed {seed}"
                expected = oracle(world, asked)
                reply = await ask(request_of(asked, explain=True))
                assert answered(reply) == rounded(expected), what
                seen.update(expected.dropped.values())
                seen["choices"] += len(expected.routes) > 1
                seen["attempts"] += await walk(ask, world, asked)
    assert seen["choices"] > 40, seen
    assert seen["attempts"] > 100, seen
    assert len(seen) > 9, seen
