"""Text from the wire, made safe for a terminal: nothing in it moves a cursor or changes a colour."""

import unicodedata
from typing import Final

NOTHING: Final = "-"
"""Stands where there is nothing to show, so that a line's columns can be counted."""


def safe(text: str) -> str:
    r"""The text with every character that is not printable written as an escape, for example \\x1b."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def width(text: str) -> int:
    """How many columns of a terminal a safe text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def duration(milliseconds: int | None) -> str:
    """A duration to the millisecond: "1:02.345", "1:00:00.000"; nothing for ``None``."""
    if milliseconds is None:
        return ""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    front = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{front}:{seconds:02}.{rest:03}"


def _escaped(char: str) -> str:
    value = ord(char)
    if value < 0x100:
        return f"\\x{value:02x}"
    return f"\\u{value:04x}" if value < 0x10000 else f"\\U{value:08x}"


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
