"""How one server of ours reaches another."""

import re
from typing import Final

from dialplane_service.domain.kinds import Protocol
from dialplane_service.domain.records import UNDEFINED_SERVER_ID, Server

_PATH: Final = re.compile(
    r"(?:SIP|IAX2)/[A-Za-z0-9._-]+(?::\[[A-Za-z0-9._-]+\])?(?:@[A-Za-z0-9._-]+)?(?::[0-9]{1,5})?",
    re.ASCII,
)


def forward_path(server: Server) -> str | None:
    """Technology and peer by which the other servers reach this one, for example "IAX2/msm@msm".

    It is the column of the server's protocol. ``None``: the server is switched off, undefined, or
    has no path in a form that Dial takes.
    """
    if not server.enabled or server.id == UNDEFINED_SERVER_ID:
        return None
    path = server.iax2 if server.protocol is Protocol.IAX2 else server.sip
    if path is None or _PATH.fullmatch(path) is None:
        return None
    return path
