"""The dialplan's loop: asks, dials, asks again, and remembers nothing but what it carries."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dialplane_service.domain.answers import Dial, LocationTarget, NoMoreRoutes
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.queries import AttemptOutcome, DialQuery
from dialplane_service.domain.settings import RoutingSettings
from tests.domain.asking import SETTINGS, answer, next_query

MOST_QUESTIONS = 11
FarEnd = Callable[[Dial], tuple[AttemptOutcome, int]]
"""How an attempt ends, and how many milliseconds it rang."""


@dataclass
class Walk:
    """What became of a call."""

    dialled: list[Dial] = field(default_factory=list)
    end: NoMoreRoutes | LocationTarget | None = None

    @property
    def routes(self) -> list[str]:
        return [step.route_id for step in self.dialled]


def walk(
    data_of: Callable[[int], DecisionData],
    asked: DialQuery,
    far_end: FarEnd,
    settings: RoutingSettings = SETTINGS,
) -> Walk:
    """Walk a call to its end. ``data_of`` gives the data of each attempt: any replica may answer."""
    found = Walk()
    for attempt in range(1, MOST_QUESTIONS + 1):
        assert asked.attempt == attempt
        step = answer(data_of(attempt), asked, settings).answer
        if not isinstance(step, Dial):
            found.end = step
            return found
        found.dialled.append(step)
        outcome, rang_ms = far_end(step)
        asked = next_query(asked, step.route_id, outcome, rang_ms)
    raise AssertionError("the eleventh question was answered with a dial string")
