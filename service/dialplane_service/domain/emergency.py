"""Emergency numbers: which they are, and their own routes."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.numbers import is_emergency
from dialplane_service.domain.records import Account, EmergencyRoute, Server

LONGEST_EMERGENCY = 8


def emergency_country(
    data: DecisionData, server: Server, account: Account | None, dialled: str
) -> str | None:
    """The country whose emergency service was dialled; ``None``: it is no emergency number.

    The site's country (the server's) comes first, then the account's. A number is an emergency
    number when a route for it is configured, or when the phone-number metadata knows it.
    """
    if not (dialled.isascii() and dialled.isdigit() and len(dialled) <= LONGEST_EMERGENCY):
        return None
    countries = (server.country, account.country if account is not None else None)
    for country in dict.fromkeys(country for country in countries if country):
        if (country, dialled) in data.emergency_routes or is_emergency(dialled, country):
            return country
    return None


def emergency_rows(
    data: DecisionData, server: Server, country: str, number: str
) -> tuple[EmergencyRoute, ...]:
    """The routes of an emergency number from a server, in their configured order."""
    rows = data.emergency_routes.get((country, number), ())
    return tuple(row for row in rows if row.server_id in (None, server.id))
