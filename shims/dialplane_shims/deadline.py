"""How long a step may still take, counted from the start of its process."""

import os
import time

# A process that says it is older than this before it read its first line has a broken clock.
_OLDEST_BELIEVED_S = 1.5


class Deadline:
    """An instant of the monotonic clock by which something has to be over."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        """Start a deadline that is over in `seconds`."""
        self._at = time.monotonic() + seconds

    def later(self, seconds: float) -> "Deadline":
        """Return the deadline that is over `seconds` after this one."""
        return Deadline(self._at - time.monotonic() + seconds)

    def at_least(self, seconds: float) -> "Deadline":
        """Return this deadline, or one that is over in `seconds` where this one is sooner."""
        return Deadline(max(self.remaining(), seconds))

    def remaining(self, reserve: float = 0.0) -> float:
        """Return the seconds left after keeping `reserve` seconds back; never negative."""
        return max(0.0, self._at - reserve - time.monotonic())


def process_age() -> float:
    """Return the seconds since this process was started, 0.0 where /proc does not say.

    The interpreter's own start is part of a step: it is counted, not wished away.
    """
    try:
        descriptor = os.open("/proc/self/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            stat = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
        started = int(stat.rpartition(b")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
    return min(max(age, 0.0), _OLDEST_BELIEVED_S)
