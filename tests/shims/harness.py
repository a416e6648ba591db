"""What the fixtures of the shims' tests hand out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from dialplane.routing.v1 import routing_service_pb2_grpc as service
from dialplane_shims.agi import Agi
from tests.shims.fake_asterisk import Channel, Session

ROOT = Path(__file__).parents[2]


@dataclass
class FakeService(service.RoutingServiceServicer):
    """A RoutingService that gives prepared replies, or runs prepared functions."""

    replies: dict[str, Any] = field(default_factory=dict)
    requests: list[Message] = field(default_factory=list)

    def _reply(self, rpc: str, request: Message, context: grpc.ServicerContext) -> Any:
        self.requests.append(request)
        reply = self.replies[rpc]
        return reply(request, context) if callable(reply) else reply

    def ClassifyCall(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._reply("ClassifyCall", request, context)

    def BuildDialString(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._reply("BuildDialString", request, context)

    def RecordChannel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._reply("RecordChannel", request, context)

    def Hangup(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._reply("Hangup", request, context)


@dataclass
class RunningService:
    """A threaded gRPC server on a loopback port."""

    fake: FakeService
    target: str

    @property
    def requests(self) -> list[Message]:
        return self.fake.requests


@dataclass
class Ran:
    """What a shim's process did."""

    code: int
    stderr: str
    seconds: float
    channel: Channel
    commands: list[bytes]


@dataclass
class Pair:
    """An AGI session in this process: the shim's end, and Asterisk's."""

    agi: Agi
    session: Session


def shim_environment(folder: Path, targets: str, **environment: str) -> dict[str, str]:
    """The environment of a shim's process: nothing of this one's but where the packages are."""
    return {
        "PYTHONPATH": f"{ROOT}/shims:{ROOT}/protos/python",
        "DIALPLANE_SPOOL": str(folder / "spool"),
        "DIALPLANE_SHIMS_CONFIG": str(ROOT / "tests/shims/empty.toml"),
        "DIALPLANE_AGENT_SOCKET": "",
        # Patient, so that a busy machine does not change what becomes of a step; the tests of the
        # deadlines ask for the real ones.
        "DIALPLANE_DECISION_DEADLINE": "10",
        "DIALPLANE_EVENT_DEADLINE": "10",
        **({"DIALPLANE_TARGETS": targets} if targets else {}),
        **environment,
    }


Serve = Callable[..., RunningService]
RunProcess = Callable[..., Ran]
OpenPair = Callable[..., Pair]
