"""The whole service over unix sockets in this process; only the database's ports are fakes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc_status import rpc_status

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.channel_pb2 import LEG_CALLED, Channel
from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    EndpointOrigin,
    ProviderOrigin,
)
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.record_channel_pb2 import CHANNEL_EVENT_CREATED, RecordChannelRequest
from dialplane_service.bootstrap import Database, serve
from dialplane_service.config import Config
from dialplane_service.rpc.serving import Bound, StopRequests
from tests.domain.world import article_world
from tests.fakes.call_reader import FakeCallReader
from tests.fakes.channel_recorder import FakeChannelRecorder
from tests.fakes.database_inspector import FakeDatabaseInspector
from tests.fakes.decision_rows_reader import FakeDecisionRowsReader
from tests.fakes.quality_store import FakeQualityStore
from tests.fakes.rate_deck_store import FakeExchangeRateStore, FakeRateDeckStore
from tests.fakes.rate_rows_reader import open_no_rate_rows

if TYPE_CHECKING:
    from google.rpc.status_pb2 import Status

ROUTING = "/dialplane.routing.v1.RoutingService/"
INSTANT = Timestamp(seconds=1_772_366_400, nanos=123_456_000)


@dataclass
class Harness:
    """A running service, its fakes and a channel to each of its listeners."""

    config: Config
    rows: FakeDecisionRowsReader
    recorder: FakeChannelRecorder
    calls: FakeCallReader
    inspector: FakeDatabaseInspector
    quality: FakeQualityStore
    stops: StopRequests
    routing: grpc.aio.Channel
    admin: grpc.aio.Channel
    task: "asyncio.Task[bool]"

    async def stop(self) -> bool:
        """Stop the service; whether everything was finished."""
        self.stops.request()
        return await self.task


@asynccontextmanager
async def running(folder: Path, *, away: bool = False, **settings: Any) -> AsyncIterator[Harness]:
    config = Config.model_validate(
        {
            "listen": f"unix:{folder}/r",
            "admin_listen": f"unix:{folder}/a",
            "database_url": "mysql://nobody@localhost/nothing",
            "data_file": folder / "decision-data",
            "poll_interval_s": 0.05,
            "quality_interval_s": 0,
            **settings,
        }
    )
    rows = FakeDecisionRowsReader(article_world().data().rows)
    rows.away = away
    recorder, calls, inspector = FakeChannelRecorder(), FakeCallReader(), FakeDatabaseInspector()
    quality = FakeQualityStore()
    quality.away = away

    @asynccontextmanager
    async def fake_database(_: Config) -> AsyncIterator[Database]:
        yield Database(
            rows,
            recorder,
            calls,
            inspector,
            FakeRateDeckStore(),
            FakeExchangeRateStore(),
            quality,
            open_no_rate_rows,
        )

    stops = StopRequests()
    listening: asyncio.Future[Bound] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(config, stops, listening.set_result, open_database=fake_database)
    )
    await asyncio.wait([task, listening], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    async with (
        grpc.aio.insecure_channel(str(config.listen)) as routing,
        grpc.aio.insecure_channel(str(config.admin_listen)) as admin,
    ):
        yield Harness(
            config, rows, recorder, calls, inspector, quality, stops, routing, admin, task
        )
    stops.request()
    stops.request()
    await task


@dataclass(frozen=True)
class Failure:
    """What a client sees of an error."""

    code: grpc.StatusCode
    message: str
    info: ErrorInfo | None
    violations: dict[str, str]


async def failure(call: Any) -> Failure:
    """Await a call that must fail."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return described(error)
    raise AssertionError(f"it answered {answer}")


def described(error: grpc.aio.AioRpcError) -> Failure:
    status: Status | None = rpc_status.from_call(error)  # type: ignore[arg-type]
    info, violations = None, {}
    for detail in status.details if status is not None else ():
        if detail.Is(ErrorInfo.DESCRIPTOR):
            assert info is None, "exactly one ErrorInfo"
            info = ErrorInfo()
            detail.Unpack(info)
        else:
            request = BadRequest()
            assert detail.Unpack(request)
            violations = {item.field: item.description for item in request.field_violations}
            assert len(violations) == len(request.field_violations)
    return Failure(error.code(), error.details() or "", info, violations)


def changed(message: Any, **fields: Any) -> Any:
    """A copy with other fields; ``None`` clears one, a dotted name goes deeper (``a__b``)."""
    copy = type(message)()
    copy.CopyFrom(message)
    for path, value in fields.items():
        *way, name = path.split("__")
        place: Message = copy
        for step in way:
            place = getattr(place, step)
        place.ClearField(name)
        if isinstance(value, Message):
            getattr(place, name).CopyFrom(value)
        elif isinstance(value, list):
            getattr(place, name).extend(value)
        elif value is not None:
            setattr(place, name, value)
    return copy


CHANNEL = Channel(unique_id="msk-1772366400.1", linked_id="msk-1772366400.1", name="SIP/x-1")
FROM_USER = ClassifyCallRequest(
    server="asterisk-macomnet",
    channel=CHANNEL,
    dialled="74957777777",
    caller=Caller(number="101", name="Ann"),
    endpoint=EndpointOrigin(endpoint="acme-101"),
)
FROM_PROVIDER = ClassifyCallRequest(
    server="asterisk-macomnet",
    channel=CHANNEL,
    dialled="74957777777",
    provider=ProviderOrigin(peer_address="192.0.2.1"),
)
DIAL = BuildDialStringRequest(
    call_id="c1",
    decided_at=INSTANT,
    server="asterisk-macomnet",
    called=Number(e164="74957777777"),
    target_ids=["n"],
    attempt=1,
)
CREATED = RecordChannelRequest(
    server="asterisk-macomnet",
    channel=CHANNEL,
    event=CHANNEL_EVENT_CREATED,
    occurred_at=INSTANT,
    call_id="c1",
    leg=LEG_CALLED,
    attempt=1,
    route_id="g8",
)
ENDED = HangupRequest(
    server="asterisk-macomnet", channel=CHANNEL, occurred_at=INSTANT, call_id="c1", leg=LEG_CALLED
)
