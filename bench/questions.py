"""Generated questions: every one about another number."""

from collections.abc import Iterator
from random import Random

from google.protobuf.timestamp_pb2 import Timestamp
from tests.support.decisions import from_device, incoming, next_step

from bench.world import ASKED, World
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest

_RENTED = ("74951815000", "74951815001", "74951815002")


def classify_calls(world: World, count: int) -> Iterator[ClassifyCallRequest]:
    """Half from providers, every caller another; half from a device to a number outside."""
    random = Random(f"{world.seed} classify")
    for number, digits in enumerate(world.numbers(count, salt=1)):
        if random.random() < 0.5:
            request = incoming(random.choice(_RENTED), caller=digits)
        else:
            request = from_device(f"810{digits}")
        request.channel.unique_id = f"bench-{world.seed}.{number}"
        yield request


def build_dial_strings(world: World, count: int, salt: int = 2) -> Iterator[BuildDialStringRequest]:
    """First attempts to numbers outside.

    Half are of an account with a selling tariff and two strategies, half of one with neither.
    Another ``salt`` gives other numbers.
    """
    random = Random(f"{world.seed} build")
    asked = Timestamp()
    asked.FromDatetime(ASKED)
    for number, digits in enumerate(world.numbers(count, salt)):
        request = next_step(digits, "n", account=random.choice(("acme", "visitor")))
        request.call_id = f"bench-{number}"
        request.decided_at.CopyFrom(asked)
        yield request
