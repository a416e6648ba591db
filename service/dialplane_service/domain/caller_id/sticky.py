"""The order in which an account's numbers are shown to one called party: always the same.

Rendezvous hashing: each number draws a lot from the called number and its own row id, and the highest
is first. A number that is added takes only the called parties whose highest lot it draws, and one that
is removed leaves all others where they were.
"""

import hashlib
from collections.abc import Iterable

from dialplane_service.domain.records import PoolNumber


def sticky_order(called: str, numbers: Iterable[PoolNumber]) -> list[PoolNumber]:
    """The numbers, the first choice for the called party first. One hash per number."""
    return sorted(numbers, key=lambda row: (_lot(called, row.id), row.id), reverse=True)


def _lot(called: str, number_id: int) -> bytes:
    return hashlib.blake2b(f"{called}/{number_id}".encode(), digest_size=8).digest()
