"""Ids of targets and routes: short, made of row ids, the same in every data version.

| id | names |
|---|---|
| ``n`` | the number first dialled, over the providers |
| ``e17`` | endpoint 17 |
| ``r3``, ``r3.e17`` | ring group 3, all at once; its member 17 alone |
| ``l4`` | dialplan location 4 |
| ``t5`` | configured target 5, a number outside |
| ``s2`` | server 2, over its forward path |
| ``m`` , ``m6`` | the emergency service dialled; its emergency route 6 |
| ``a1.C``, ``g8.A`` | trunk address 1 with tier CLI; gate 8 of a provider that has one tier for all |
| ``t5.g8.A`` | the same for the number of configured target 5 |
| ``echo`` | echo test |
| ``c.r3`` | route r3, as a sister server carried it: dialled on this server only |

Row ids have at most ten digits, so an id has at most 27 characters (the contract allows 32).
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from dialplane_service.domain.kinds import Tier

DIALLED_NUMBER: Final = "n"
EMERGENCY: Final = "m"
ECHO_TEST: Final = "echo"
SERVER: Final = "s"
CARRIED: Final = "c."

_ROW: Final = r"(?:0|[1-9][0-9]{0,9})"
_SIMPLE: Final = re.compile(rf"([erltsm])({_ROW})", re.ASCII)
_MEMBER: Final = re.compile(rf"r({_ROW})\.e({_ROW})", re.ASCII)
_PROVIDER: Final = re.compile(rf"(?:t({_ROW})\.)?([ag])({_ROW})\.([NCPA])", re.ASCII)
_TIER_LETTER: Final[dict[Tier | None, str]] = {
    Tier.NON_CLI: "N",
    Tier.CLI: "C",
    Tier.PREMIUM_CLI: "P",
    None: "A",
}
_TIER: Final = {letter: tier for tier, letter in _TIER_LETTER.items()}


@dataclass(frozen=True, slots=True)
class RowId:
    """An id that names one row: ``letter`` says of which table."""

    letter: str
    row: int


@dataclass(frozen=True, slots=True)
class MemberId:
    """One member of a ring group."""

    ring_group: int
    endpoint: int


class ProviderRouteId(NamedTuple):
    """A trunk address (``letter`` "a") or gate ("g") with a tier; ``None``: one tier serves all."""

    letter: str
    row: int
    tier: Tier | None
    configured_target: int | None

    def __str__(self) -> str:
        prefix = "" if self.configured_target is None else f"t{self.configured_target}."
        return f"{prefix}{self.letter}{self.row}.{_TIER_LETTER[self.tier]}"


def parse(text: str) -> RowId | MemberId | ProviderRouteId | None:
    """What an id names; ``None`` when it is none of the numbered forms."""
    if match := _SIMPLE.fullmatch(text):
        return RowId(match[1], int(match[2]))
    if match := _PROVIDER.fullmatch(text):
        target = None if match[1] is None else int(match[1])
        return ProviderRouteId(match[2], int(match[3]), _TIER[match[4]], target)
    if match := _MEMBER.fullmatch(text):
        return MemberId(int(match[1]), int(match[2]))
    return None


def target_of(route_id: str) -> str:
    """The id of the target that a route belongs to, for example "r3" of "r3.e17" and "n" of "g8.A"."""
    parsed = parse(route_id)
    if isinstance(parsed, MemberId):
        return f"r{parsed.ring_group}"
    if isinstance(parsed, ProviderRouteId):
        target = parsed.configured_target
        return DIALLED_NUMBER if target is None else f"t{target}"
    if isinstance(parsed, RowId) and parsed.letter == EMERGENCY:
        return EMERGENCY
    return route_id
