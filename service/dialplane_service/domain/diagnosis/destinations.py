"""Where calls may be led: targets, ring groups, clients and places in the dialplan."""

import re
from typing import Final

from dialplane_service.domain.classification.targets import usable_target
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import Findings, error, notice, warning
from dialplane_service.domain.kinds import RingStrategy
from dialplane_service.domain.numbers import is_e164
from dialplane_service.domain.records import ConfiguredTarget, RingGroup
from dialplane_service.domain.routes.dial_strings import LONGEST_DIAL_STRING

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,80}", re.ASCII)
_EXTENSION: Final = re.compile(r"[A-Za-z0-9._*#+-]{1,80}", re.ASCII)
_TECHNOLOGY: Final = len("PJSIP/&")


def target_of_another_account(data: DecisionData) -> Findings:
    """Targets that lead into another tenant's devices, groups or places."""
    for target in data.rows.targets:
        owner = _owner(data, target)
        if owner is not None and owner != target.account_id:
            yield error(
                "target_of_another_account",
                f"targets#{target.id}",
                f"Target {target.id} of account {target.account_id} leads to something of account"
                f" {owner}: one tenant's calls reach another.",
                "Lead the target to something of its own account.",
            )


def external_number(data: DecisionData) -> Findings:
    """Numbers outside that cannot be called, or that are not outside at all."""
    for target in data.rows.targets:
        if target.number is None:
            continue
        if not is_e164(target.number):
            yield warning(
                "target_number_not_e164",
                f"targets#{target.id}",
                f"{target.number!r} is no full international number: providers refuse it.",
                "Write it as E.164 digits: country code first, no +, 7 to 15 digits.",
            )
        elif target.number in data.number_by_digits:
            yield warning(
                "target_number_is_own",
                f"targets#{target.id}",
                f"{target.number} is rented here, but this target calls it through a provider: the"
                " call goes out and comes in again, paid twice, and may circle.",
                "Use a target of the device or group that the number rings.",
            )


def group_without_members(data: DecisionData) -> Findings:
    """Groups that ring nobody."""
    for group in data.rows.ring_groups:
        members = [
            data.endpoint.get(row.endpoint_id) for row in data.group_members.get(group.id, ())
        ]
        if not group.enabled or any(row is not None and row.enabled for row in members):
            continue
        fault = "has only devices that are switched off" if members else "has no devices"
        yield warning(
            "group_rings_nobody",
            f"ring_groups#{group.id}",
            f"Group {group.groupname} {fault}: calls to it are refused.",
            "Add devices to ring_group_members, or switch the group off.",
        )


def group_of_another_account(data: DecisionData) -> Findings:
    """Groups that ring another tenant's devices."""
    for member in data.rows.ring_group_members:
        group = data.ring_group.get(member.ring_group_id)
        endpoint = data.endpoint.get(member.endpoint_id)
        if group is None or endpoint is None or group.account_id == endpoint.account_id:
            continue
        yield error(
            "group_member_of_another_account",
            f"ring_groups#{group.id}",
            f"Group {group.groupname} of account {group.account_id} rings"
            f" {endpoint.endpointname} of account {endpoint.account_id}: one tenant's calls reach"
            " another.",
            "Take the device out of the group.",
        )


def group_too_large(data: DecisionData) -> Findings:
    """Groups that ring all at once and do not fit into one Dial."""
    for group in data.rows.ring_groups:
        length = _dial_string_length(data, group)
        if group.enabled and group.strategy is RingStrategy.ALL and length > LONGEST_DIAL_STRING:
            yield warning(
                "group_too_large",
                f"ring_groups#{group.id}",
                f"To ring all devices of group {group.groupname} at once takes about {length}"
                f" characters, and Dial takes {LONGEST_DIAL_STRING}: the group is not rung.",
                "Split the group, ring it in turn (LINEAR), or make it a queue.",
            )


def client_without_target(data: DecisionData) -> Findings:
    """Known clients that are treated like strangers."""
    for client in data.rows.clients:
        rows = data.client_targets.get(client.id, ())
        if any(usable_target(data, data.target.get(row.target_id)) for row in rows):
            continue
        fault = "only targets that are switched off or gone" if rows else "no targets"
        yield notice(
            "client_without_target",
            f"clients#{client.id}",
            f"Client {client.clientname or client.number} has {fault}: the call goes where any"
            " stranger's goes.",
            "Tie the client to a manager, and to a group for when the manager is away.",
        )


def client_of_another_account(data: DecisionData) -> Findings:
    """Clients led to another tenant's targets."""
    clients = {row.id: row for row in data.rows.clients}
    for row in data.rows.client_targets:
        client, target = clients.get(row.client_id), data.target.get(row.target_id)
        if client is None or target is None or client.account_id == target.account_id:
            continue
        yield error(
            "client_leads_to_another_account",
            f"clients#{client.id}",
            f"Client {client.clientname or client.number} of account {client.account_id} is led to"
            f" target {target.id} of account {target.account_id}: one tenant's calls reach another.",
            "Lead the client to targets of its own account.",
        )


def client_not_e164(data: DecisionData) -> Findings:
    """Clients whose number no caller can have."""
    for client in data.rows.clients:
        if not is_e164(client.number):
            yield warning(
                "client_number_not_e164",
                f"clients#{client.id}",
                f"{client.number!r} is no full international number: the client is never recognised.",
                "Write it as E.164 digits: country code first, no +, 7 to 15 digits.",
            )


def odd_location(data: DecisionData) -> Findings:
    """Places in the dialplan with names that Goto would misread."""
    for location in data.rows.locations:
        names = {
            "locationname": (_NAME, location.locationname),
            "context": (_NAME, location.context),
            "extension": (_EXTENSION, location.extension),
        }
        odd = [name for name, (form, text) in names.items() if form.fullmatch(text) is None]
        if odd:
            yield warning(
                "location_name_odd",
                f"dialplan_locations#{location.id}",
                f"{' and '.join(odd)} of place {location.locationname!r} hold characters that mean"
                " something else in the dialplan: calls to it go astray.",
                "Use letters, digits, dot, hyphen and underscore.",
            )


def _owner(data: DecisionData, target: ConfiguredTarget) -> int | None:
    """The account of what a target names; ``None``: everybody's, or gone."""
    endpoint = data.endpoint.get(target.endpoint_id or 0)
    group = data.ring_group.get(target.ring_group_id or 0)
    location = data.location.get(target.location_id or 0)
    named = endpoint or group or location
    return named.account_id if named is not None else None


def _dial_string_length(data: DecisionData, group: RingGroup) -> int:
    members = (data.endpoint.get(row.endpoint_id) for row in data.group_members.get(group.id, ()))
    return sum(
        len(row.endpointname) + _TECHNOLOGY for row in members if row is not None and row.enabled
    )
