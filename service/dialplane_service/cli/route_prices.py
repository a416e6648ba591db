"""What ``dialplane route --explain`` shows: who would carry the call at what price, and why not the others."""

from collections.abc import Sequence

from dialplane.routing.v1.trace_pb2 import Basis, Candidate, RatePrice
from dialplane_service.cli import documents
from dialplane_service.cli.amounts import below_each_other, money
from dialplane_service.cli.screen import Screen

ON_NET = "(on-net)"
NO_NUMBER = "(provider's own)"


def basis_facts(basis: Basis) -> dict[str, str]:
    """What the routes were ranked by, each in one line."""
    name = basis.routing_plan or "the default"
    plan = f"{name}: {', then '.join(basis.strategies)}; calls of {basis.expected_duration_s} s expected"
    if basis.demands:
        plan += f"; demands {', '.join(basis.demands)}"
    facts = {"Plan": plan}
    for own in basis.own_prices:
        facts["Account pays"] = _own_price(own.price, basis.expected_duration_s)
    return facts


def show_ranked(screen: Screen, routes: Sequence[Candidate], basis: Basis) -> None:
    """Write the routes with their prices, then what would be dialled."""
    base = basis.base_currency
    columns = {
        "rank": [str(row.rank) for row in routes],
        "provider": [row.provider or ON_NET for row in routes],
        "route": [row.route_id for row in routes],
        "deck": [row.rate_deck for row in routes],
        "prefix": [_prefix(row) for row in routes],
        "price/min": [money(row.price_per_minute) for row in routes],
        f"{base}/min": below_each_other([row.converted_price_per_minute.amount for row in routes]),
        f"{base}/{basis.expected_duration_s} s": costs(routes),
    }
    _table(screen, columns)
    screen.line()
    dialled = {
        "rank": [str(row.rank) for row in routes],
        "tier": [documents.tier(row.tier) or "" for row in routes],
        "dial string": [row.dial_string for row in routes],
        "caller id": [caller(row) for row in routes],
        "margin": below_each_other([row.expected_margin.amount for row in routes]),
        "terms": [row.detail for row in routes],
    }
    _table(screen, dialled)


def show_dropped(screen: Screen, dropped: Sequence[Candidate]) -> None:
    """Write the candidates that are not used, and why."""
    columns = {
        "provider": [row.provider or ON_NET for row in dropped],
        "route": [row.route_id or row.row for row in dropped],
        "reason": [documents.candidate(row)["drop_reason"] or "" for row in dropped],
        "why": [row.detail for row in dropped],
        "rate": [_rate(row) for row in dropped],
    }
    _table(screen, columns)


def costs(rows: Sequence[Candidate]) -> list[str]:
    """What the call is expected to cost over each."""
    return below_each_other([row.expected_cost.amount for row in rows])


def caller(row: Candidate) -> str:
    """The number that is presented."""
    return row.caller_number or (NO_NUMBER if row.provider else "")


def _prefix(row: Candidate | RatePrice) -> str:
    return f"{row.matched_prefix} {row.destination}".strip()


def _rate(row: Candidate) -> str:
    """A dropped candidate's rate, as far as it has one."""
    known = (row.rate_deck, _prefix(row), money(row.price_per_minute))
    return ", ".join(filter(None, known))


def _own_price(price: RatePrice, seconds: int) -> str:
    told = f"{money(price.price_per_minute)} a minute ({price.rate_deck}, {_prefix(price)})"
    if price.HasField("expected_cost"):
        told += f", {money(price.expected_cost)} for {seconds} s"
    return told


def _table(screen: Screen, columns: dict[str, list[str]]) -> None:
    """Write the columns, those that are empty throughout left out."""
    filled = {name: cells for name, cells in columns.items() if any(cells)}
    screen.table(list(filled), list(zip(*filled.values(), strict=True)))
