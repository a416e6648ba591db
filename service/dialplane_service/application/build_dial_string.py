"""BuildDialString: the next thing to dial, or "no more routes"."""

from dataclasses import replace

from dialplane_service.application.errors import UnknownAccountError
from dialplane_service.application.ports import DecisionDataSource, RateTableSource
from dialplane_service.application.servers import asking_server, first_server
from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import DialAnswer
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import DialQuery
from dialplane_service.domain.ranking.market import Market
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.settings import RoutingSettings


class BuildDialString:
    """The use case. It decides from memory."""

    def __init__(
        self, data: DecisionDataSource, rates: RateTableSource, settings: RoutingSettings
    ) -> None:
        self._data = data
        self._rates = rates
        self._settings = settings
        self._market = Market(rates.current())

    async def __call__(self, query: DialQuery) -> DialAnswer:
        """Find the next step of one call.

        A question of a person (``simulate``) without a server is asked on the first one, and without
        a target about the called number itself.

        Raises:
            UnknownServerError: the asking server is not known.
            UnknownAccountError: the account is not known.
            NoDecisionDataError: nothing has been loaded yet.
        """
        data = self._data.current()
        if query.simulate:
            query = replace(
                query,
                server=query.server or first_server(data).servername,
                target_ids=query.target_ids or (_itself(query.called),),
            )
        server = asking_server(data, query.server)
        account = data.account_by_name.get(query.account)
        if query.account and account is None:
            raise UnknownAccountError(query.account)
        endpoint = data.endpoint_by_name.get((server.id, query.endpoint))
        context = RouteContext(data, server, account, endpoint, query, self._market_of_now())
        return next_step(context, self._settings)

    def _market_of_now(self) -> Market:
        table = self._rates.current()
        if table is not self._market.prices:
            self._market = Market(table)
        return self._market


def _itself(called: Number) -> str:
    return route_ids.EMERGENCY if called.kind is NumberKind.EMERGENCY else route_ids.DIALLED_NUMBER
