"""What a use case raises when it cannot answer. Each has one gRPC status and one ErrorReason (``rpc/errors.py``)."""

from dataclasses import dataclass


class DialplaneError(Exception):
    """Base of all errors that a caller may see."""


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule of a request: the field's path and what it should be."""

    field: str
    description: str


class InvalidRequestError(DialplaneError):
    """A field breaks its rule: something only a program gets wrong."""

    def __init__(self, *violations: FieldViolation) -> None:
        super().__init__("; ".join(f"{item.field}: {item.description}" for item in violations))
        self.violations = violations


class UnknownServerError(DialplaneError):
    """No server of this name is known."""

    def __init__(self, server: str) -> None:
        super().__init__(f"unknown server {server!r}; see 'servers' in the database")
        self.server = server


class UnknownAccountError(DialplaneError):
    """No account of this name is known."""

    def __init__(self, account: str) -> None:
        super().__init__(f"unknown account {account!r}; see 'accounts' in the database")
        self.account = account


class UnknownCallError(DialplaneError):
    """No call of this id is recorded."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"no call {call_id!r} is recorded")
        self.call_id = call_id


class DatabaseUnavailableError(DialplaneError):
    """MariaDB cannot take the event or answer the question now; sending it again later is safe."""


class NoDecisionDataError(DialplaneError):
    """No decision data has been loaded yet: neither MariaDB nor a last good file was there."""
