"""The file that Asterisk runs as dialplane-agi: written for one installation, and quick to start.

The command that pip installs starts with the whole of Python's site and with `re`: 10 ms, as much
as the bare interpreter. This one starts with neither (-I -S) and finds the shims by their path. A
step that has to be run without an agent then loads the site as ever.
"""

import sys
from pathlib import Path

_TEXT = """\
#!{python} -IS
# Written by `dialplane-agi launcher`; write it again after Python or Dialplane moved.
import sys
sys.path.append({folder!r})
from dialplane_shims.exec_shim import main
main()
"""
# The kernel reads no more of a first line.
_LONGEST_FIRST_LINE = 255


class LauncherError(Exception):
    """No such file can be written for this installation."""


def text() -> str:
    """Return the file's text. Raises LauncherError."""
    written = _TEXT.format(python=sys.executable, folder=str(Path(__file__).parents[1]))
    first = written.partition("\n")[0]
    if not sys.executable or " " in sys.executable or len(first.encode()) > _LONGEST_FIRST_LINE:
        raise LauncherError(f"the path of Python does not fit into a first line: {sys.executable}")
    return written
