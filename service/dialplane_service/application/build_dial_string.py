"""BuildDialString: the next thing to dial, or "no more routes"."""

from dialplane_service.application.errors import UnknownAccountError
from dialplane_service.application.ports import DecisionDataSource
from dialplane_service.application.servers import asking_server, first_server
from dialplane_service.domain.answers import DialAnswer
from dialplane_service.domain.queries import DialQuery
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.settings import RoutingSettings


class BuildDialString:
    """The use case. It decides from memory."""

    def __init__(self, data: DecisionDataSource, settings: RoutingSettings) -> None:
        self._data = data
        self._settings = settings

    async def __call__(self, query: DialQuery) -> DialAnswer:
        """Find the next step of one call.

        A question of a person (``simulate``) without a server is asked on the first one.

        Raises:
            UnknownServerError: the asking server is not known.
            UnknownAccountError: the account is not known.
            NoDecisionDataError: nothing has been loaded yet.
        """
        data = self._data.current()
        if query.simulate and not query.server:
            server = first_server(data)
        else:
            server = asking_server(data, query.server)
        account = data.account_by_name.get(query.account)
        if query.account and account is None:
            raise UnknownAccountError(query.account)
        endpoint = data.endpoint_by_name.get((server.id, query.endpoint))
        return next_step(RouteContext(data, server, account, endpoint, query), self._settings)
