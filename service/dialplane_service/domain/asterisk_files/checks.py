"""What a value must look like before it stands in a file of Asterisk's.

The database and its reader check the same. This is for rows that came past both: a line feed in a
name would be a line of configuration, and ``#exec`` a program that runs as Asterisk.
"""

import re
from dataclasses import dataclass
from typing import Final

from dialplane_service.domain.addresses import Address, Network, address, network

INVALID: Final = "invalid"
"""Stands for a refused value while the rest is looked at; what holds it is never given away."""
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?\.?", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_LONGEST_PEER: Final = 79  # Asterisk's own limit of a channel driver's names
_RESERVED: Final = frozenset(("general", "authentication", "callnumberlimits", "globals"))
_OWN: Final = re.compile(r"dialplane[-_].*|.*-(?:auth|line|registration)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """A row ("table#id") and what is wrong with it, one sentence."""

    row: str
    problem: str


class RefusedRowsError(ValueError):
    """Values that must not stand in a file; ``remarks`` names each with its row."""

    def __init__(self, remarks: tuple[Remark, ...]) -> None:
        super().__init__("; ".join(f"{remark.row}: {remark.problem}" for remark in remarks))
        self.remarks = remarks


class Checks:
    """Checks values and remembers what it refused, so that all of it can be told at once."""

    def __init__(self) -> None:
        self._refused: dict[Remark, None] = {}

    @property
    def refused(self) -> tuple[Remark, ...]:
        """What was refused, each once, in the order in which it was met."""
        return tuple(self._refused)

    def refuse(self, row: str, problem: str) -> None:
        """Refuse a row for something that no alphabet tells."""
        self._refused[Remark(row, problem)] = None

    def raise_if_any(self) -> None:
        """Raise everything that was refused.

        Raises:
            RefusedRowsError: something was.
        """
        if self._refused:
            raise RefusedRowsError(self.refused)

    def name(self, row: str, column: str, value: str) -> str:
        """A name of ours: letters, digits, ".", "_" and "-"."""
        return self._matching(row, column, value, _NAME, "a name of letters, digits, '.', '_', '-'")

    def peer(self, row: str, column: str, value: str) -> str:
        """A name that becomes a section of its own: none that means something else there."""
        checked = self.name(row, column, value)
        if checked != INVALID and (value.lower() in _RESERVED or _OWN.fullmatch(value)):
            self.refuse(row, f"{column} {value!r} has a meaning of its own in Asterisk's files")
            return INVALID
        return checked

    def host(self, row: str, column: str, value: str) -> str:
        """A host name, or an address as text."""
        if _HOST.fullmatch(value) is not None:
            return value
        parsed = self.address(row, column, value)
        return INVALID if parsed is None else str(parsed)

    def digits(self, row: str, column: str, value: str) -> str:
        """A telephone number: 1 to 15 digits."""
        return self._matching(row, column, value, _DIGITS, "1 to 15 digits")

    def port(self, row: str, column: str, value: int | None) -> int | None:
        """A port, or ``None``: the protocol's own."""
        if value is None or (type(value) is int and 1 <= value <= 65535):
            return value
        self.refuse(row, f"{column} {value!r} is not a port")
        return None

    def address(self, row: str, column: str, value: str) -> Address | None:
        """An address; ``None``: it is refused."""
        try:
            return address(value)
        except ValueError:
            self.refuse(row, f"{column} {value[:100]!r} is not an IP address")
            return None

    def network(self, row: str, value: str, prefix_length: int | None) -> Network | None:
        """A network; ``None``: it is refused, for example because it holds every address there is."""
        shown = value if prefix_length is None else f"{value}/{prefix_length}"
        try:
            found = network(value, prefix_length)
        except ValueError:
            self.refuse(row, f"ipaddress {shown[:100]!r} is not an IP network")
            return None
        if found.prefixlen == 0:
            self.refuse(row, f"ipaddress {shown!r} stands for every address there is")
            return None
        return found

    def _matching(
        self, row: str, column: str, value: str, alphabet: re.Pattern[str], wanted: str
    ) -> str:
        if len(value) <= _LONGEST_PEER and alphabet.fullmatch(value) is not None:
            return value
        self.refuse(row, f"{column} {value[:100]!r} is not {wanted}")
        return INVALID
