"""Gates: named dial peers, each bound to a rented number."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import (
    Findings,
    notice,
    unusable_server,
    warning,
)
from dialplane_service.domain.kinds import ReachedBy
from dialplane_service.domain.records import Gate


def _subject(gate: Gate) -> str:
    return f"gates#{gate.id}"


def _in_use(data: DecisionData) -> list[Gate]:
    return [row for row in data.rows.gates if row.enabled]


def on_unusable_server(data: DecisionData) -> Findings:
    """Gates that no server holds."""
    for gate in _in_use(data):
        why = unusable_server(data, gate.serverid)
        if why is not None:
            yield warning(
                "gate_on_unusable_server",
                _subject(gate),
                f"Gate {gate.gatename} is on {why}: no call goes through it.",
                "Set serverid to the server whose configuration has the peer.",
            )


def on_another_server(data: DecisionData) -> Findings:
    """The article's gate 1: the number is served by one server, its gate is on another."""
    for gate in _in_use(data):
        number = data.number.get(gate.numbers_pool_id)
        if number is None or number.server_id == gate.serverid:
            continue
        if unusable_server(data, gate.serverid) or unusable_server(data, number.server_id):
            continue
        yield notice(
            "gate_on_another_server",
            _subject(gate),
            f"{number.number} is served by {data.server[number.server_id].servername} but its gate"
            f" {gate.gatename} is on {data.server[gate.serverid].servername}: outgoing calls that"
            " show the number are carried there first.",
            "Nothing needs to be done; to spare the detour, keep number and gate on one server.",
        )


def another_number(data: DecisionData) -> Findings:
    """Gates that log in with another number than the one they are bound to."""
    for gate in _in_use(data):
        number = data.number.get(gate.numbers_pool_id)
        if number is not None and number.number != gate.gatenumber:
            yield warning(
                "gate_number_differs",
                _subject(gate),
                f"Gate {gate.gatename} is bound to {number.number} but its gatenumber is"
                f" {gate.gatenumber}: calls show another number than the gate's.",
                "Set gatenumber or numbers_pool_id right.",
            )


def never_used(data: DecisionData) -> Findings:
    """Gates of a provider that is dialled by its address."""
    for gate in _in_use(data):
        number = data.number.get(gate.numbers_pool_id)
        provider = data.provider.get(number.provider_id) if number is not None else None
        if provider is None or not provider.carries_outgoing:
            continue
        if provider.reached_by is ReachedBy.ADDRESS and provider.cli_allowed:
            yield notice(
                "gate_never_used",
                _subject(gate),
                f"Gate {gate.gatename} is never dialled: {provider.providername} is reached by its"
                " address.",
                "Set the provider's reached_by to GATE if its calls go through gates.",
            )
