"""The composition root: the one place that knows every part, and puts them together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import Final

from dialplane.admin.v1.calls_service_pb2_grpc import add_CallsServiceServicer_to_server
from dialplane.admin.v1.diagnosis_service_pb2_grpc import add_DiagnosisServiceServicer_to_server
from dialplane.admin.v1.exchange_rates_service_pb2_grpc import (
    add_ExchangeRatesServiceServicer_to_server,
)
from dialplane.admin.v1.export_service_pb2_grpc import add_ExportServiceServicer_to_server
from dialplane.admin.v1.quality_service_pb2_grpc import add_QualityServiceServicer_to_server
from dialplane.admin.v1.rates_service_pb2_grpc import add_RatesServiceServicer_to_server
from dialplane.routing.v1.routing_service_pb2_grpc import add_RoutingServiceServicer_to_server
from dialplane_service.application.activate_deck import ActivateDeck
from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.application.diagnose import Diagnose
from dialplane_service.application.diff_decks import DiffDecks
from dialplane_service.application.export_addresses import ExportAddresses
from dialplane_service.application.export_asterisk import ExportAsterisk
from dialplane_service.application.export_deck import ExportDeck
from dialplane_service.application.get_call import GetCall
from dialplane_service.application.get_deck import GetDeck
from dialplane_service.application.get_rate_table import GetRateTable
from dialplane_service.application.hangup import Hangup
from dialplane_service.application.list_calls import ListCalls
from dialplane_service.application.list_decks import ListDecks
from dialplane_service.application.list_exchange_rates import ListExchangeRates
from dialplane_service.application.list_quality_figures import ListQualityFigures
from dialplane_service.application.measure_quality import MeasureQuality
from dialplane_service.application.ports import (
    Admission,
    CallReader,
    ChannelRecorder,
    DatabaseInspector,
    DecisionRowsReader,
    ExchangeRateStore,
    QualityStore,
    RateDeckStore,
)
from dialplane_service.application.record_channel import RecordChannel
from dialplane_service.application.rollback_deck import RollbackDeck
from dialplane_service.application.set_exchange_rates import SetExchangeRates
from dialplane_service.application.upload_deck import UploadDeck
from dialplane_service.config import Config
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.mariadb.admission import MariaDBAdmission
from dialplane_service.mariadb.call_reader import MariaDBCallReader
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.database_inspector import MariaDBInspector
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.exchange_rate_store import MariaDBExchangeRateStore
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.quality_measurer import QualityMeasurer
from dialplane_service.mariadb.quality_store import MariaDBQualityStore
from dialplane_service.mariadb.rate_deck_store import MariaDBRateDeckStore
from dialplane_service.mariadb.rate_rows_reader import open_rate_rows
from dialplane_service.mariadb.url import parse_database_url
from dialplane_service.ratetable.compile_process import OpenReader
from dialplane_service.ratetable.compiler import RateCompiler
from dialplane_service.ratetable.rate_tables import RateTables
from dialplane_service.ratetable.refresher import Refresher
from dialplane_service.ratetable.rows_file import RowsFile
from dialplane_service.rpc.begun_writes import BegunWrites
from dialplane_service.rpc.calls_servicer import CallsServicer
from dialplane_service.rpc.diagnosis_servicer import DiagnosisServicer
from dialplane_service.rpc.exchange_rates_servicer import ExchangeRatesServicer
from dialplane_service.rpc.export_servicer import ExportServicer
from dialplane_service.rpc.interceptors.access_log import AccessLogInterceptor
from dialplane_service.rpc.interceptors.deadline import DeadlineInterceptor
from dialplane_service.rpc.interceptors.decoding import DecodingInterceptor
from dialplane_service.rpc.interceptors.drain import DrainInterceptor
from dialplane_service.rpc.interceptors.errors import ErrorInterceptor
from dialplane_service.rpc.interceptors.streaming import StreamInterceptor
from dialplane_service.rpc.names import (
    CALLS,
    DIAGNOSIS,
    EXCHANGE_RATES,
    EXPORT,
    QUALITY,
    RATES,
    ROUTING,
    USUAL_SECONDS,
)
from dialplane_service.rpc.quality_servicer import QualityServicer
from dialplane_service.rpc.rates_servicer import RateDeckUseCases, RatesServicer
from dialplane_service.rpc.routing_servicer import RoutingServicer, RoutingUseCases
from dialplane_service.rpc.server import Listener, Service
from dialplane_service.rpc.serving import Bound, Serving, StopRequests
from dialplane_service.rpc.work import Work

DISTRIBUTION: Final = "dialplane"


@dataclass(frozen=True, slots=True)
class Database:
    """The ports that MariaDB stands behind. ``admission`` unset: nobody's limits are kept."""

    rows: DecisionRowsReader
    recorder: ChannelRecorder
    calls: CallReader
    inspector: DatabaseInspector
    decks: RateDeckStore
    exchange_rates: ExchangeRateStore
    quality: QualityStore
    open_rate_rows: OpenReader
    admission: Admission | None = None


@dataclass(frozen=True, slots=True)
class DecisionState:
    """What decisions are made on, and what keeps it so."""

    data: Refresher
    tables: RateTables
    compiler: RateCompiler


OpenDatabase = Callable[[Config], AbstractAsyncContextManager[Database]]


class SystemClock:
    """Port ``Clock`` over this machine's."""

    def now(self) -> datetime:
        """Return the current instant, UTC and aware."""
        return datetime.now(UTC)


