import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialplane_service.application.ports import Admission
from dialplane_service.domain.capacity import Lack, Limits, PassedOver, Place, PlacesWanted

DECIDED_AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ONE = Place(7, None, Limits(1))
OTHER = Place(8, None, Limits(2))
FULL = PassedOver(7, None, False, Lack.CHANNELS, 1, 1)
HangUp = Callable[[PlacesWanted], Awaitable[None]]


def wanted(call_id: str, *places: Place, attempt: int = 1, channel: str = "msk-1") -> PlacesWanted:
    return PlacesWanted(call_id, 1, f"{call_id}.{channel}", attempt, DECIDED_AT, places)


class AdmissionSuite(ABC):
    """What every `Admission` does. `admission` gives an empty one, `hang_up` ends an attempt's call."""

    @pytest.fixture
    @abstractmethod
    def admission(self) -> Admission: ...

    @pytest.fixture
    @abstractmethod
    def hang_up(self) -> HangUp: ...

    async def test_the_first_that_is_free_is_taken(self, admission: Admission) -> None:
        assert list(await admission.admit(wanted("c1", ONE, OTHER))) == []
        assert list(await admission.admit(wanted("c2", ONE, OTHER))) == [FULL]
        assert list(await admission.admit(wanted("c3", ONE, OTHER))) == [FULL]
        both = [FULL, PassedOver(8, None, False, Lack.CHANNELS, 2, 2)]
        assert list(await admission.admit(wanted("c4", ONE, OTHER))) == both

    async def test_the_same_question_gets_the_same_answer(
        self, admission: Admission, hang_up: HangUp
    ) -> None:
        await admission.admit(wanted("c1", ONE))
        for _ in range(2):
            assert list(await admission.admit(wanted("c1", ONE))) == []
            assert list(await admission.admit(wanted("c2", ONE, OTHER))) == [FULL]
        await hang_up(wanted("c1"))
        assert list(await admission.admit(wanted("c2", ONE, OTHER))) == [FULL]
        assert list(await admission.admit(wanted("c3", ONE))) == []

    async def test_a_hangup_gives_back_once(self, admission: Admission, hang_up: HangUp) -> None:
        await admission.admit(wanted("c1", ONE))
        await hang_up(wanted("c1"))
        assert list(await admission.admit(wanted("c2", ONE))) == []
        await hang_up(wanted("c1"))
        assert list(await admission.admit(wanted("c3", ONE))) == [FULL]

    async def test_the_next_attempt_gives_back_what_the_last_took(
        self, admission: Admission
    ) -> None:
        await admission.admit(wanted("c1", ONE))
        await admission.admit(wanted("c1", OTHER, attempt=2))
        assert list(await admission.admit(wanted("c2", ONE))) == []
        assert list(await admission.admit(wanted("c1", attempt=3))) == []
        for call_id in ("c3", "c4"):
            assert list(await admission.admit(wanted(call_id, OTHER))) == []

    async def test_channels_of_one_call_have_places_of_their_own(
        self, admission: Admission
    ) -> None:
        await admission.admit(wanted("c1", ONE, channel="a"))
        assert list(await admission.admit(wanted("c1", ONE, channel="b"))) == [FULL]

    async def test_another_classification_is_another_question(self, admission: Admission) -> None:
        first = wanted("c1", ONE)
        await admission.admit(first)
        later = replace(wanted("c1", OTHER), decided_at=DECIDED_AT + timedelta(seconds=9))
        assert list(await admission.admit(later)) == []
        assert list(await admission.admit(wanted("c2", ONE))) == []

    async def test_a_gate_has_limits_of_its_own(self, admission: Admission) -> None:
        gates = [Place(7, gate, Limits(2), Limits(1)) for gate in (1, 2)]
        full = [
            [],
            [PassedOver(7, 1, True, Lack.CHANNELS, 1, 1)],
            [PassedOver(7, gate, False, Lack.CHANNELS, 2, 2) for gate in (1, 2)],
        ]
        for number, expected in enumerate(full):
            assert list(await admission.admit(wanted(f"c{number}", *gates))) == expected

    async def test_calls_per_second(self, admission: Admission, hang_up: HangUp) -> None:
        clock = asyncio.get_running_loop()
        for row in range(100, 130):
            two, began = Place(row, None, Limits(most_calls_per_second=2)), clock.time()
            for number in range(2):
                assert list(await admission.admit(wanted(f"c{row}.{number}", two))) == []
                await hang_up(wanted(f"c{row}.{number}"))
            found = list(await admission.admit(wanted(f"c{row}.2", two)))
            if clock.time() - began < 1:
                break  # else a busy machine took longer than the second, and it must be tried again
        assert found == [PassedOver(row, None, False, Lack.CALLS_PER_SECOND, 2, 2)]
