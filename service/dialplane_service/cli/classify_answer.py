"""What ``dialplane classify`` shows."""

from typing import Final

from dialplane.routing.v1.call_class_pb2 import CallClass
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.refusal_pb2 import RefusalReason
from dialplane.routing.v1.target_pb2 import Target
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.screen import Screen

_ANONYMOUS: Final = "(anonymous)"


def show(
    screen: Screen,
    request: ClassifyCallRequest,
    response: ClassifyCallResponse,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Write the answer."""
    found = document(request, response)
    if as_json:
        screen.document(found)
        return
    refusal = found["refusal"]
    screen.facts(
        {
            "Dialled": request.dialled,
            "Call class": found["call_class"] or "refused",
            "Called": _number(found["called"]),
            "Caller": _number(found["caller"]),
            "Account": response.account or "none",
            "Tier": found["tier"] or "",
            "Call id": response.call_id,
            "Server": request.server,
            "Decided": found["decided_at"] or "",
            "Data version": str(response.data_version),
        }
    )
    screen.line()
    if refusal is not None:
        codes = f"Q.850 cause {refusal['q850_cause']}, SIP {refusal['sip_status']}"
        screen.line(f"Refused, {refusal['reason']}: {refusal['detail']} ({codes})", "bold red")
    else:
        rows = [_row(rank, row) for rank, row in enumerate(response.targets.targets, start=1)]
        screen.table(("rank", "target", "kind", "leads to"), rows)
    if explain:
        screen.line()
        screen.line("How:")
        steps = [(row.rule, row.finding, row.row) for row in response.trace.steps]
        screen.table(("rule", "found", "row"), steps)


def document(request: ClassifyCallRequest, response: ClassifyCallResponse) -> Document:
    """The answer as ``--json`` shows it."""
    refused = response.WhichOneof("outcome") == "refusal"
    reason = documents.word(RefusalReason, response.refusal.reason)
    return {
        "dialled": request.dialled,
        "server": request.server,
        "call_id": response.call_id,
        "decided_at": documents.instant(response, "decided_at"),
        "data_version": response.data_version,
        "call_class": documents.word(CallClass, response.call_class),
        "called": documents.number(response.called),
        "caller": documents.number(response.caller),
        "account": response.account or None,
        "tier": documents.tier(response.tier),
        "targets": [documents.target(row) for row in response.targets.targets],
        "refusal": documents.ending(response.refusal, reason) if refused else None,
        "steps": [documents.step(row) for row in response.trace.steps],
    }


def _number(number: Document | None) -> str:
    if number is None:
        return ""
    return f"{number['digits']} ({number['kind']})" if number["digits"] else _ANONYMOUS


def _row(rank: int, target: Target) -> tuple[str, str, str, str]:
    return str(rank), target.target_id, target.WhichOneof("kind") or "", _leads_to(target)


def _leads_to(target: Target) -> str:
    match target.WhichOneof("kind"):
        case "endpoint":
            device = target.endpoint
            extension = f", extension {device.extension}" if device.extension else ""
            return f"{device.endpoint}{extension}, on {device.server}"
        case "external_number":
            return _number(documents.number(target.external_number.number))
        case "server":
            return f"{target.server.server}, over {target.server.forward_path}"
        case "location":
            place = target.location
            return f"{place.name}: {place.context},{place.extension},{place.priority}"
        case "emergency":
            return f"{target.emergency.number} of {target.emergency.country}"
        case "ring_group":
            return target.ring_group.name
        case "queue":
            return target.queue.name
        case "carried_route":
            return target.carried_route.route_id
        case _:
            return ""
