"""What ``dialplane route`` shows."""

from dataclasses import dataclass
from typing import Final

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
    DialInstruction,
)
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallResponse
from dialplane.routing.v1.no_more_routes_pb2 import NoMoreRoutes, NoRouteReason
from dialplane.routing.v1.refusal_pb2 import Refusal, RefusalReason
from dialplane.routing.v1.trace_pb2 import Basis, Candidate
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.route_prices import (
    ON_NET,
    basis_facts,
    caller,
    costs,
    show_dropped,
    show_ranked,
)
from dialplane_service.cli.screen import Screen

_COLUMNS: Final = ("rank", "provider", "tier", "dial string", "caller id")


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """What was asked and answered; ``response`` unset: the call was refused before it was routed."""

    request: BuildDialStringRequest
    response: BuildDialStringResponse | None
    classified: ClassifyCallResponse | None = None

    @property
    def found(self) -> bool:
        """Whether there is anything to dial, or a place to go to."""
        response = self.response
        return response is not None and response.WhichOneof("answer") != "no_more_routes"

    @property
    def routes(self) -> list[Candidate]:
        """The routes that would be tried, in their order."""
        ranked = [row for row in self._candidates() if row.rank]
        return sorted(ranked, key=lambda row: row.rank)

    @property
    def dropped(self) -> list[Candidate]:
        """The candidates that would not."""
        return [row for row in self._candidates() if not row.rank]

    @property
    def data_version(self) -> int:
        """The version of the decision data that was used."""
        answered = self.response if self.response is not None else self.classified
        return answered.data_version if answered is not None else 0

    @property
    def refusal(self) -> Refusal | None:
        """Why the call was refused before it was routed."""
        if self.response is None and self.classified is not None:
            return self.classified.refusal
        return None

    @property
    def no_more_routes(self) -> NoMoreRoutes | None:
        """Why there is nothing to dial."""
        if self.response is None or self.found:
            return None
        return self.response.no_more_routes

    @property
    def basis(self) -> Basis | None:
        """What the routes were ranked by."""
        response = self.response
        if response is None or not response.trace.HasField("basis"):
            return None
        return response.trace.basis

    def _candidates(self) -> list[Candidate]:
        return list(self.response.trace.candidates) if self.response is not None else []


def show(screen: Screen, answer: RouteAnswer, *, explain: bool, as_json: bool) -> None:
    """Write the answer."""
    if as_json:
        screen.document(document(answer))
        return
    screen.facts(_facts(answer))
    screen.line()
    _show_ending(screen, answer)
    if answer.routes:
        if explain and answer.basis is not None and any(row.rate_deck for row in answer.routes):
            show_ranked(screen, answer.routes, answer.basis)
        else:
            _show_routes(screen, answer, explain=explain)
    if explain and answer.dropped:
        screen.line()
        screen.line("Dropped:")
        show_dropped(screen, answer.dropped)


def document(answer: RouteAnswer) -> Document:
    """The answer as ``--json`` shows it."""
    request, end, refusal = answer.request, answer.no_more_routes, answer.refusal
    return {
        "number": _digits(answer),
        "server": request.server or None,
        "account": request.account or None,
        "endpoint": request.endpoint or None,
        "caller_number": request.caller.number or None,
        "tier": documents.tier(request.tier),
        "call_id": request.call_id,
        "decided_at": documents.instant(request, "decided_at"),
        "data_version": answer.data_version,
        "basis": answer.basis and documents.basis(answer.basis),
        "routes": [documents.candidate(row) for row in answer.routes],
        "dropped": [documents.candidate(row) for row in answer.dropped],
        "first": _first(answer),
        "no_more_routes": end and documents.ending(end, _reason(end)),
        "refusal": refusal and documents.ending(refusal, _refusal_reason(refusal)),
    }


