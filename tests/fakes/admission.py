from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.capacity import Lack, Limits, PassedOver, Place, PlacesWanted

if TYPE_CHECKING:
    from datetime import datetime

Channel = tuple[str, int, str]


class FakeAdmission:
    """Port `Admission`: in memory, without a clock; `away` makes it unavailable, `next_second` forgets
    the calls of the last one."""

    def __init__(self) -> None:
        self.asked: list[PlacesWanted] = []
        self.away = False
        self.answers: dict[tuple[Channel, int, datetime], list[PassedOver]] = {}
        self.taken: dict[Channel, tuple[int, Place]] = {}
        self.made: defaultdict[tuple[bool, int | None], int] = defaultdict(int)

    async def admit(self, wanted: PlacesWanted) -> Sequence[PassedOver]:
        self.asked.append(wanted)
        if self.away:
            raise DatabaseUnavailableError("the fake is away: secret details of the driver")
        channel = (wanted.call_id, wanted.server_id, wanted.calling_unique_id)
        question = (channel, wanted.attempt, wanted.decided_at)
        if question not in self.answers:
            self.taken.pop(channel, None)
            if not wanted.places:
                return []
            self.answers[question] = self._take(channel, wanted)
        return self.answers[question]

    def _take(self, channel: Channel, wanted: PlacesWanted) -> list[PassedOver]:
        passed_over = []
        for place in wanted.places:
            lack = self._lack(place, place.of_provider, of_gate=False)
            lack = lack or self._lack(place, place.of_gate, of_gate=True)
            if lack is None:
                self.taken[channel] = (wanted.attempt, place)
                self.made[False, place.provider_id] += 1
                self.made[True, place.gate_id] += 1
                break
            passed_over.append(lack)
        return passed_over

    def _lack(self, place: Place, limits: Limits, *, of_gate: bool) -> PassedOver | None:
        owner = place.gate_id if of_gate else place.provider_id
        taken = [other for _, other in self.taken.values()]
        in_use = sum(owner == (other.gate_id if of_gate else other.provider_id) for other in taken)
        made = self.made[of_gate, owner]
        for lack, number, most in (
            (Lack.CHANNELS, in_use, limits.most_channels),
            (Lack.CALLS_PER_SECOND, made, limits.most_calls_per_second),
        ):
            if most is not None and number >= most:
                return PassedOver(place.provider_id, place.gate_id, of_gate, lack, number, most)
        return None

    def release(self, call_id: str, server_id: int, calling_unique_id: str, attempt: int) -> None:
        """What the called leg's hangup does."""
        channel = (call_id, server_id, calling_unique_id)
        if self.taken.get(channel, (0,))[0] == attempt:
            del self.taken[channel]

    def next_second(self) -> None:
        self.made.clear()
