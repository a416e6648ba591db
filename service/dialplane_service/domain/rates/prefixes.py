"""Prefixes as whole numbers that sort as the prefixes do: what arrays can hold and search.

A key is the prefix filled up with zeros to fifteen digits, times sixteen, plus its length. So a prefix
comes right before everything that it begins.
"""

from typing import Final

from dialplane_service.domain.rates.records import LONGEST_PREFIX

LENGTH_BITS: Final = 4
LENGTH_MASK: Final = (1 << LENGTH_BITS) - 1
FILLER: Final[tuple[int, ...]] = tuple(
    10 ** (LONGEST_PREFIX - length) for length in range(LONGEST_PREFIX + 1)
)
"""By the length of a prefix: what a filled number is divided by to get the prefix back."""


def prefix_key(digits: str) -> int:
    """The key of 1 to 15 digits."""
    length = len(digits)
    return (int(digits) * FILLER[length] << LENGTH_BITS) | length


def key_prefix(key: int) -> str:
    """The digits of a key."""
    length = key & LENGTH_MASK
    return f"{(key >> LENGTH_BITS) // FILLER[length]:0{length}d}"
