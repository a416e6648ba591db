"""BuildDialString: the next thing to dial, or "no more routes"."""

from collections.abc import Sequence
from dataclasses import replace

from dialplane_service.application.errors import DatabaseUnavailableError, UnknownAccountError
from dialplane_service.application.ports import Admission, DecisionDataSource, RateTableSource
from dialplane_service.application.servers import asking_server, first_server
from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import DialAnswer
from dialplane_service.domain.capacity import PassedOver, PlacesWanted
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import DialQuery
from dialplane_service.domain.ranking.market import Market
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.next_step import Considered, consider
from dialplane_service.domain.settings import RoutingSettings


class BuildDialString:
    """The use case. It decides from memory, but for one question where the best route is limited."""

    def __init__(
        self,
        data: DecisionDataSource,
        rates: RateTableSource,
        settings: RoutingSettings,
        admission: Admission | None = None,
    ) -> None:
        """``admission`` unset: providers and gates carry as many calls as come."""
        self._data = data
        self._rates = rates
        self._settings = settings
        self._admission = admission
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
        found = consider(context, self._settings)
        return found.answer(await self._passed_over(found))

    async def _passed_over(self, found: Considered) -> Sequence[PassedOver]:
        """Whose places were not free.

        While nobody can say, all are: a provider that is full refuses the call itself, and the next
        one is tried.
        """
        if self._admission is None or not (found.places or found.may_hold_a_place):
            return ()
        query = found.context.query
        wanted = PlacesWanted(
            query.call_id,
            found.context.server.id,
            query.calling_unique_id,
            query.attempt,
            query.decided_at,
            tuple(dict.fromkeys(found.places.values())),
        )
        try:
            return await self._admission.admit(wanted)
        except DatabaseUnavailableError:
            return ()

    def _market_of_now(self) -> Market:
        table = self._rates.current()
        if table is not self._market.prices:
            self._market = Market(table)
        return self._market


def _itself(called: Number) -> str:
    return route_ids.EMERGENCY if called.kind is NumberKind.EMERGENCY else route_ids.DIALLED_NUMBER
