"""A plan's strategies as they are written in ``routing_plans.strategies``: a JSON list, in order.

``[{"least_cost": {"within_percent": "2"}}, {"quality": {"minimum_sample": 100, "asr_percent": 40}},
{"priority": {}}, {"weighted_share": {}}]``
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    Strategy,
    WeightedShare,
)


class PlanError(ValueError):
    """The strategies cannot be understood; the message says what and where."""


def _percent(value: Any) -> Decimal:  # noqa: ANN401 - whatever JSON holds
    try:
        number = Decimal(value if type(value) in (int, str, Decimal) else "")
    except InvalidOperation as error:
        raise ValueError("is not a number") from error
    if not number.is_finite() or number < 0:
        raise ValueError("must be 0 or more")
    return number


def _target(value: Any) -> Decimal:  # noqa: ANN401
    number = _percent(value)
    if not 0 < number <= 100:
        raise ValueError("must be above 0 and at most 100")
    return number


def _whole(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a whole number, 1 or more")
    return value


_Fields = dict[str, Callable[[Any], Any]]
_STRATEGIES: Final[dict[str, tuple[type[Strategy], _Fields]]] = {
    "least_cost": (LeastCost, {"within_percent": _percent}),
    "quality": (
        Quality,
        {"minimum_sample": _whole, "asr_percent": _target, "acd_s": _whole, "pdd_ms": _whole},
    ),
    "priority": (Priority, {}),
    "weighted_share": (WeightedShare, {}),
}


def read_strategies(text: str) -> tuple[Strategy, ...]:
    """Read the strategies.

    Raises:
        PlanError: the text is no such list, or a field's value not allowed.

    """
    try:
        listed = json.loads(text, parse_float=Decimal)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PlanError(f"the strategies are not JSON: {error}") from error
    if not isinstance(listed, list) or not listed:
        raise PlanError("the strategies are a list with at least one entry")
    return tuple(_strategy(place, entry) for place, entry in enumerate(listed, start=1))


def _strategy(place: int, entry: Any) -> Strategy:  # noqa: ANN401
    if not isinstance(entry, dict) or len(entry) != 1:
        raise PlanError(f'strategy {place} is not written like {{"least_cost": {{}}}}')
    (name, given), *_ = entry.items()
    if name not in _STRATEGIES:
        raise PlanError(f"strategy {place}: {name!r} is none of {', '.join(_STRATEGIES)}")
    kind, allowed = _STRATEGIES[name]
    if not isinstance(given, dict) or not given.keys() <= allowed.keys():
        takes = ", ".join(allowed) or "no fields"
        raise PlanError(f"strategy {place}: {name} takes {takes}")
    values = {}
    for field, value in given.items():
        try:
            values[field] = allowed[field](value)
        except ValueError as error:
            raise PlanError(f"strategy {place}: {name}.{field} {error}") from error
    return kind(**values)


def write_strategies(strategies: Iterable[Strategy]) -> str:
    """Write strategies so that they are read back equal."""
    names = {kind: name for name, (kind, _) in _STRATEGIES.items()}
    listed = [
        {
            names[type(strategy)]: {
                field.name: str(value) if isinstance(value, Decimal) else value
                for field in fields(strategy)
                if (value := getattr(strategy, field.name)) is not None
            }
        }
        for strategy in strategies
    ]
    return json.dumps(listed)
