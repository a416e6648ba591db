"""Which tables a decision reads, and which records their rows become."""

from typing import Any, Final

from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.rates.records import Deck, ExchangeRate, HoursRow, StepRow
from dialplane_service.domain.records import (
    Account,
    BarredDestination,
    CallerIdRule,
    Client,
    ClientTarget,
    ConfiguredTarget,
    EmergencyRoute,
    Endpoint,
    FinalAnswer,
    Gate,
    Location,
    PoolNumber,
    Provider,
    RingGroup,
    RingGroupMember,
    Server,
    TrunkAddress,
    TrustedProxy,
)
from dialplane_service.mariadb.row_conversion import RowConversion

TABLES: Final[dict[str, RowConversion[Any]]] = {
    "providers": RowConversion("providers", Provider),
    "addresses": RowConversion("providers_ips", TrunkAddress),
    "servers": RowConversion("servers", Server),
    "trusted_proxies": RowConversion("server_trusted_proxies", TrustedProxy),
    "numbers": RowConversion("numbers_pool", PoolNumber),
    "gates": RowConversion("gates", Gate),
    "accounts": RowConversion("accounts", Account),
    "endpoints": RowConversion("endpoints", Endpoint),
    "ring_groups": RowConversion("ring_groups", RingGroup),
    "ring_group_members": RowConversion("ring_group_members", RingGroupMember),
    "locations": RowConversion("dialplan_locations", Location),
    "targets": RowConversion("targets", ConfiguredTarget),
    "clients": RowConversion("clients", Client),
    "client_targets": RowConversion("client_targets", ClientTarget),
    "emergency_routes": RowConversion("emergency_routes", EmergencyRoute),
    "barred_destinations": RowConversion("barred_destinations", BarredDestination),
    "final_answers": RowConversion("final_answers", FinalAnswer),
    "routing_plans": RowConversion("routing_plans", RoutingPlan),
    "exchange_rates": RowConversion("exchange_rates", ExchangeRate),
    "quality_figures": RowConversion("quality_figures", QualityFigure),
    "caller_id_rules": RowConversion("caller_id_rules", CallerIdRule),
    "rate_decks": RowConversion("rate_decks", Deck),
    "rate_hours": RowConversion("rate_hours", HoursRow),
    "rate_steps": RowConversion("rate_steps", StepRow),
}
"""By the field of ``DecisionRows`` that the rows go to."""

WITHOUT_TRIGGER: Final = "rate_steps"
"""Moves nothing: its rows never change, and those that refer to them move the version by their deck's activation."""
DECISION_TABLES: Final = (
    "currency",
    "tariffs",
    "plan_weights",
    *(conversion.table for conversion in TABLES.values() if conversion.table != WITHOUT_TRIGGER),
)
"""Every table whose change moves the data version."""

_ELSEWHERE: Final = {
    "currency": "(SELECT iso FROM currency WHERE currency.id = {table}.currency_id)",
    "weights": "(SELECT JSON_OBJECTAGG(provider_id, weight) FROM plan_weights WHERE plan_id = {table}.id)",
}
"""Fields that are no columns of their table."""
_ONLY: Final = {"rate_decks": " WHERE state = 'ACTIVE'"}
"""Rows that decisions may meet. An ACTIVE deck holds now or later; one that is over is soon RETIRED."""


def select(conversion: RowConversion[Any]) -> str:
    """The statement that reads a table's rows in the order of their keys."""
    table = conversion.table
    columns = ", ".join(
        _ELSEWHERE.get(column, f"{table}.{column}").format(table=table)
        for column in conversion.columns
    )
    keys = "1" if conversion.columns[0] == "id" else "1, 2"
    return f"SELECT {columns} FROM {table}{_ONLY.get(table, '')} ORDER BY {keys}"  # noqa: S608 - our own names
