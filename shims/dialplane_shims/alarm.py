"""One line to standard error, which Asterisk shows on its console and in its log."""

import contextlib
import sys

from dialplane_shims.text import clean, cut


def alarm(script: str, message: str) -> None:
    """Say `message` in exactly one line of at most 500 bytes; nobody listening is no error."""
    line = cut(clean(f"dialplane-agi {script}: {message}"), 500)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
