"""Accounts and their devices: which number they call with, and where they are."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import (
    Findings,
    unusable_server,
    warning,
)


def _own(data: DecisionData, account_id: int) -> set[str]:
    return {row.number for row in data.account_numbers.get(account_id, ())}


def foreign_caller_id(data: DecisionData) -> Findings:
    """Caller IDs that are not the account's own numbers."""
    presented = [
        (f"accounts#{row.id}", row.accountname, row.id, row.caller_id) for row in data.rows.accounts
    ]
    presented += [
        (f"endpoints#{row.id}", row.endpointname, row.account_id, row.caller_id)
        for row in data.rows.endpoints
    ]
    for subject, name, account_id, digits in presented:
        if digits is not None and digits not in _own(data, account_id):
            yield warning(
                "caller_id_not_own",
                subject,
                f"{name} calls with {digits}, which is not one of its account's numbers: called"
                " parties and emergency services ring somebody else back.",
                "Set caller_id to a number of the account, or leave it empty.",
            )


def without_number(data: DecisionData) -> Findings:
    """Accounts with devices that show no number at all, not even to an emergency service."""
    silent = {
        row.account_id for row in data.rows.endpoints if row.enabled and row.caller_id is None
    }
    for account in data.rows.accounts:
        if not account.enabled or account.id not in silent or account.caller_id is not None:
            continue
        if any(row.enabled for row in data.account_numbers.get(account.id, ())):
            continue
        yield warning(
            "account_without_number",
            f"accounts#{account.id}",
            f"{account.accountname} has devices but no number: nobody can call back, an emergency"
            " service neither.",
            "Rent a number to the account, or set its caller_id.",
        )


def device_on_unusable_server(data: DecisionData) -> Findings:
    """Devices that register nowhere."""
    for endpoint in data.rows.endpoints:
        why = unusable_server(data, endpoint.server_id)
        if endpoint.enabled and why is not None:
            yield warning(
                "endpoint_on_unusable_server",
                f"endpoints#{endpoint.id}",
                f"Device {endpoint.endpointname} is on {why}: it is neither rung nor recognised.",
                "Set server_id to the server that the device registers on.",
            )


def account_missing(data: DecisionData) -> Findings:
    """Devices of accounts that are gone."""
    for endpoint in data.rows.endpoints:
        if endpoint.account_id not in data.account:
            yield warning(
                "endpoint_without_account",
                f"endpoints#{endpoint.id}",
                f"Device {endpoint.endpointname} belongs to account {endpoint.account_id}, which"
                " does not exist: its calls are refused.",
                "Give the device to an account.",
            )
