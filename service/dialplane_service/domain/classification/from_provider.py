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
    sender, digits = _sender(data, server, peer, query.dialled)
    caller = _read(server, sender, query.caller.number)
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


def _sender(
    data: DecisionData, server: Server, peer: Address, dialled: str
) -> tuple[Provider | None, str | None]:
    """The provider that owns the address, and the number dialled as it writes numbers.

    Where several share the address, the one that rents out the number, else that of the lowest id.
    """
    first: tuple[Provider | None, str | None] | None = None
    for provider_id in data.providers_sending_from(peer):
        provider = data.provider.get(provider_id)
        if provider is None:
            continue
        digits = _read(server, provider, dialled)
        number = data.number_by_digits.get(digits or "")
        if number is not None and number.provider_id == provider_id:
            return provider, digits
        first = first or (provider, digits)
    return first or (None, _read(server, None, dialled))


def _read(server: Server, sender: Provider | None, text: str) -> str | None:
    """E.164 digits of what a provider delivered; of an unknown one, E.164 is expected."""
    if sender is None:
        return delivered_e164(text, NumberFormat.E164, server.country or "", server.country)
    return delivered_e164(text, sender.number_format_in, sender.country, server.country)
