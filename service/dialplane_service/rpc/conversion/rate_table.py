"""The rate table, as people are told."""

from datetime import datetime

from dialplane.admin.v1.rates_service_pb2 import GetRateTableResponse
from dialplane_service.domain.rate_table_status import RateTableStatus
from dialplane_service.rpc.conversion.instants import to_optional_timestamp, to_timestamp


def to_rate_table_response(status: RateTableStatus, now: datetime) -> GetRateTableResponse:
    """Convert what is known at an instant."""
    return GetRateTableResponse(
        version=status.version,
        compiled_at=to_optional_timestamp(status.compiled_at),
        answered_at=to_timestamp(now),
        data_version=status.data_version,
        up_to_date=status.up_to_date,
        decks=status.decks,
        rates=status.rates,
        prefixes=status.prefixes,
        file=status.file,
        file_bytes=status.file_bytes,
        segment_bytes=status.segment_bytes,
        compiling_since=to_optional_timestamp(status.compiling_since),
        failure=status.failure,
        failed_at=to_optional_timestamp(status.failed_at),
        refused=status.refused,
    )
