"""``admin.v1``'s ``RatesService``."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from dialplane.admin.v1.rates_service_pb2 import (
    ActivateDeckRequest,
    ActivateDeckResponse,
    DiffDecksRequest,
    DiffDecksResponse,
    ExportDeckRequest,
    ExportDeckResponse,
    GetDeckRequest,
    GetDeckResponse,
    GetRateTableRequest,
    GetRateTableResponse,
    ListDecksRequest,
    ListDecksResponse,
    RollbackDeckRequest,
    RollbackDeckResponse,
    UploadDeckRequest,
    UploadDeckResponse,
)
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceServicer
from dialplane_service.application.activate_deck import ActivateDeck
from dialplane_service.application.diff_decks import DiffDecks
from dialplane_service.application.errors import FieldViolation, InvalidRequestError
from dialplane_service.application.export_deck import ExportDeck
from dialplane_service.application.get_deck import GetDeck
from dialplane_service.application.get_rate_table import GetRateTable
from dialplane_service.application.list_decks import ListDecks
from dialplane_service.application.ports import Clock
from dialplane_service.application.rollback_deck import RollbackDeck
from dialplane_service.application.upload_deck import Part, UploadDeck
from dialplane_service.domain.rate_decks import RemovedChunk
from dialplane_service.rpc.conversion import rates as conversion
from dialplane_service.rpc.conversion.rate_table import to_rate_table_response
from dialplane_service.rpc.errors import DeadlineExceededError
from dialplane_service.rpc.validation import rates as validation

IDLE_SECONDS: Final = 60.0
"""How long an upload may stand still: less than a loading deck may be left alone."""


@dataclass(frozen=True, slots=True)
class RateDeckUseCases:
    """What the service does."""

    upload: UploadDeck
    list: ListDecks
    get: GetDeck
    export: ExportDeck
    diff: DiffDecks
    activate: ActivateDeck
    rollback: RollbackDeck
    rate_table: GetRateTable


class RatesServicer(RatesServiceServicer):
    """Loads, shows and switches rate decks."""

    def __init__(self, use_cases: RateDeckUseCases, clock: Clock) -> None:
        self._use_cases = use_cases
        self._clock = clock

    async def UploadDeck(  # noqa: N802
        self,
        request_iterator: AsyncIterator[UploadDeckRequest],
        context: Any,  # noqa: ANN401, ARG002
    ) -> UploadDeckResponse:
        """See the proto."""
        requests = request_iterator.__aiter__()
        first = await _next(requests)
        if first is None or first.WhichOneof("part") != "header":
            raise InvalidRequestError(FieldViolation("header", "must come first"))
        validation.validate_header(first.header)
        header = conversion.to_header(first.header)
        uploaded = await self._use_cases.upload(header, _parts(requests, merge=header.merge))
        return conversion.to_upload_response(uploaded)

    async def ListDecks(  # noqa: N802
        self,
        request: ListDecksRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ListDecksResponse:
        """See the proto."""
        validation.validate_list_decks(request)
        owner = conversion.to_owner(request.owner) if request.HasField("owner") else None
        decks = await self._use_cases.list(owner, include_retired=request.include_retired)
        return ListDecksResponse(decks=conversion.to_deck_messages(decks))

    async def GetDeck(  # noqa: N802
        self,
        request: GetDeckRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> GetDeckResponse:
        """See the proto."""
        deck = await self._use_cases.get(request.deck_id)
        return GetDeckResponse(deck=conversion.to_deck_message(deck))

    async def ExportDeck(  # noqa: N802
        self,
        request: ExportDeckRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> AsyncIterator[ExportDeckResponse]:
        """See the proto."""
        validation.validate_export_deck(request)
        async for chunk in self._use_cases.export(request.deck_id, request.prefix):
            yield ExportDeckResponse(rows=conversion.to_rows_message(chunk))

    async def DiffDecks(  # noqa: N802
        self,
        request: DiffDecksRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> DiffDecksResponse:
        """See the proto."""
        changes = await self._use_cases.diff(request.old_deck_id, request.new_deck_id)
        return DiffDecksResponse(changes=conversion.to_changes_message(changes))

    async def ActivateDeck(  # noqa: N802
        self,
        request: ActivateDeckRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ActivateDeckResponse:
        """See the proto."""
        deck = await self._use_cases.activate(request.deck_id)
        return ActivateDeckResponse(deck=conversion.to_deck_message(deck))

    async def RollbackDeck(  # noqa: N802
        self,
        request: RollbackDeckRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> RollbackDeckResponse:
        """See the proto."""
        deck = await self._use_cases.rollback(request.deck_id)
        return RollbackDeckResponse(deck=None if deck is None else conversion.to_deck_message(deck))

    async def GetRateTable(  # noqa: N802
        self,
        request: GetRateTableRequest,  # noqa: ARG002 - it has no fields
        context: Any,  # noqa: ANN401, ARG002
    ) -> GetRateTableResponse:
        """See the proto."""
        return to_rate_table_response(await self._use_cases.rate_table(), self._clock.now())


async def _parts(requests: AsyncIterator[UploadDeckRequest], *, merge: bool) -> AsyncIterator[Part]:
    last, count = validation.FIRST_PLACE, 0
    while (request := await _next(requests)) is not None:
        match request.WhichOneof("part"):
            case "rows":
                last = validation.validate_rows(request.rows, last)
                count += len(request.rows.rates)
                if request.rows.rates:
                    yield conversion.to_chunk(request.rows)
            case "removed":
                validation.validate_removed(request.removed)
                if not merge:
                    raise InvalidRequestError(FieldViolation("removed", "is for merges only"))
                yield RemovedChunk(list(request.removed.prefixes))
            case "end":
                if request.end.rate_count != count:
                    raise InvalidRequestError(
                        FieldViolation("end.rate_count", f"must be {count}, which have come")
                    )
                return
            case _:
                raise InvalidRequestError(FieldViolation("part", "must be rows, removed or end"))
    # gRPC tells a caller that was killed from one that is done no better than this.
    raise InvalidRequestError(FieldViolation("end", "must come last"))


async def _next(requests: AsyncIterator[UploadDeckRequest]) -> UploadDeckRequest | None:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await anext(requests, None)
    except TimeoutError:
        raise DeadlineExceededError(f"nothing came for {IDLE_SECONDS:g} s") from None
