"""Full names of the services and methods, and how long each method usually takes."""

from collections.abc import Mapping
from typing import Final

from dialplane.admin.v1 import (
    calls_service_pb2,
    diagnosis_service_pb2,
    exchange_rates_service_pb2,
    export_service_pb2,
    quality_service_pb2,
    rates_service_pb2,
)
from dialplane.routing.v1 import routing_service_pb2

ROUTING: Final[str] = routing_service_pb2.DESCRIPTOR.services_by_name["RoutingService"].full_name
CALLS: Final[str] = calls_service_pb2.DESCRIPTOR.services_by_name["CallsService"].full_name
DIAGNOSIS: Final[str] = diagnosis_service_pb2.DESCRIPTOR.services_by_name[
    "DiagnosisService"
].full_name
RATES: Final[str] = rates_service_pb2.DESCRIPTOR.services_by_name["RatesService"].full_name
EXCHANGE_RATES: Final[str] = exchange_rates_service_pb2.DESCRIPTOR.services_by_name[
    "ExchangeRatesService"
].full_name
EXPORT: Final[str] = export_service_pb2.DESCRIPTOR.services_by_name["ExportService"].full_name
QUALITY: Final[str] = quality_service_pb2.DESCRIPTOR.services_by_name["QualityService"].full_name

USUAL_SECONDS: Final[Mapping[str, float]] = {
    f"/{ROUTING}/ClassifyCall": 2.0,
    f"/{ROUTING}/BuildDialString": 2.0,
    f"/{ROUTING}/RecordChannel": 1.0,
    f"/{ROUTING}/Hangup": 1.0,
    f"/{CALLS}/ListCalls": 10.0,
    f"/{CALLS}/GetCall": 10.0,
    f"/{DIAGNOSIS}/Diagnose": 10.0,
    f"/{RATES}/ListDecks": 10.0,
    f"/{RATES}/GetDeck": 10.0,
    f"/{RATES}/DiffDecks": 30.0,
    f"/{RATES}/ActivateDeck": 30.0,
    f"/{RATES}/RollbackDeck": 30.0,
    f"/{RATES}/GetRateTable": 10.0,
    f"/{EXCHANGE_RATES}/SetExchangeRates": 10.0,
    f"/{EXCHANGE_RATES}/ListExchangeRates": 10.0,
    f"/{EXPORT}/ExportAsterisk": 10.0,
    f"/{EXPORT}/ExportAddresses": 10.0,
    f"/{QUALITY}/ListQualityFigures": 10.0,
    f"/{QUALITY}/MeasureQuality": 120.0,
}
"""The deadline of a unary request that brings none."""