def _facts(answer: RouteAnswer) -> dict[str, str]:
    request = answer.request
    facts = {
        "Number": _digits(answer),
        "Server": request.server or "the first that is on (no --server was given)",
        "Account": request.account or "none: a caller that owns no number",
        "Tier": documents.tier(request.tier) or _own_tier(answer),
        "Decided": documents.instant(request, "decided_at") or "",
        "Data version": _versions(answer),
    }
    if request.endpoint:
        facts["Device"] = request.endpoint
    elif request.caller.number:
        facts["Caller"] = request.caller.number
    if answer.basis is not None:
        facts |= basis_facts(answer.basis)
    return facts


def _versions(answer: RouteAnswer) -> str:
    if answer.basis is None:
        return str(answer.data_version)
    rates = answer.basis.rate_table_version
    told = f"rates of data version {rates}" if rates else "no rates"
    return f"{answer.data_version} ({told})"


def _own_tier(answer: RouteAnswer) -> str:
    """The tier of the candidates, which nobody asked for."""
    tiers = (documents.tier(row.tier) for row in [*answer.routes, *answer.dropped])
    found = next(filter(None, tiers), "")
    whose = "the account's own" if answer.request.account else "the default without an account"
    return f"{found} ({whose})" if found else whose


def _show_ending(screen: Screen, answer: RouteAnswer) -> None:
    end, refusal = answer.no_more_routes, answer.refusal
    if refusal is not None:
        told = f"{_refusal_reason(refusal)}: {refusal.detail}"
        screen.line(f"Refused, {told} ({_codes(refusal)})", "bold red")
    elif end is not None:
        screen.line(f"No route, {_reason(end)}: {end.detail} ({_codes(end)})", "bold red")
        screen.line()
    elif answer.response is not None and answer.response.HasField("location"):
        place = answer.response.location
        screen.line(f"Goes to {place.context},{place.extension},{place.priority} ({place.name})")
        screen.line()


def _first(answer: RouteAnswer) -> Document | None:
    """What the first attempt would get, whole."""
    response = answer.response
    kind = response.WhichOneof("answer") if response is not None else None
    if response is None or kind not in ("dial", "location"):
        return None
    if kind == "location":
        return {"kind": "LOCATION"} | documents.location(response.location)
    return {"kind": "DIAL"} | _instruction(response.dial)


def _instruction(dial: DialInstruction) -> Document:
    return {
        "dial_string": dial.dial_string,
        "route_id": dial.route_id,
        "caller": documents.presented_caller(dial.caller),
        "dial_options": dial.dial_options,
        "ring_timeout_s": dial.ring_timeout_s,
        "longest_duration_s": dial.longest_duration_s,
        "provider": dial.provider,
        "tier": documents.tier(dial.tier),
        "sent_number": dial.sent_number,
        "via_server": dial.via_server or None,
        "price_per_minute": documents.money(dial, "price_per_minute"),
    }


def _show_routes(screen: Screen, answer: RouteAnswer, *, explain: bool) -> None:
    """The routes with what they cost; where nobody has a price, by what they are in this order."""
    rows, basis = answer.routes, answer.basis
    cells = [
        (
            str(row.rank),
            row.provider or ON_NET,
            documents.tier(row.tier) or "",
            row.dial_string,
            caller(row),
        )
        for row in rows
    ]
    last, title = [str(row.priority or "") for row in rows], "priority"
    if basis is not None and any(row.HasField("expected_cost") for row in rows):
        last, title = costs(rows), f"{basis.base_currency}/{basis.expected_duration_s} s"
    columns = (*_COLUMNS, title, "row") if explain else (*_COLUMNS, title)
    whole = [(*row, end, each.row) for row, end, each in zip(cells, last, rows, strict=True)]
    screen.table(columns, [row[: len(columns)] for row in whole])


def _digits(answer: RouteAnswer) -> str:
    number = documents.number(answer.request.called)
    return number["digits"] if number is not None else ""


def _reason(end: NoMoreRoutes) -> str | None:
    return documents.word(NoRouteReason, end.reason)


def _refusal_reason(refusal: Refusal) -> str | None:
    return documents.word(RefusalReason, refusal.reason)


def _codes(end: NoMoreRoutes | Refusal) -> str:
    return f"Q.850 cause {end.q850_cause}, SIP {end.sip_status}"
