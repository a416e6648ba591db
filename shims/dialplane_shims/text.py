"""Text from and to a channel: cleaned, cut at byte limits, checked against alphabets."""

import re

# Asterisk cuts a variable that is read over AGI after this many bytes (res_agi.c, 16 to 22).
VARIABLE_LIMIT = 1023

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Quotes, backslashes and what the dialplan substitutes: none of it belongs in a display name.
_NAME_UNSAFE = re.compile(r'["\\<>${}]')
_ID = re.compile(r"[A-Za-z0-9._-]+")
_URI_USER = re.compile(r"(?:sips?|tel):([^@;>?]*)", re.IGNORECASE)


def clean(text: str) -> str:
    """Return `text` without control characters and line separators."""
    return _CONTROL.sub("", text)


def clean_name(text: str) -> str:
    """Return a display name that is safe in a SIP header and in a dialplan: at most 64 bytes."""
    return cut(_NAME_UNSAFE.sub("", clean(text)), 64)


def cut(text: str, limit: int) -> str:
    """Return the longest beginning of `text` that has at most `limit` bytes of UTF-8."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return encoded.decode("utf-8")
    return encoded[:limit].decode("utf-8", "ignore")


def is_id(text: str, limit: int = 32) -> bool:
    """Say whether `text` is an id of the contract: 1 to `limit` characters of [A-Za-z0-9._-]."""
    return len(text) <= limit and _ID.fullmatch(text) is not None


def id_or_empty(text: str, limit: int = 32) -> str:
    """Return `text` if it is an id, else nothing: a broken optional id is no id."""
    return text if is_id(text, limit) else ""


def whole_number(text: str, highest: int) -> int | None:
    """Return the number that `text` spells in ASCII digits, or None if it is none or too high."""
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= highest else None


def uri_user(text: str) -> str:
    """Return the user part of a SIP header's address, or the text itself if it is not one.

    >>> uri_user('"Anna" <sip:+74951234567@example.net>;party=calling')
    '+74951234567'
    """
    found = _URI_USER.search(text)
    return found.group(1) if found else text.strip()
