"""The place in a list of calls where the next page begins, as text that people need not read."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 128
_CALL_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)


def page_token(began_at: datetime, call_id: str) -> str:
    """Make the token that continues after this call."""
    micros = (began_at - _EPOCH) // timedelta.resolution
    return base64.urlsafe_b64encode(f"{micros}/{call_id}".encode()).decode().rstrip("=")


def place(token: str) -> tuple[datetime, str]:
    """Read a token.

    Raises:
        ValueError: it is none.

    """
    if len(token) > _LONGEST:
        raise ValueError("too long")
    try:
        padded = token + "=" * (-len(token) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        micros, _, call_id = text.partition("/")
        began_at = _EPOCH + timedelta(microseconds=int(micros))
    except (binascii.Error, UnicodeError, OverflowError) as error:
        raise ValueError("no token") from error
    if _CALL_ID.fullmatch(call_id) is None or page_token(began_at, call_id) != token:
        raise ValueError("no token")
    return began_at, call_id


def is_page_token(token: str) -> bool:
    """Whether the text is a token."""
    try:
        place(token)
    except ValueError:
        return False
    return True
