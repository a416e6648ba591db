"""What users dial: extensions, feature codes and barred destinations that never take effect."""

from dialplane_service.domain.classification.from_endpoint import SHORTEST_OUTSIDE
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import Findings, notice, warning
from dialplane_service.domain.emergency import emergency_country
from dialplane_service.domain.kinds import LocationKind
from dialplane_service.domain.numbers import is_feature_code
from dialplane_service.domain.records import BarredDestination


def hidden_extension(data: DecisionData) -> Findings:
    """Extensions that are an emergency number where the account's phones are."""
    sites: dict[int, set[int]] = {}
    for endpoint in data.rows.endpoints:
        if endpoint.enabled:
            sites.setdefault(endpoint.account_id, set()).add(endpoint.server_id)
    for endpoint in data.rows.endpoints:
        account = data.account.get(endpoint.account_id)
        if endpoint.extension is None or account is None or not endpoint.enabled:
            continue
        for server_id in sorted(sites.get(account.id, ())):
            server = data.server.get(server_id)
            if server is None:
                continue
            country = emergency_country(data, server, account, endpoint.extension)
            if country is not None:
                yield warning(
                    "extension_hidden_by_emergency_number",
                    f"endpoints#{endpoint.id}",
                    f"Extension {endpoint.extension} of {account.accountname} is an emergency"
                    f" number of {country}: dialled at {server.servername} it calls the emergency"
                    " service.",
                    "Give the device another extension.",
                )
                break


def long_extension(data: DecisionData) -> Findings:
    """Extensions as long as a telephone number, which they hide."""
    for endpoint in data.rows.endpoints:
        if endpoint.extension is not None and len(endpoint.extension) >= SHORTEST_OUTSIDE:
            yield notice(
                "extension_hides_numbers",
                f"endpoints#{endpoint.id}",
                f"Extension {endpoint.extension} is as long as a telephone number: its account"
                " cannot call that number outside.",
                "Use extensions of at most six digits.",
            )


def unusable_feature_code(data: DecisionData) -> Findings:
    """Feature codes that nobody can dial; digits alone are a number, perhaps an emergency one."""
    for location in data.rows.locations:
        if location.feature_code is not None and not is_feature_code(location.feature_code):
            yield warning(
                "feature_code_cannot_be_dialled",
                f"dialplan_locations#{location.id}",
                f"Feature code {location.feature_code!r} of {location.locationname} does not begin"
                " with * or #: what users dial is taken for a number, an emergency number first.",
                "Write it as * or #, then 1 to 10 characters of 0-9*#, for example *97.",
            )


def feature_without_code(data: DecisionData) -> Findings:
    """Feature programs that nothing leads to."""
    used = {row.location_id for row in data.rows.targets}
    for location in data.rows.locations:
        if location.kind is not LocationKind.FEATURE or location.feature_code is not None:
            continue
        if location.id not in used:
            yield notice(
                "feature_without_code",
                f"dialplan_locations#{location.id}",
                f"Nobody can reach {location.locationname}: it has no feature code and no target"
                " leads to it.",
                "Set its feature_code, for example *97.",
            )


def rule_of_no_account(data: DecisionData) -> Findings:
    """Barring rules of accounts that are gone."""
    for row in data.rows.barred_destinations:
        if row.account_id is not None and row.account_id not in data.account:
            yield notice(
                "barring_rule_of_no_account",
                f"barred_destinations#{row.id}",
                f"The rule for {row.prefix} is for account {row.account_id}, which does not exist.",
                "Delete the rule, or set account_id to the account it is meant for.",
            )


def exception_from_nothing(data: DecisionData) -> Findings:
    """Rules that open what no rule bars."""
    barred = {(row.account_id, row.prefix) for row in data.rows.barred_destinations if row.barred}
    for row in data.rows.barred_destinations:
        if not row.barred and not _has_rule_to_except(row, barred):
            yield notice(
                "barring_exception_from_nothing",
                f"barred_destinations#{row.id}",
                f"The rule opens {row.prefix}, but no rule bars it or what it begins with.",
                "Delete the rule, or set barred to 1 if it was meant to bar.",
            )


def _has_rule_to_except(row: BarredDestination, barred: set[tuple[int | None, str]]) -> bool:
    prefixes = {row.prefix[:length] for length in range(len(row.prefix) + 1)}
    if row.account_id is None:
        return any(prefix in prefixes for _, prefix in barred)
    return any((owner, prefix) in barred for owner in (row.account_id, None) for prefix in prefixes)
