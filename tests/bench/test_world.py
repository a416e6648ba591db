"""What `make bench` measures with: the same for the same seed, and every question another."""

from bench.questions import build_dial_strings, classify_calls
from bench.world import COUNTRIES, PROVIDERS, World

from dialplane_service.domain.numbers import is_e164

SEED = 20260101


def test_the_same_seed_gives_the_same_world() -> None:
    one, other = World(10_000, SEED), World(10_000, SEED)
    assert one.prefixes == other.prefixes
    assert list(one.price_list(one.providers[3])) == list(other.price_list(other.providers[3]))
    assert one.numbers(50) == other.numbers(50)
    assert one.prefixes != World(10_000, SEED + 1).prefixes


def test_every_provider_has_a_list_of_its_own() -> None:
    world = World(10_000, SEED)
    lists = [list(world.price_list(provider)) for provider in world.providers]
    assert len(lists) == PROVIDERS
    assert {len(lines) for lines in lists} == {world.per_list}
    for lines in lists:
        prefixes = [line.prefix for line in lines]
        assert prefixes == sorted(set(prefixes))
        assert set(COUNTRIES) <= set(prefixes)
    assert len({tuple(line.price for line in lines) for lines in lists}) == PROVIDERS


def test_another_list_of_a_provider_is_cheaper_than_all_first_ones() -> None:
    world = World(10_000, SEED)
    dearest = max(line.price for line in world.price_list(world.providers[0], again=1))
    cheapest = min(line.price for each in world.providers for line in world.price_list(each))
    assert dearest < cheapest // 90  # the largest ratio of two currencies' levels


def test_every_question_is_about_another_number() -> None:
    world = World(10_000, SEED)
    called = [each.called.e164 for each in build_dial_strings(world, 3000)]
    assert len(set(called)) == 3000
    assert all(map(is_e164, called))
    asked = [(each.dialled, each.caller.number) for each in classify_calls(world, 3000)]
    assert len(set(asked)) == 3000
