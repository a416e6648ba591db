"""Uploads over a real server: what only a program gets wrong is told by field, and leaves no deck."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import grpc
import pytest

from dialplane.admin.v1.exchange_rates_service_pb2 import (
    ExchangeRate,
    ListExchangeRatesRequest,
    SetExchangeRatesRequest,
)
from dialplane.admin.v1.exchange_rates_service_pb2_grpc import ExchangeRatesServiceStub
from dialplane.admin.v1.rate_pb2 import (
    DECK_STATE_READY,
    DeckOwner,
    Rate,
    RateHours,
    RateRows,
    RateStep,
    RateTerms,
)
from dialplane.admin.v1.rates_service_pb2 import (
    ActivateDeckRequest,
    ExportDeckRequest,
    GetDeckRequest,
    ListDecksRequest,
    RemovedPrefixes,
    RollbackDeckRequest,
    UploadDeckRequest,
    UploadEnd,
    UploadHeader,
)
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from tests.rpc.harness import INSTANT, Harness, changed, failure, running

HEADER = UploadHeader(owner=DeckOwner(provider="Voxbeam"), currency_code="USD", source="a.csv")
TERMS = RateTerms(connect_fee="0.1", first_increment_s=60, next_increment_s=1)
RATE = Rate(prefix="7495", destination="Moscow", price_per_minute="0.0097")
ROWS = RateRows(terms=[TERMS], rates=[RATE])


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    async with running(tmp_path_factory.mktemp("s")) as harness:
        yield harness


def requests(*parts: Any) -> Iterable[UploadDeckRequest]:
    for part in parts:
        match part:
            case UploadHeader():
                yield UploadDeckRequest(header=part)
            case RateRows():
                yield UploadDeckRequest(rows=part)
            case RemovedPrefixes():
                yield UploadDeckRequest(removed=part)
            case UploadEnd():
                yield UploadDeckRequest(end=part)
            case _:
                yield UploadDeckRequest()


async def upload(service: Harness, *parts: Any) -> Any:
    return await RatesServiceStub(service.admin).UploadDeck(requests(*parts))


async def test_an_upload_becomes_a_deck(service: Harness) -> None:
    stub = RatesServiceStub(service.admin)
    later = RateRows(terms=[TERMS], rates=[changed(RATE, prefix="7496")])
    answer = await upload(service, HEADER, ROWS, later, UploadEnd(rate_count=2))
    assert (answer.deck.rate_count, answer.deck.state) == (2, DECK_STATE_READY)
    deck_id = answer.deck.deck_id
    assert not answer.deck.in_force
    assert (await stub.ActivateDeck(ActivateDeckRequest(deck_id=deck_id))).deck.in_force
    assert (await stub.GetDeck(GetDeckRequest(deck_id=deck_id))).deck.name == answer.deck.name
    rows = [answer.rows async for answer in stub.ExportDeck(ExportDeckRequest(deck_id=deck_id))]
    assert [rate.prefix for part in rows for rate in part.rates] == ["7495", "7496"]
    assert rows[0].terms[0] == TERMS
    assert not (await stub.RollbackDeck(RollbackDeckRequest(deck_id=deck_id))).HasField("deck")


BAD = [
    ((ROWS,), "header"),
    ((None,), "header"),
    ((), "header"),
    ((HEADER, HEADER), "part"),
    ((changed(HEADER, owner=None),), "header.owner"),
    ((changed(HEADER, owner__provider="x" * 51),), "header.owner.provider"),
    ((changed(HEADER, currency_code="usd"),), "header.currency_code"),
    ((changed(HEADER, tier=9),), "header.tier"),
    ((changed(HEADER, valid_from=INSTANT, valid_to=INSTANT),), "header.valid_to"),
    ((HEADER, ROWS, ROWS), "rows.rates[0].prefix"),
    ((HEADER, changed(ROWS, rates=[changed(RATE, prefix="7x")])), "rows.rates[0].prefix"),
    ((HEADER, changed(ROWS, rates=[changed(RATE, terms=1)])), "rows.rates[0].terms"),
    (
        (HEADER, changed(ROWS, rates=[changed(RATE, price_per_minute="-1")])),
        "rows.rates[0].price_per_minute",
    ),
    (
        (HEADER, changed(ROWS, rates=[changed(RATE, price_per_minute="1e3")])),
        "rows.rates[0].price_per_minute",
    ),
    (
        (HEADER, changed(ROWS, rates=[changed(RATE, destination="x" * 101)])),
        "rows.rates[0].destination",
    ),
    (
        (HEADER, changed(ROWS, terms=[changed(TERMS, first_increment_s=0)])),
        "rows.terms[0].first_increment_s",
    ),
    (
        (HEADER, changed(ROWS, terms=[changed(TERMS, hours=RateHours(timezone="UTC", spec="x"))])),
        "rows.terms[0].hours",
    ),
    (
        (HEADER, changed(ROWS, terms=[changed(TERMS, steps=[RateStep(price_per_minute="1")])])),
        "rows.terms[0].steps[0].increment_s",
    ),
    ((HEADER, RemovedPrefixes(prefixes=["7"])), "removed"),
    ((HEADER, ROWS), "end"),
    ((HEADER, ROWS, UploadEnd()), "end.rate_count"),
]


@pytest.mark.parametrize(("parts", "field"), BAD)
async def test_a_bad_upload(service: Harness, parts: tuple[Any, ...], field: str) -> None:
    stub = RatesServiceStub(service.admin)
    before = (await stub.ListDecks(ListDecksRequest(include_retired=True))).decks
    found = await failure(upload(service, *parts))
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert field in found.violations
    assert (await stub.ListDecks(ListDecksRequest(include_retired=True))).decks == before


async def test_a_deck_that_does_not_exist(service: Harness) -> None:
    stub = RatesServiceStub(service.admin)
    for call in (
        stub.GetDeck(GetDeckRequest(deck_id=77)),
        stub.ActivateDeck(ActivateDeckRequest(deck_id=77)),
        anext(aiter(stub.ExportDeck(ExportDeckRequest(deck_id=77)))),
    ):
        found = await failure(call)
        assert found.code is grpc.StatusCode.NOT_FOUND
        assert found.info is not None
        assert found.info.metadata["deck_id"] == "77"


async def test_a_service_that_shuts_down_takes_no_upload(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.admin.channel_ready()
        service.stops.request()
        found = await failure(upload(service, HEADER, ROWS))
        assert found.code is grpc.StatusCode.UNAVAILABLE


async def test_exchange_rates(service: Harness) -> None:
    stub = ExchangeRatesServiceStub(service.admin)
    rate = ExchangeRate(currency_code="USD", valid_from=INSTANT, rate="0.862")
    await stub.SetExchangeRates(SetExchangeRatesRequest(rates=[rate]))
    assert list((await stub.ListExchangeRates(ListExchangeRatesRequest())).rates) == [rate]
    for bad, field in (
        (changed(rate, rate="0"), "rates[0].rate"),
        (changed(rate, rate="1e3"), "rates[0].rate"),
        (changed(rate, currency_code="US"), "rates[0].currency_code"),
        (changed(rate, currency_code="EUR"), "rates[0].currency_code"),
    ):
        found = await failure(stub.SetExchangeRates(SetExchangeRatesRequest(rates=[bad])))
        assert field in found.violations
    twice = SetExchangeRatesRequest(rates=[rate, changed(rate, rate="0.9")])
    found = await failure(stub.SetExchangeRates(twice))
    assert "rates[1].valid_from" in found.violations
