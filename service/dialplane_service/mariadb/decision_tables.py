"""Which tables a decision reads, and which records their rows become."""

from typing import Any, Final

from dialplane_service.domain.records import (
    Account,
    BarredDestination,
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
}
"""By the field of ``DecisionRows`` that the rows go to."""

PRICE_TABLES: Final = (
    "tariffs",
    "rate_decks",
    "rate_hours",
    "exchange_rates",
    "routing_plans",
    "plan_weights",
    "quality_figures",
    "caller_id_rules",
)
"""What prices and plans are made of; ``rates`` itself moves nothing, a deck's activation does."""
DECISION_TABLES: Final = (
    "currency",
    *(conversion.table for conversion in TABLES.values()),
    *PRICE_TABLES,
)
"""Every table whose change moves the data version."""


def select(conversion: RowConversion[Any]) -> str:
    """The statement that reads a table's rows in the order of their keys."""
    table = conversion.table
    columns = ", ".join(
        "currency.iso" if column == "currency" else f"{table}.{column}"
        for column in conversion.columns
    )
    joined = " JOIN currency ON currency.id = providers.currency_id" if table == "providers" else ""
    key = f"{table}.id" if conversion.columns[0] == "id" else f"{table}.{conversion.columns[0]}"
    second = "" if conversion.columns[0] == "id" else f", {table}.{conversion.columns[1]}"
    return f"SELECT {columns} FROM {table}{joined} ORDER BY {key}{second}"  # noqa: S608 - our own names
