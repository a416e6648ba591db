"""Which channels Asterisk ran any of the dialplan for: who was gone before that, nobody can report."""

import re

from tests.lab.asterisk_host import AsteriskHost

_EXECUTED = re.compile(r'pbx\.c: Executing \[[^]]*\] \w+\("([^"]+)"')


def ran_dialplan(host: AsteriskHost) -> set[str]:
    """The names of all channels that executed something, by Asterisk's own log."""
    names = set()
    with (host.folder / "log/messages").open(errors="replace") as log:
        for line in log:
            found = _EXECUTED.search(line)
            if found is not None:
                names.add(found.group(1))
    return names