@asynccontextmanager
async def open_mariadb(config: Config) -> AsyncIterator[Database]:
    """Open the pool; MariaDB itself need not be there yet."""
    url = parse_database_url(config.database_url.get_secret_value())
    pool = ConnectionPool(url, size=config.database_connections)
    try:
        yield Database(
            rows=MariaDBDecisionRowsReader(pool, SystemClock(), config.base_currency),
            recorder=MariaDBChannelRecorder(pool),
            calls=MariaDBCallReader(pool),
            inspector=MariaDBInspector(pool),
            decks=MariaDBRateDeckStore(pool, SystemClock()),
            exchange_rates=MariaDBExchangeRateStore(pool),
            quality=MariaDBQualityStore(pool),
            open_rate_rows=partial(open_rate_rows, url),
            admission=MariaDBAdmission(pool),
        )
    finally:
        await pool.close()


async def serve(
    config: Config,
    stops: StopRequests,
    on_listening: Callable[[Bound], None],
    *,
    shared: bool = False,
    open_database: OpenDatabase = open_mariadb,
) -> bool:
    """Serve until asked to stop; ``False``: some requests were cut off.

    ``shared``: other workers listen on the same ports.

    Raises:
        AddressError: somebody else listens on one of the addresses, or nobody could.

    """
    async with open_database(config) as database:
        file = RowsFile(config.decision_data_file)
        data = Refresher(database.rows, file, poll_seconds=config.poll_interval_s)
        tables = RateTables(config.rate_table_folder)
        compiler = RateCompiler(
            data, tables, database.open_rate_rows, poll_seconds=config.poll_interval_s
        )
        await data.start()
        await compiler.start()
        quality = QualityMeasurer(_measure_quality(config, database), config.quality_interval_s)
        quality.start()
        try:
            state = DecisionState(data, tables, compiler)
            serving = _serving(config, database, state, shared=shared)
            wanted = Bound(config.listen, config.admin_listen)
            return await serving.run(wanted, stops, on_listening, data.wait_loaded)
        finally:
            await quality.stop()
            await compiler.stop()
            await data.stop()


def _serving(config: Config, database: Database, state: DecisionState, *, shared: bool) -> Serving:
    work, writes, data = Work(), BegunWrites(), state.data
    use_cases = RoutingUseCases(
        data=data,
        classify_call=ClassifyCall(data, SystemClock()),
        build_dial_string=BuildDialString(
            data, state.tables, _routing_settings(config), database.admission
        ),
        record_channel=RecordChannel(database.recorder),
        hangup=Hangup(database.recorder),
    )
    routing = RoutingServicer(use_cases, writes)
    calls = CallsServicer(ListCalls(database.calls), GetCall(database.calls))
    diagnose = Diagnose(data, data, state.compiler, database.inspector)
    diagnosis = DiagnosisServicer(diagnose, version(DISTRIBUTION))
    rates = RatesServicer(_rate_deck_use_cases(database.decks, state.compiler), SystemClock())
    exchange_rates = ExchangeRatesServicer(
        SetExchangeRates(database.exchange_rates),
        ListExchangeRates(database.exchange_rates, SystemClock()),
        config.base_currency,
    )
    export = ExportServicer(ExportAsterisk(data), ExportAddresses(data))
    figures = ListQualityFigures(database.quality)
    quality = QualityServicer(figures, _measure_quality(config, database))

    def listener(*services: Service) -> Listener:
        interceptors = [
            ErrorInterceptor(),
            AccessLogInterceptor(numbers_in_full=config.log_level == "debug"),
            DrainInterceptor(work),
            DeadlineInterceptor(USUAL_SECONDS),
            DecodingInterceptor(),
            StreamInterceptor(work),
        ]
        return Listener(
            services, interceptors, concurrent_requests=config.concurrent_requests, shared=shared
        )

    return Serving(
        routing=listener(Service(ROUTING, partial(add_RoutingServiceServicer_to_server, routing))),
        admin=listener(
            Service(CALLS, partial(add_CallsServiceServicer_to_server, calls)),
            Service(DIAGNOSIS, partial(add_DiagnosisServiceServicer_to_server, diagnosis)),
            Service(RATES, partial(add_RatesServiceServicer_to_server, rates)),
            Service(
                EXCHANGE_RATES, partial(add_ExchangeRatesServiceServicer_to_server, exchange_rates)
            ),
            Service(EXPORT, partial(add_ExportServiceServicer_to_server, export)),
            Service(QUALITY, partial(add_QualityServiceServicer_to_server, quality)),
        ),
        work=work,
        writes=writes,
        drain_seconds=config.drain_seconds,
    )


def _rate_deck_use_cases(decks: RateDeckStore, compiler: RateCompiler) -> RateDeckUseCases:
    return RateDeckUseCases(
        upload=UploadDeck(decks, SystemClock()),
        list=ListDecks(decks),
        get=GetDeck(decks),
        export=ExportDeck(decks),
        diff=DiffDecks(decks),
        activate=ActivateDeck(decks),
        rollback=RollbackDeck(decks),
        rate_table=GetRateTable(compiler),
    )


def _measure_quality(config: Config, database: Database) -> MeasureQuality:
    window = timedelta(hours=config.quality_window_h)
    return MeasureQuality(database.quality, SystemClock(), window)


def _routing_settings(config: Config) -> RoutingSettings:
    return RoutingSettings(
        ringing_budget_s=config.ringing_budget_s, ring_timeout_s=config.ring_timeout_s
    )
