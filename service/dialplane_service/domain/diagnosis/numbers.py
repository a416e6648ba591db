"""Rented numbers: does a call to each of them arrive somewhere, and at its own account."""

from dialplane_service.domain.classification.targets import usable_target
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import (
    Findings,
    error,
    notice,
    unusable_server,
    warning,
)
from dialplane_service.domain.numbers import is_e164
from dialplane_service.domain.records import PoolNumber


def _subject(number: PoolNumber) -> str:
    return f"numbers_pool#{number.id}"


def _called(data: DecisionData) -> list[PoolNumber]:
    """The numbers that calls come in to."""
    return [row for row in data.rows.numbers if row.enabled and row.direction.takes_in]


def not_e164(data: DecisionData) -> Findings:
    """Numbers that no normalised number can ever equal."""
    for number in data.rows.numbers:
        if not is_e164(number.number):
            yield warning(
                "number_not_e164",
                _subject(number),
                f"{number.number!r} is no full international number, so no call matches it.",
                "Write it as E.164 digits: country code first, no +, 7 to 15 digits.",
            )


def on_unusable_server(data: DecisionData) -> Findings:
    """Numbers served nowhere."""
    for number in _called(data):
        why = unusable_server(data, number.server_id)
        if why is not None:
            yield warning(
                "number_on_unusable_server",
                _subject(number),
                f"{number.number} is served by {why}: its calls are refused.",
                "Set server_id to the server whose users the number rings.",
            )


def without_account(data: DecisionData) -> Findings:
    """Numbers that nobody owns."""
    for number in data.rows.numbers:
        if number.enabled and number.account_id is None:
            yield notice(
                "number_without_account",
                _subject(number),
                f"{number.number} belongs to no account: no client is recognised on it and nobody"
                " presents it.",
                "Set account_id, or switch the number off while it is not used.",
            )


def account_off(data: DecisionData) -> Findings:
    """Numbers of accounts that are switched off."""
    for number in _called(data):
        account = data.account.get(number.account_id or 0)
        if number.account_id is not None and (account is None or not account.enabled):
            name = account.accountname if account is not None else f"account {number.account_id}"
            yield notice(
                "number_of_disabled_account",
                _subject(number),
                f"{number.number} belongs to {name}, which is switched off: its calls are refused.",
                "Give the number to another account, or switch it off too.",
            )


def without_destination(data: DecisionData) -> Findings:
    """Numbers whose calls lead nowhere."""
    for number in _called(data):
        if number.echotest or number.target_id is not None:
            continue
        yield warning(
            "number_without_destination",
            _subject(number),
            f"{number.number} has no destination: every call but a known client's is refused.",
            "Set target_id, or switch the number off while it is not used.",
        )


def unusable_destination(data: DecisionData) -> Findings:
    """Numbers whose destination cannot take a call now."""
    for number in _called(data):
        if number.echotest or number.target_id is None:
            continue
        if usable_target(data, data.target.get(number.target_id)) is None:
            yield warning(
                "number_destination_unusable",
                _subject(number),
                f"{number.number} leads to target {number.target_id}, whose device or group is"
                " gone, switched off or empty: its calls are refused.",
                f"Mend targets#{number.target_id}, or lead the number elsewhere.",
            )


def leads_to_another_account(data: DecisionData) -> Findings:
    """One tenant's number that rings another tenant's phones."""
    for number in data.rows.numbers:
        target = data.target.get(number.target_id or 0)
        if number.account_id is None or target is None or target.account_id == number.account_id:
            continue
        yield error(
            "number_leads_to_another_account",
            _subject(number),
            f"{number.number} belongs to account {number.account_id} but leads to target"
            f" {target.id} of account {target.account_id}: one tenant hears another's calls.",
            "Lead the number to a target of its own account.",
        )


def in_echo_test(data: DecisionData) -> Findings:
    """Numbers left in echo test that have somewhere to go."""
    for number in _called(data):
        if number.echotest and number.target_id is not None:
            yield notice(
                "number_in_echo_test",
                _subject(number),
                f"{number.number} is in echo test, so no call reaches its destination.",
                "Set echotest to 0 when the test is over.",
            )
