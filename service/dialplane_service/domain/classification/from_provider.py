"""A call from a provider (script ``incoming``)."""

from dialplane_service.domain.addresses import Address, inside
from dialplane_service.domain.answers import RefusalReason
from dialplane_service.domain.classification.did import classify_did
from dialplane_service.domain.classification.outcome import Notebook, Outcome
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import NumberFormat
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind, delivered_e164
from dialplane_service.domain.queries import CallQuery, FromProvider
from dialplane_service.domain.records import PoolNumber, Provider, Server


def classify_from_provider(
    data: DecisionData, server: Server, query: CallQuery, origin: FromProvider, notes: Notebook
) -> Outcome:
    """Where a provider's call goes.

    Numbers are read by the format of the provider whose address the call comes from, then by the
    server's country. The peer's address must be an IN address of the provider that rents out the
    number: a number answers only for its own provider.
    """
    peer = _real_peer(data, server, origin, notes)
    sender = _sender(data, peer)
    number_format = sender.number_format_in if sender else NumberFormat.E164
    country = sender.country if sender else (server.country or "")
    digits = delivered_e164(query.dialled, number_format, country, server.country)
    caller = delivered_e164(query.caller.number, number_format, country, server.country)
    notes.caller = Number(NumberKind.E164, caller) if caller else ANONYMOUS
    if digits is None:
        detail = "what was dialled is no telephone number"
        return notes.refuse(RefusalReason.IMPOSSIBLE_NUMBER, detail)
    notes.called = Number(NumberKind.E164, digits)

    def peer_check(number: PoolNumber) -> Outcome | None:
        networks = data.provider_in_networks.get(number.provider_id, ())
        row = f"providers#{number.provider_id}"
        if not inside(peer, networks):
            detail = f"{peer} is not an IN address of the number's provider"
            return notes.refuse(RefusalReason.PEER_ADDRESS_UNKNOWN, detail, row)
        notes.note("peer_address", f"{peer} is an IN address of the number's provider", row)
        return None

    return classify_did(data, server, digits, notes, check=peer_check)


def _real_peer(
    data: DecisionData, server: Server, origin: FromProvider, notes: Notebook
) -> Address:
    """The provider's address: behind a trusted proxy of this server, the one its header names."""
    proxies = data.trusted_proxy_networks.get(server.id, ())
    if origin.forwarded_address is None:
        return origin.peer_address
    if not inside(origin.peer_address, proxies):
        notes.note("proxy", f"{origin.peer_address} is no trusted proxy: its header is ignored")
        return origin.peer_address
    notes.note("proxy", f"{origin.peer_address} is a trusted proxy for {origin.forwarded_address}")
    return origin.forwarded_address


def _sender(data: DecisionData, peer: Address) -> Provider | None:
    """The provider that owns the address, by lowest id where several share it."""
    for provider_id in sorted(data.provider_in_networks):
        if inside(peer, data.provider_in_networks[provider_id]):
            return data.provider.get(provider_id)
    return None
