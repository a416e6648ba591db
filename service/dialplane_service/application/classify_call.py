"""ClassifyCall: what kind of call a new channel is, and where it goes."""

from typing import Final
from uuid import UUID, uuid5

from dialplane_service.application.ports import Clock, DecisionDataSource
from dialplane_service.application.servers import asking_server
from dialplane_service.domain.answers import Classification
from dialplane_service.domain.classification.from_endpoint import classify_from_endpoint
from dialplane_service.domain.classification.from_provider import classify_from_provider
from dialplane_service.domain.classification.from_sister import classify_from_sister
from dialplane_service.domain.classification.outcome import Notebook, Outcome
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.queries import CallQuery, FromProvider, FromSister
from dialplane_service.domain.records import Server

_CALL_IDS: Final = UUID("7b0a7b46-0d0e-4a36-9e53-6a4b1f6f2f0c")


class ClassifyCall:
    """The use case. It never waits and never writes."""

    def __init__(self, data: DecisionDataSource, clock: Clock) -> None:
        self._data = data
        self._clock = clock

    def __call__(self, query: CallQuery) -> Classification:
        """Classify one call.

        Raises:
            UnknownServerError: the asking server is not known.
            NoDecisionDataError: nothing has been loaded yet.
        """
        data = self._data.current()
        server = asking_server(data, query.server)
        notes = Notebook()
        outcome = _classify(data, server, query, notes)
        return Classification(
            call_id=_call_id(query),
            decided_at=query.decided_at or self._clock.now(),
            data_version=data.version,
            call_class=outcome.call_class,
            called=notes.called,
            caller=notes.caller,
            account=notes.account.accountname if notes.account is not None else "",
            targets=outcome.targets,
            refusal=outcome.refusal,
            tier=notes.tier,
            steps=tuple(notes.steps),
        )


def _classify(data: DecisionData, server: Server, query: CallQuery, notes: Notebook) -> Outcome:
    origin = query.origin
    if isinstance(origin, FromProvider):
        return classify_from_provider(data, server, query, origin, notes)
    if isinstance(origin, FromSister):
        return classify_from_sister(data, server, query, origin, notes)
    return classify_from_endpoint(data, server, query, origin, notes)


def _call_id(query: CallQuery) -> str:
    """The carried id, or one made of the channel's own name: a repeated question gets the same id.

    A provider cannot choose it: what it carries is not believed.
    """
    if query.call_id and not isinstance(query.origin, FromProvider):
        return query.call_id
    return uuid5(_CALL_IDS, f"{query.server}/{query.unique_id}").hex
