"""The policy against the rules said plainly, over seeded questions."""

import random
from dataclasses import replace

from dialplane_service.domain.caller_id.over_provider import caller_id_over
from dialplane_service.domain.caller_id.question import (
    CallerIdQuestion,
    DropToTier,
    Presentable,
    Refused,
    Restricted,
)
from dialplane_service.domain.caller_id.sticky import sticky_order
from dialplane_service.domain.kinds import CallerIdFallback, Direction, Tier
from dialplane_service.domain.numbers import country_of
from dialplane_service.domain.records import Provider
from tests.caller_id.asking import ALMATY, LONDON, MOBILE, MOSCOW, RIGA, question, rules
from tests.domain.world import number, provider

SEED = 20260517
QUESTIONS = 6000
COUNTRIES = ("RU", "KZ", "GB", "US")
DIGITS = (
    MOSCOW,
    MOBILE,
    ALMATY,
    LONDON,
    RIGA,
    "78123330000",
    "77172123456",
    "12125550123",
    "70000000000",
)


def may_be_shown(asked: CallerIdQuestion, by: Provider, digits: str, callers: bool) -> bool:
    called, shown = country_of(asked.called), country_of(digits) if digits else None
    if shown is not None and shown == called and by.country != called:
        return False
    if callers or not asked.wanted:
        return True
    caller = country_of(asked.wanted)
    pairs = ((caller, called), (caller, None), (None, called), (None, None))
    closest = [asked.rules[pair] for pair in pairs if pair in asked.rules]
    return not closest or closest[0].rule == "SUBSTITUTION_ALLOWED"


def let_through(asked: CallerIdQuestion, by: Provider) -> list[tuple[str, bool]]:
    """The numbers in the order of preference, each with whether it is the caller's."""
    every = by.cli_allowed and by.dynamic_calls
    rented = [
        row
        for row in asked.own
        if every or (row.provider_id == by.id and (by.cli_allowed or row.direction != "IN"))
    ]
    sticky = sticky_order(asked.called, rented) if by.cli_allowed else rented
    numbers = [(row.number, not asked.leaves_again) for row in sticky if row.number != asked.wanted]
    default = by.dynamic_calls_caller_id or ""
    last = [(default, default != "" and default == asked.wanted)]
    if every:
        return [(asked.wanted, True), *numbers] if asked.wanted else last
    mine = [(asked.wanted, True)] if asked.wanted in [row.number for row in rented] else []
    return [*mine, *numbers, *last]


def seeded(dice: random.Random) -> tuple[CallerIdQuestion, Provider]:
    pairs = [f"{a}_{b}" for a in (*COUNTRIES, "any") for b in (*COUNTRIES, "any")]
    known = rules(**{pair: dice.choice(("ALLOWED", "FORBIDDEN")) for pair in dice.sample(pairs, 4)})
    digits = dice.sample(DIGITS, dice.randint(0, 5))
    own = [
        number(row_id, text, dice.choice((7, 8)), 1, direction=dice.choice(list(Direction)))
        for row_id, text in enumerate(digits, start=1)
    ]
    asked = question(
        dice.choice(DIGITS),
        dice.choice((*DIGITS, *digits, "")),
        *own,
        leaves_again=dice.random() < 0.4,
        fallback=dice.choice(list(CallerIdFallback)),
        rules=dice.choice(({}, known)),
    )
    by = provider(7, "p", 1, cli_allowed=dice.random() < 0.7, dynamic_calls=dice.random() < 0.5)
    prefix = dice.choice((None, "99"))
    default = dice.choice((None, *DIGITS))
    country = dice.choice(COUNTRIES)
    return asked, replace(
        by, country=country, noncli_prefix=prefix, dynamic_calls_caller_id=default
    )


def test_what_is_presented_is_the_first_that_may_be_shown() -> None:
    dice = random.Random(SEED)
    seen: dict[type, int] = {}
    for _ in range(QUESTIONS):
        asked, by = seeded(dice)
        outcome = caller_id_over(asked, by)
        seen[type(outcome)] = seen.get(type(outcome), 0) + 1
        good = [
            digits
            for digits, callers in let_through(asked, by)
            if may_be_shown(asked, by, digits, callers)
        ]
        if good:
            assert isinstance(outcome, Presentable), (asked, by)
            assert outcome.digits == good[0], (asked, by)
        elif asked.fallback == "RESTRICT":
            assert isinstance(outcome, Restricted)
        elif asked.fallback == "NON_CLI" and by.noncli_prefix:
            assert isinstance(outcome, DropToTier)
            assert outcome.tier is Tier.NON_CLI
        else:
            assert isinstance(outcome, Refused)
    assert all(seen[kind] >= 50 for kind in (Presentable, Restricted, DropToTier, Refused)), seen
