"""A routing service in front of the real one, whose dial instructions say more than any data makes it say yet.

Recording, a longest duration and early media are in the contract, and the dialplan carries them out;
the real service leaves them unsaid. Run as `python -m tests.lab.generous_service LISTEN TARGET DIAL`,
DIAL being what to add, as the text of a DialInstruction: `recording: RECORDING_DECISION_ON`.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import grpc
import grpc.aio
from google.protobuf import text_format
from tools.asterisk_program import REPOSITORY

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse, DialInstruction
from tests.lab.lab import Lab

_DIALLING: Final = "/dialplane.routing.v1.RoutingService/BuildDialString"
_START_SECONDS: Final = 30.0


@contextmanager
def generous_service(lab: Lab, dial: str) -> Iterator[None]:
    """Let the agent of the lab's first host ask it inside the block."""
    agent, target = lab.host.agent, f"{lab.address('GENEROUS')}:50051"
    log = lab.folder / "generous-service.log"
    with log.open("wb") as output:
        process = lab.network.start(
            [sys.executable, "-m", __name__, target, lab.service.target, dial],
            environment={},
            output=output,
            folder=REPOSITORY,
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while b"serving" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "it does not start"
            time.sleep(0.05)
        agent.stop()
        usual = agent.environment
        agent.environment = {**usual, "DIALPLANE_TARGETS": target}
        try:
            agent.start()
            yield
        finally:
            agent.stop()
            agent.environment = usual
            agent.start()
    finally:
        process.kill()
        process.wait()


class _Front(grpc.GenericRpcHandler):
    def __init__(self, behind: grpc.aio.Channel, dial: DialInstruction) -> None:
        self._behind = behind
        self._dial = dial

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method = handler_call_details.method

        async def ask(request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            try:
                reply: bytes = await self._behind.unary_unary(method)(
                    request, timeout=context.time_remaining()
                )
            except grpc.aio.AioRpcError as error:
                await context.abort(error.code(), error.details() or "")
            return self._with_more(reply) if method == _DIALLING else reply

        return grpc.unary_unary_rpc_method_handler(ask)

    def _with_more(self, reply: bytes) -> bytes:
        answer = BuildDialStringResponse.FromString(reply)
        if answer.HasField("dial"):
            answer.dial.MergeFrom(self._dial)
        return answer.SerializeToString()


async def main(listen: str, target: str, dial: str) -> None:
    """Serve until killed."""
    async with grpc.aio.insecure_channel(target) as behind:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers(
            (_Front(behind, text_format.Parse(dial, DialInstruction())),)
        )
        server.add_insecure_port(listen)
        await server.start()
        print("serving", flush=True)
        await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
