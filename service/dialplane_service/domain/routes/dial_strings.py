"""What Dial gets: TECHNOLOGY/PEER/NUMBER, and PJSIP/NUMBER@PEER on PJSIP (the article's rule).

Every part is checked here again, whatever checked it before: nothing else stands between a caller's
key presses and Dial, where "&" dials a second number and "," begins an option.
"""

import re
from typing import Final

from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.kinds import Protocol, SipDriver
from dialplane_service.domain.records import Server

LONGEST_DIAL_STRING: Final = 900
_NUMBER: Final = re.compile(r"\+?[0-9*#]{1,64}", re.ASCII)
_PEER: Final = re.compile(r"[A-Za-z0-9._-]{1,80}|\[[0-9A-Fa-f:.]{2,45}\]", re.ASCII)


class DialStringError(ValueError):
    """A part of a dial string is outside its alphabet."""


def number_at_peer(
    protocol: Protocol, driver: SipDriver, peer: str, number: str, port: int | None = None
) -> str:
    """The dial string of a number at a peer: a gate's name, a host name or an address.

    ``port`` is put behind the peer where the technology takes it there; a PJSIP endpoint has its own.

    Raises:
        DialStringError: the number or the peer holds anything but its alphabet.
    """
    if _NUMBER.fullmatch(number) is None:
        raise DialStringError(f"{number!r} cannot be dialled: digits, '+', '*' and '#' only")
    if _PEER.fullmatch(peer) is None:
        raise DialStringError(f"{peer!r} is no peer: a name, a host or an address only")
    if protocol is Protocol.SIP and driver is SipDriver.PJSIP:
        return _bounded(f"PJSIP/{number}@{peer}")
    host = peer if port is None else f"{peer}:{port}"
    return _bounded(f"{_TECHNOLOGY[protocol]}/{host}/{number}")


def device(protocol: Protocol, driver: SipDriver, name: str) -> str:
    """The dial string of a user's device on the dialling server.

    Raises:
        DialStringError: the name holds anything but its alphabet.
    """
    if _PEER.fullmatch(name) is None:
        raise DialStringError(f"{name!r} is no device: a name only")
    if protocol is Protocol.SIP and driver is SipDriver.PJSIP:
        return _bounded(f"PJSIP/{name}")
    return _bounded(f"{_TECHNOLOGY[protocol]}/{name}")


def number_at_server(dialling: Server, server: Server, number: str) -> str | None:
    """The dial string that carries a number to another server; ``None``: it has no forward path.

    On a PJSIP host a SIP path is the PJSIP endpoint named as the other server.

    Raises:
        DialStringError: the number holds anything but its alphabet.
    """
    path = forward_path(server)
    if path is None:
        return None
    if server.protocol is Protocol.SIP and dialling.sip_driver is SipDriver.PJSIP:
        return number_at_peer(Protocol.SIP, SipDriver.PJSIP, server.servername, number)
    if _NUMBER.fullmatch(number) is None:
        raise DialStringError(f"{number!r} cannot be dialled: digits, '+', '*' and '#' only")
    return _bounded(f"{path}/{number}")


def several(dial_strings: list[str]) -> str:
    """The dial string that rings all of them at once.

    Raises:
        DialStringError: together they are longer than Dial takes.
    """
    return _bounded("&".join(dial_strings))


_TECHNOLOGY: Final = {Protocol.SIP: "SIP", Protocol.IAX2: "IAX2", Protocol.H323: "OOH323"}
"""Asterisk's names; its H.323 driver on 16 to 22 is chan_ooh323."""


def _bounded(dial_string: str) -> str:
    if len(dial_string) > LONGEST_DIAL_STRING:
        raise DialStringError(f"the dial string is longer than {LONGEST_DIAL_STRING} bytes")
    return dial_string
