"""The outcome of classifying, and the notebook it is written in."""

from dataclasses import dataclass, field

from dialplane_service.domain.answers import (
    CallClass,
    Refusal,
    RefusalReason,
    Target,
)
from dialplane_service.domain.causes import REFUSAL_CAUSE, sip_status
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.numbers import ANONYMOUS, Number
from dialplane_service.domain.records import Account
from dialplane_service.domain.trace import Step


@dataclass(slots=True)
class Notebook:
    """What is known of a call so far. Every rule writes down what it found."""

    called: Number | None = None
    caller: Number = ANONYMOUS
    account: Account | None = None
    steps: list[Step] = field(default_factory=list)

    def note(self, rule: str, finding: str, row: str = "") -> None:
        """Write down what a rule found, and the row it found it in ("table#id")."""
        self.steps.append(Step(rule, finding, row))

    def refuse(self, reason: RefusalReason, detail: str, row: str = "") -> "Outcome":
        """End with a refusal."""
        cause = REFUSAL_CAUSE[reason]
        self.note("refusal", detail, row)
        return Outcome(None, (), Refusal(reason, cause, sip_status(cause), detail))

    def accept(self, call_class: CallClass, *targets: Target) -> "Outcome":
        """End with a class and its ordered targets."""
        self.note("outcome", f"{call_class}: {', '.join(item.target_id for item in targets)}")
        return Outcome(call_class, targets, None)

    @property
    def tier(self) -> Tier | None:
        """The account's default tier, once the account is known."""
        return self.account.default_tier if self.account is not None else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A class with targets, or a refusal."""

    call_class: CallClass | None
    targets: tuple[Target, ...]
    refusal: Refusal | None
