"""All checks of the decision data, in order, and the diagnosis they add up to."""

from collections import defaultdict
from typing import Final

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis import (
    accounts,
    addresses,
    destinations,
    dialling,
    emergency,
    gates,
    numbers,
    prices,
    providers,
    servers,
)
from dialplane_service.domain.diagnosis.check import Check
from dialplane_service.domain.findings import Finding

MOST_OF_A_KIND: Final = 100
"""So many findings of one code are told one by one; the rest are counted in one more."""

CHECKS: Final[tuple[Check, ...]] = (
    emergency.number_without_route,
    emergency.visitor_number_without_route,
    emergency.unreachable,
    emergency.without_peer,
    emergency.over_another_server,
    emergency.switched_off,
    emergency.serves_nobody,
    servers.none_in_use,
    servers.without_forward_path,
    servers.without_address,
    servers.same_address,
    servers.without_country,
    servers.unknown_country,
    servers.iax2_limits,
    providers.no_carrier,
    providers.without_in_address,
    providers.without_out_address,
    providers.without_gate,
    providers.without_caller_id,
    providers.default_caller_id,
    providers.dynamic_calls_ignored,
    providers.plus_never_written,
    providers.tier_sold_by_nobody,
    addresses.unparsable,
    addresses.loopback,
    addresses.too_wide,
    addresses.in_without_address,
    addresses.out_without_peer,
    addresses.overlapping_providers,
    addresses.server_inside_provider,
    numbers.not_e164,
    numbers.on_unusable_server,
    numbers.without_account,
    numbers.account_off,
    numbers.without_destination,
    numbers.unusable_destination,
    numbers.leads_to_another_account,
    numbers.in_echo_test,
    gates.on_unusable_server,
    gates.on_another_server,
    gates.another_number,
    gates.never_used,
    accounts.foreign_caller_id,
    accounts.without_number,
    accounts.device_on_unusable_server,
    accounts.account_missing,
    prices.without_exchange_rate,
    prices.account_without_price,
    destinations.target_of_another_account,
    destinations.external_number,
    destinations.group_without_members,
    destinations.group_of_another_account,
    destinations.group_too_large,
    destinations.client_without_target,
    destinations.client_of_another_account,
    destinations.client_not_e164,
    destinations.odd_location,
    dialling.hidden_extension,
    dialling.long_extension,
    dialling.unusable_feature_code,
    dialling.feature_without_code,
    dialling.rule_of_no_account,
    dialling.exception_from_nothing,
)


def diagnose(data: DecisionData) -> list[Finding]:
    """What is wrong with the data: the worst first, equally bad ones in the order of the checks.

    Of each code at most ``MOST_OF_A_KIND`` findings come one by one; a last one counts the rest.
    """
    findings: list[Finding] = []
    for check in CHECKS:
        of_a_kind: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in check(data):
            of_a_kind[finding.code].append(finding)
        for same in of_a_kind.values():
            findings.extend(same[:MOST_OF_A_KIND])
            if len(same) > MOST_OF_A_KIND:
                findings.append(_rest(same[MOST_OF_A_KIND:]))
    return sorted(findings, key=lambda finding: -finding.severity)


def _rest(findings: list[Finding]) -> Finding:
    first = findings[0]
    table = first.subject.partition("#")[0]
    problem = f"{len(findings)} more rows of {table} have this fault, {first.subject} the next."
    return Finding(first.severity, first.code, table, problem, first.remedy)
