"""Holds the service's replies to the contract's alphabets before anything of them is used.

The service checks them too. This is the last gate before Dial() and Goto(): a wrong or hostile
replica must not get past it. Each function returns what it checked, or raises NonsenseReplyError.
"""

import re
from collections.abc import Callable

from dialplane.routing.v1 import number_pb2, target_pb2
from dialplane_shims.answer import NonsenseReplyError
from dialplane_shims.policy import CONTEXT, EXTENSION
from dialplane_shims.text import is_id

_PART = r"(?:SIP|PJSIP|IAX2|OOH323)/[A-Za-z0-9+._:@/*#\[\]-]+"
_DIAL_STRING = re.compile(rf"{_PART}(?:&{_PART})*")
_FORWARD_PATH = re.compile(r"(?:SIP|PJSIP|IAX2|OOH323)/[A-Za-z0-9._:@/\[\]-]{1,100}")
# Handlers (b B U M G F e) and limits (L S) are the dialplan's own: not for a reply to give.
_DIAL_OPTIONS = re.compile(r"(?:[ac-dfg-kl-rstu-zACDHIJKNOPQRTVWXYZ](?:\([A-Za-z]*\))?)*")
_PRESENTED = re.compile(r"(?:\+?[0-9]{1,24})?")
_SENT_NUMBER = re.compile(r"[0-9A-Za-z+*#._-]{0,64}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE = re.compile(r"[ -~]{0,255}")
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f\"\\$]{0,50}")
_DIGITS = {
    "e164": re.compile(r"[0-9]{1,15}"),
    "national_short": re.compile(r"[0-9]{1,15}"),
    "emergency": re.compile(r"[0-9]{1,8}"),
    "extension": re.compile(r"[0-9]{1,10}"),
    "feature_code": re.compile(r"[*#][0-9*#]{1,10}"),
}


def _checked(name: str, pattern: re.Pattern[str], most_bytes: int = 1023) -> Callable[[str], str]:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None or len(text.encode()) > most_bytes:
            raise NonsenseReplyError(f"{name} is {text[:80]!r}")
        return text

    return check


dial_string = _checked("dial_string", _DIAL_STRING, 900)
dial_options = _checked("dial_options", _DIAL_OPTIONS, 64)
forward_path = _checked("forward_path", _FORWARD_PATH)
presented_number = _checked("a presented number", _PRESENTED)
sent_number = _checked("sent_number", _SENT_NUMBER)
header_name = _checked("a header's name", _HEADER_NAME)
header_value = _checked("a header's value", _HEADER_VALUE)
label = _checked("a name", _LABEL)


def identifier(name: str, text: str) -> str:
    """Check an id: 1 to 32 characters of [A-Za-z0-9._-]."""
    if not is_id(text):
        raise NonsenseReplyError(f"{name} is {text[:80]!r}")
    return text


def within(name: str, number: int, lowest: int, highest: int) -> int:
    """Check a number's range, both ends included."""
    if not lowest <= number <= highest:
        raise NonsenseReplyError(f"{name} is {number}")
    return number


def number(message: number_pb2.Number) -> number_pb2.Number:
    """Check a normalised number: its kind is set and its digits are digits."""
    kind = message.WhichOneof("kind")
    if kind is None:
        raise NonsenseReplyError("a number has no kind")
    if kind != "anonymous" and not _DIGITS[kind].fullmatch(getattr(message, kind)):
        raise NonsenseReplyError(f"{kind} is {getattr(message, kind)[:80]!r}")
    if message.routing_number and not _DIGITS["e164"].fullmatch(message.routing_number):
        raise NonsenseReplyError(f"routing_number is {message.routing_number[:80]!r}")
    return message


def location(message: target_pb2.DialplanLocation) -> target_pb2.DialplanLocation:
    """Check a dialplan location: what Goto() gets."""
    if not CONTEXT.fullmatch(message.context) or not EXTENSION.fullmatch(message.extension):
        where = f"{message.context[:40]!r}, {message.extension[:40]!r}"
        raise NonsenseReplyError(f"the dialplan location is {where}")
    within("the location's priority", message.priority, 1, 9999)
    return message


def enum_name(enum: object, value: int, prefix: str) -> str:
    """Return a value's name without its prefix: empty for unspecified.

    A later release of the service may know more values than this one: those keep their number.
    """
    try:
        name: str = enum.Name(value)  # type: ignore[attr-defined]  # any generated enum
    except ValueError:
        return str(value)
    short = name.removeprefix(prefix)
    return "" if short == "UNSPECIFIED" else short
