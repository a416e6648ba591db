"""What a use case raises when it cannot answer. Each has one gRPC status and one ErrorReason (``rpc/errors.py``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dialplane_service.domain.rate_decks import DeckProblem

_DECK_PROBLEMS: Final[Mapping[DeckProblem, str]] = {
    DeckProblem.NOT_READY: "the rate deck is still loading",
    DeckProblem.NOT_ACTIVE: "the rate deck is not active",
    DeckProblem.NO_EARLIER_DECK: "there is no earlier rate deck to go back to",
    DeckProblem.NOTHING_TO_MERGE_INTO: "no rate deck is in force that the changes could go into",
    DeckProblem.NOT_LOADING: "the upload was given up: nothing came of it for too long",
    DeckProblem.OTHER_CURRENCY: "changes must be in the currency of the rate deck that they go into",
    DeckProblem.OTHER_BASE: "another rate deck is in force at the takeover than the one that these changes"
    " were merged into: import the changes again",
}


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


class UnknownProviderError(DialplaneError):
    """No provider of this name is known."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"unknown provider {provider!r}; see 'providers' in the database")
        self.provider = provider


class UnknownTariffError(DialplaneError):
    """No tariff of this name is known."""

    def __init__(self, tariff: str) -> None:
        super().__init__(f"unknown tariff {tariff!r}; see 'tariffs' in the database")
        self.tariff = tariff


class UnknownCurrencyError(DialplaneError):
    """No currency of this code is known."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"unknown currency {currency!r}; see 'currency' in the database")
        self.currency = currency


class UnknownDeckError(DialplaneError):
    """No rate deck of this id is known."""

    def __init__(self, deck_id: int) -> None:
        super().__init__(f"there is no rate deck {deck_id}")
        self.deck_id = deck_id


class DeckStateError(DialplaneError):
    """The deck is not in the state that this needs."""

    def __init__(self, problem: DeckProblem, detail: str = "") -> None:
        super().__init__(_DECK_PROBLEMS[problem] + (f": {detail}" if detail else ""))
        self.problem = problem


class DatabaseUnavailableError(DialplaneError):
    """MariaDB cannot take the event or answer the question now; sending it again later is safe."""


class NoDecisionDataError(DialplaneError):
    """No decision data has been loaded yet: neither MariaDB nor a last good file was there."""
