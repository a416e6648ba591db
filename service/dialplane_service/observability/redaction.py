"""What a log may show of a telephone number: where it leads, and enough to tell two calls apart."""

from typing import Final

_OPEN_LENGTH: Final = 4  # extensions, emergency and short numbers name nobody
_SHOWN_FIRST: Final = 3
_SHOWN_LAST: Final = 2
_LONGEST_SHOWN: Final = 24


def redacted(number: str) -> str:
    """Hide the middle of a number: "74957777777" becomes "749******77".

    Works on any text that arrived in a number's place; what is not printable ASCII becomes "?".
    """
    text = "".join(char if " " <= char <= "~" else "?" for char in number[: _LONGEST_SHOWN + 1])
    if len(text) > _LONGEST_SHOWN:
        return f"{text[:_SHOWN_FIRST]}***({len(number)} characters)"
    if len(text) <= _OPEN_LENGTH:
        return text
    shown_first = _SHOWN_FIRST if len(text) > _SHOWN_FIRST + _SHOWN_LAST + 1 else 1
    hidden = len(text) - shown_first - _SHOWN_LAST
    return f"{text[:shown_first]}{'*' * hidden}{text[-_SHOWN_LAST:]}"
