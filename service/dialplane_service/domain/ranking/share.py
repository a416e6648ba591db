"""Lots for weighted shares: the same for the same call, fair over many.

Each candidate waits for an exponentially distributed time at a rate of its weight, and the one that
waits least is first: that is how likely its weight says. A lot depends on nothing but call, provider
and weight, so the order of those that remain does not change when one drops out.
"""

import hashlib
from typing import Final

_DRAWN_BITS: Final = 64
_FRACTION_BITS: Final = 24
_MANTISSA_BITS: Final = 40
NEVER_FIRST: Final = 1 << (_DRAWN_BITS + 2 * _FRACTION_BITS)
"""Later than any lot of a weight above 0."""
_TWO: Final = 2 << _MANTISSA_BITS


def waiting_time(call_id: str, provider_id: int, weight: int) -> int:
    """The lot of a provider, the less the earlier. Of weight 0: after all others."""
    if weight < 1:
        return NEVER_FIRST
    digest = hashlib.blake2b(f"{call_id}/{provider_id}".encode(), digest_size=8).digest()
    drawn = int.from_bytes(digest) | 1  # above 0
    waited = (_DRAWN_BITS << _FRACTION_BITS) - _log2(drawn)
    return (waited << _FRACTION_BITS) // weight


def _log2(number: int) -> int:
    """The binary logarithm in units of 2⁻²⁴, by squaring: integers are the same on every machine, libm is not."""
    whole = number.bit_length() - 1
    mantissa = (number << _MANTISSA_BITS) >> whole
    result = whole
    for _ in range(_FRACTION_BITS):
        mantissa = mantissa * mantissa >> _MANTISSA_BITS
        result <<= 1
        if mantissa >= _TWO:
            mantissa >>= 1
            result |= 1
    return result
