"""One line to standard error, which Asterisk shows on its console and in its log."""

import contextlib
import sys
from collections.abc import Callable

from dialplane_shims.text import clean, cut

_LONGEST = 500
_listeners: list[Callable[[str, str], None]] = []


def alarm(script: str, message: str) -> None:
    """Say `message` in exactly one line of at most 500 bytes; nobody listening is no error."""
    if _listeners:
        _listeners[-1](script, cut(clean(message), _LONGEST))
        return
    line = cut(clean(f"dialplane-agi {script}: {message}"), _LONGEST)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def listen(listener: Callable[[str, str], None]) -> None:
    """Give all alarms of this process to `listener(script, message)`: the agent has a log."""
    _listeners.append(listener)
