"""Which number a leg shows over a provider, written plainly from the decisions."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import phonenumbers

from tests.generated.world import World


@dataclass
class ShownNumber:
    """What a leg shows. `row`: where the provider rents the number out. `tier`: another than the wanted."""

    digits: str = ""
    row: Any = None
    presentation: str = "ALLOWED"
    diversion: str = ""
    tier: str = ""
    refused: bool = False
    withheld: bool = False


@dataclass
class CallerIds:
    """One leg to `called`. `wanted`: what the caller would show; `own`: its account's numbers, by id.

    `leaves_again`: somebody from outside calls, so the account's numbers are not the caller's.
    """

    world: World
    account: Any
    called: str
    wanted: str
    own: list[Any]
    leaves_again: bool

    def over(self, provider: Any, presentation: str, dialled: str) -> ShownNumber:
        """What is shown over a provider."""
        diversion = dialled if dialled in self.world.pool else ""
        if self._from_abroad(provider, diversion):
            diversion = ""
        for digits, row, callers in self._let_through(provider):
            if self._may_be_shown(provider, digits, callers=callers):
                return ShownNumber(digits, row, presentation, diversion)
        if self._fallback() == "NON_CLI" and provider.noncli_prefix:
            return ShownNumber("", None, presentation, diversion, tier="NON_CLI", withheld=True)
        return self._nothing()

    def over_gate(self, provider: Any, gate: Any, shown: ShownNumber) -> ShownNumber:
        """What is shown over a gate that shows its own number."""
        row = self.world.get("numbers_pool", gate.numbers_pool_id)
        callers = row.number == self.wanted or (not self.leaves_again and row in self.own)
        if shown.withheld or shown.refused:
            return shown
        if self._may_be_shown(provider, row.number, callers=callers):
            return replace(shown, digits="")
        return self._nothing()

    def _nothing(self) -> ShownNumber:
        if self._fallback() == "RESTRICT":
            return ShownNumber(presentation="RESTRICTED", withheld=True)
        return ShownNumber(refused=True)

    def _from_abroad(self, provider: Any, digits: str) -> bool:
        called = country(self.called)
        return called is not None and country(digits) == called != provider.country

    def _may_be_shown(self, provider: Any, digits: str, *, callers: bool) -> bool:
        """Whether a number may be shown over the provider; none: the provider shows what it likes."""
        if self._from_abroad(provider, digits):
            return False
        if callers or not self.wanted:
            return True
        caller, called = country(self.wanted), country(self.called)
        rules = {
            (row.caller_country, row.called_country): row.rule for row in self.world.caller_id_rules
        }
        pairs = [(caller, called), (caller, None), (None, called), (None, None)]
        found = [rules[pair] for pair in pairs if pair in rules]
        return not found or found[0] == "SUBSTITUTION_ALLOWED"

    def _fallback(self) -> str:
        """What the account's plan wants where none may be shown."""
        plan_id = self.account.routing_plan_id if self.account is not None else None
        return (
            str(self.world.get("routing_plans", plan_id).caller_id_fallback) if plan_id else "DROP"
        )

    def _let_through(self, provider: Any) -> list[tuple[str, Any, bool]]:
        default = provider.dynamic_calls_caller_id or ""
        last = (default, None, default != "" and default == self.wanted)
        mine = not self.leaves_again
        if provider.cli_allowed == "Y" and provider.dynamic_calls == "Y":
            if not self.wanted:
                return [last]
            others = [row for row in self._by_lot(self.own) if row.number != self.wanted]
            return [(self.wanted, None, True), *((row.number, None, mine) for row in others)]
        rows = [row for row in self.own if row.provider_id == provider.id]
        if provider.cli_allowed == "N":
            rows = [row for row in rows if row.direction != "IN"]
        rows = rows if provider.cli_allowed == "N" else self._by_lot(rows)
        rows.sort(key=lambda row: row.number != self.wanted)
        return [*((row.number, row, mine or row.number == self.wanted) for row in rows), last]

    def _by_lot(self, rows: list[Any]) -> list[Any]:
        def lot(row: Any) -> bytes:
            return hashlib.blake2b(f"{self.called}/{row.id}".encode(), digest_size=8).digest()

        return sorted(rows, key=lot, reverse=True)


def country(digits: str) -> str | None:
    """The country that the phone-number metadata names; None: none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return None
