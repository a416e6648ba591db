"""Which server asks."""

from dialplane_service.application.errors import UnknownServerError
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.records import UNDEFINED_SERVER_ID, Server


def asking_server(data: DecisionData, name: str) -> Server:
    """The server of a name.

    Raises:
        UnknownServerError: there is none, or it is the article's server 0, "undefined".
    """
    server = data.server_by_name.get(name)
    if server is None or server.id == UNDEFINED_SERVER_ID:
        raise UnknownServerError(name)
    return server


def first_server(data: DecisionData) -> Server:
    """The server that a question without one is asked on: the lowest id that is switched on.

    Raises:
        UnknownServerError: no server is switched on.
    """
    known = (row for row in data.rows.servers if row.enabled and row.id != UNDEFINED_SERVER_ID)
    first = min(known, key=lambda row: row.id, default=None)
    if first is None:
        raise UnknownServerError("")
    return first
