"""Generated questions on the demo rows: what a day's calls ask."""

from random import Random

from tests.support.decisions import from_device, incoming, next_step

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest

COUNT = 200
_OUTSIDE = ("7495", "7916", "4420", "4930", "1212", "3314")


def _outside(random: Random) -> str:
    digits = random.choice(_OUTSIDE)
    return digits + "".join(random.choices("0123456789", k=11 - len(digits)))


def classify_calls(seed: int) -> list[ClassifyCallRequest]:
    """Half from providers (some by known clients), half from devices."""
    random = Random(seed)
    callers = ["442079460100", "79991234567", *(_outside(random) for _ in range(8))]
    asked = []
    for number in range(COUNT):
        if random.random() < 0.5:
            dialled = random.choice(["74951815000", "74951815001", "74951815002"])
            request = incoming(dialled, caller=random.choice(callers))
        else:
            request = from_device(random.choice(["202", "301", "84951815000", _outside(random)]))
        request.channel.unique_id = f"bench-{seed}.{number}"
        asked.append(request)
    return asked


def build_dial_strings(seed: int) -> list[BuildDialStringRequest]:
    """First attempts, most to numbers outside, for an account that every provider carries."""
    random = Random(seed)
    asked = []
    for number in range(COUNT):
        if random.random() < 0.7:
            request = next_step(_outside(random), "n", account="visitor")
        else:
            request = next_step("74951815000", random.choice(["r1", "e1", "e3"]))
        request.call_id = f"bench-{number}"
        asked.append(request)
    return asked
