"""What is asked of the caller-ID policy, and what it answers."""

from dataclasses import dataclass, field
from functools import cached_property

from dialplane_service.domain.caller_id.countries import calling_code, number_country
from dialplane_service.domain.caller_id.law import Rules, forbids, substitution_rule
from dialplane_service.domain.caller_id.sticky import sticky_order
from dialplane_service.domain.kinds import CallerIdFallback, Tier
from dialplane_service.domain.records import CallerIdRule, PoolNumber


@dataclass(frozen=True, slots=True)
class Presentable:
    """The number to present, E.164 digits; empty: the provider puts its own.

    ``pool_number`` is set when it is a rented number of that provider.
    """

    digits: str
    pool_number: PoolNumber | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """Nothing is presented, and the called party is not to be told: the plan says RESTRICT."""

    detail: str


@dataclass(frozen=True, slots=True)
class DropToTier:
    """Nothing is presented, and the leg is sent in this tier of the provider: the plan says NON_CLI."""

    tier: Tier
    detail: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The leg cannot be sent over the provider; ``detail``: one sentence that says why."""

    detail: str


CallerIdOutcome = Presentable | Restricted | DropToTier | Refused


@dataclass(frozen=True)
class CallerIdQuestion:
    """One leg to a number outside, whatever provider carries it. Countries are looked up once, if at all.

    ``wanted``: what the caller would present, E.164 digits; empty: nothing. ``own``: the paying
    account's numbers that are switched on, by id. ``leaves_again``: the call came in from outside, so
    the caller is not the account, and no number of the account is the caller's own.
    """

    called: str
    wanted: str
    own: tuple[PoolNumber, ...]
    leaves_again: bool
    fallback: CallerIdFallback
    rules: Rules
    found: dict[object, CallerIdOutcome] = field(init=False, default_factory=dict, repr=False)
    """What was found over providers, by all that matters of them."""

    @cached_property
    def called_country(self) -> str | None:
        """The country that is called; ``None``: not known."""
        return number_country(self.called)

    @cached_property
    def calling_code(self) -> str:
        """The calling code of the called number."""
        return calling_code(self.called)

    @cached_property
    def forbidden_by(self) -> CallerIdRule | None:
        """The rule that forbids to present another number than the caller's own; ``None``: none does.

        A caller without a number has none that could be substituted.
        """
        if not self.rules or not self.wanted:
            return None
        rule = substitution_rule(self.rules, number_country(self.wanted), self.called_country)
        return rule if forbids(rule) else None

    @cached_property
    def own_by_provider(self) -> dict[int, tuple[PoolNumber, ...]]:
        """The account's numbers by the provider that rents them out, by id."""
        found: dict[int, list[PoolNumber]] = {}
        for row in self.own:
            found.setdefault(row.provider_id, []).append(row)
        return {provider_id: tuple(rows) for provider_id, rows in found.items()}

    @cached_property
    def own_in_sticky_order(self) -> list[PoolNumber]:
        """The account's numbers, the one that this called party always sees first."""
        return sticky_order(self.called, self.own)

    def is_of_called_country(self, digits: str) -> bool:
        """Whether a number is one of the country that is called."""
        if not digits or not digits.startswith(self.calling_code):
            return False
        country = self.called_country
        return country is not None and number_country(digits) == country
