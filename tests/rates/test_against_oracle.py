"""The engine agrees with brute force on ordered routes, costs and drop reasons."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rates.engine import compiled, engine
from tests.rates.generated import question, rates_world
from tests.rates.oracle import oracle

QUESTIONS = 12
REASONS = (
    "PROVIDER_DISABLED",
    "NO_RATE_DECK",
    "NO_RATE",
    "PREFIX_BLOCKED",
    "OUTSIDE_HOURS",
    "NO_EXCHANGE_RATE",
    "MARGIN_TOO_LOW",
    "TIER_NOT_ALLOWED",
    "PRICE_TOO_HIGH",
    "ALREADY_TRIED",
)


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder that no disk stands behind: thousands of worlds are written there."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="dialplane-", dir=shm if shm.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


def agree(seed: int, worlds: int, folder: Path) -> Counter[str]:
    seen: Counter[str] = Counter()
    for number in range(worlds):
        rng = random.Random(f"{seed}/{number}")
        world = rates_world(rng)
        table = compiled(world, folder / str(number))
        for _ in range(QUESTIONS):
            asked = question(rng, world)
            expected = oracle(world, asked)
            assert engine(world, table, asked) == expected, f"world {number} of seed {seed}"
            seen.update(expected.dropped.values())
            seen["routes"] += len(expected.routes)
            seen["choices"] += len(expected.routes) > 1
        shutil.rmtree(folder / str(number))
    return seen


def test_five_hundred_worlds(seed: int, memory_folder: Path) -> None:
    seen = agree(seed, 500, memory_folder)
    assert seen["choices"] > 1000, seen
    for word in REASONS:
        assert seen[word] > 20, seen


@pytest.mark.soak
def test_twenty_thousand_worlds(seed: int, memory_folder: Path) -> None:
    agree(seed + 1, 20_000, memory_folder)


def test_replicas_answer_alike(seed: int, memory_folder: Path) -> None:
    """Another replica compiled the same data itself, read in another order, and lists providers as it likes."""
    for number in range(40):
        rng = random.Random(f"{seed}/replicas/{number}")
        world = rates_world(rng)
        table = compiled(world, memory_folder / f"{number}a")
        other = replace(
            world,
            rows={key: rng.sample(rows, len(rows)) for key, rows in world.rows.items()},
            decks=rng.sample(world.decks, len(world.decks)),
            bidders=rng.sample(world.bidders, len(world.bidders)),
            exchange=rng.sample(world.exchange, len(world.exchange)),
            figures=rng.sample(world.figures, len(world.figures)),
        )
        other_table = compiled(other, memory_folder / f"{number}b")
        for _ in range(QUESTIONS):
            asked = question(rng, world)
            expected = engine(world, table, asked)
            assert engine(world, table, asked) == expected
            assert engine(other, other_table, asked) == expected
