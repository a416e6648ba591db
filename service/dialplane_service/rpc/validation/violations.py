"""The rules that requests share. A rule notes what it finds; at the end all of it is raised at once."""

import re
from typing import Final

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1.channel_pb2 import Channel
from dialplane_service.application.errors import FieldViolation, InvalidRequestError
from dialplane_service.domain.addresses import address

LONGEST_ID: Final = 32
LONGEST_SERVER: Final = 50
LONGEST_ACCOUNT: Final = 50
LONGEST_UNIQUE_ID: Final = 150
LAST_ATTEMPT: Final = 10
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999, as far as Timestamp and DATETIME go
_SECOND_NANOS: Final = 1_000_000_000
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)


class Violations:
    """What is wrong with one request."""

    def __init__(self) -> None:
        self._found: list[FieldViolation] = []

    def add(self, field: str, description: str) -> None:
        """Note that the field breaks a rule."""
        self._found.append(FieldViolation(field, description))

    def raise_if_any(self) -> None:
        """Raise everything that was noted.

        Raises:
            InvalidRequestError: something was.

        """
        if self._found:
            raise InvalidRequestError(*self._found)

    def identifier(self, field: str, value: str, longest: int, *, optional: bool = False) -> None:
        """1 to ``longest`` characters of [A-Za-z0-9._-]; ``optional``: or empty."""
        if optional and not value:
            return
        if len(value) > longest or _IDENTIFIER.fullmatch(value) is None:
            empty = "empty or " if optional else ""
            self.add(field, f"must be {empty}1 to {longest} characters of [A-Za-z0-9._-]")

    def digits(self, field: str, value: str, longest: int, *, optional: bool = False) -> None:
        """1 to ``longest`` digits; ``optional``: or empty."""
        if optional and not value:
            return
        if len(value) > longest or _DIGITS.fullmatch(value) is None:
            empty = "empty or " if optional else ""
            self.add(field, f"must be {empty}1 to {longest} digits")

    def octets(self, field: str, value: str, longest: int) -> None:
        """At most ``longest`` bytes of any text."""
        if len(value) * 4 > longest and len(value.encode()) > longest:
            self.add(field, f"must be at most {longest} bytes")

    def characters(self, field: str, value: str, longest: int, *, shortest: int = 0) -> None:
        """``shortest`` to ``longest`` characters of any text."""
        if not shortest <= len(value) <= longest:
            least = f"{shortest} to" if shortest else "at most"
            self.add(field, f"must be {least} {longest} characters")

    def between(self, field: str, value: int, lowest: int, highest: int) -> None:
        """A whole number of a range."""
        if not lowest <= value <= highest:
            self.add(field, f"must be {lowest} to {highest}")

    def q850_cause(self, field: str, value: int) -> None:
        """A Q.850 cause, or 0."""
        self.between(field, value, 0, 127)

    def sip_status(self, field: str, value: int) -> None:
        """A SIP status, or 0."""
        if value and not 100 <= value <= 699:
            self.add(field, "must be 0 or 100 to 699")

    def known(
        self, field: str, value: int, kind: EnumDescriptor, *, required: bool = False
    ) -> None:
        """A value of the enum that this release knows; ``required``: and not the unspecified one."""
        if value not in kind.values_by_number:
            self.add(field, f"is not a value of {kind.name} that this release knows")
        elif required and not value:
            self.add(field, f"must be a {kind.name} other than {kind.values_by_number[0].name}")

    def instant(self, field: str, value: Timestamp) -> None:
        """An instant from 1970 to 9999."""
        if not 0 <= value.seconds <= _LAST_SECOND or not 0 <= value.nanos < _SECOND_NANOS:
            self.add(field, "must be an instant from 1970 to 9999")

    def address(self, field: str, value: str) -> None:
        """An IPv4 or IPv6 address."""
        try:
            address(value)
        except ValueError:
            self.add(field, "must be an IPv4 or IPv6 address without port")

    def channel(self, field: str, value: Channel) -> None:
        """A channel with its unique id."""
        self.identifier(f"{field}.unique_id", value.unique_id, LONGEST_UNIQUE_ID)
        self.identifier(f"{field}.linked_id", value.linked_id, LONGEST_UNIQUE_ID, optional=True)
        self.octets(f"{field}.name", value.name, 255)
        self.octets(f"{field}.sip_call_id", value.sip_call_id, 255)
