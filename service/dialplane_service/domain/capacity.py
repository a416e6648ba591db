"""How many calls providers and gates carry at the same time and take within a second."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from dialplane_service.domain.trace import DropReason, Refusal

LEASE_S: Final = 4 * 3600
"""How long a place is kept for a call that never says that it ended, in seconds."""


class Limits(NamedTuple):
    """Calls at the same time, and calls within any second; ``None``: any number."""

    most_channels: int | None = None
    most_calls_per_second: int | None = None


NO_LIMITS: Final = Limits()


class Place(NamedTuple):
    """What a route takes one of: a channel of its provider and, where it goes over one, of its gate."""

    provider_id: int
    gate_id: int | None
    of_provider: Limits
    of_gate: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class PlacesWanted:
    """An attempt asks for the first of ``places`` that is free. None given: it takes none any more.

    ``calling_unique_id``: the channel that dials, which dials one thing at a time; empty: not known.
    """

    call_id: str
    server_id: int
    calling_unique_id: str
    attempt: int
    decided_at: datetime
    places: tuple[Place, ...]
    lease_s: int = LEASE_S


class Lack(StrEnum):
    """What there is no more of."""

    CHANNELS = "CHANNELS"
    CALLS_PER_SECOND = "CALLS_PER_SECOND"


class PassedOver(NamedTuple):
    """A place that was not free: ``in_use`` of ``most`` were taken, at the gate or at the provider."""

    provider_id: int
    gate_id: int | None
    of_gate: bool
    lack: Lack
    in_use: int
    most: int

    @property
    def refusal(self) -> Refusal:
        """The same as the reason why a route may not be used."""
        whose = "the gate's" if self.of_gate else "the provider's"
        if self.lack is Lack.CHANNELS:
            detail = f"{self.in_use} of {whose} {self.most} channels are in use"
            return DropReason.CAPACITY_EXCEEDED, detail
        detail = f"{self.in_use} of {whose} {self.most} calls per second were made"
        return DropReason.CALL_RATE_EXCEEDED, detail
