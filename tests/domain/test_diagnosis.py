"""Each fault of the decision data is found, under its code and row, and only where it is."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dialplane_service.domain import diagnosis
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.diagnose import CHECKS, MOST_OF_A_KIND, diagnose
from dialplane_service.domain.diagnosis.emergency_numbers import known_numbers
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.records import EmergencyRoute
from tests.domain.diagnosis_cases import CASES, ERROR, NOTICE, WARNING, Change, add, sound_world
from tests.domain.diagnosis_price_cases import PRICE_CASES, SOUND_PRICES
from tests.domain.world import (
    LOADED_AT,
    World,
    address,
    article_world,
    endpoint,
    gate,
    number,
    provider,
)


def found(world: World) -> dict[tuple[str, str], Finding]:
    return {(finding.code, finding.subject): finding for finding in diagnose(world.data())}


def test_a_sound_world_has_no_findings() -> None:
    assert diagnose(sound_world().data()) == []


@pytest.mark.parametrize(("code", "subject", "severity", "apply"), CASES + PRICE_CASES)
def test_each_fault_is_found(code: str, subject: str, severity: Severity, apply: Change) -> None:
    world = sound_world()
    apply(world)
    finding = found(world)[code, subject]
    assert finding.severity is severity
    for sentence in (finding.problem, finding.remedy):
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize("apply", SOUND_PRICES)
def test_sound_prices_are_no_fault(apply: Change) -> None:
    world = sound_world()
    apply(world)
    prices = {"account_without_price", "account_without_margin", "rate_deck_without_exchange_rate"}
    assert not prices & {code for code, _ in found(world)}


def test_every_code_has_a_case() -> None:
    folder = Path(diagnosis.__file__).parent
    source = "".join(file.read_text() for file in folder.glob("*.py"))
    codes = set(re.findall(r'(?:notice|warning|error)\(\s+"([a-z0-9_]+)"', source))
    assert codes == {case[0] for case in CASES + PRICE_CASES}
    functions = re.findall(r"^def [a-z]\w*\(data: DecisionData\) -> Findings", source, re.MULTILINE)
    assert len(set(CHECKS)) == len(functions)


def test_the_articles_rows_have_their_known_faults() -> None:
    codes = found(article_world())
    assert codes["provider_without_in_address", "providers#11"].severity is WARNING
    assert codes["gate_on_another_server", "gates#1"].severity is NOTICE
    assert ("provider_plus_never_written", "providers#8") in codes
    assert (
        "extension_hidden_by_emergency_number",
        "endpoints#1",
    ) in codes  # 101 is Russia's fire service


def test_the_worst_come_first() -> None:
    severities = [finding.severity for finding in diagnose(article_world().data())]
    assert severities == sorted(severities, reverse=True)
    assert {ERROR, WARNING, NOTICE} == set(severities)


def test_a_backup_over_another_server_is_no_fault() -> None:
    world = sound_world()
    add("emergency_routes", EmergencyRoute(99, "RU", "112", 1, 2, 1, None, None))(world)
    assert diagnose(world.data()) == []


def test_many_of_a_kind_are_counted() -> None:
    world = sound_world()
    for row_id in range(1000, 1000 + MOST_OF_A_KIND + 30):
        world.numbers[row_id] = number(row_id, f"7499{row_id:07d}", 7, 1, target_id=None)
    same = [row for row in diagnose(world.data()) if row.code == "number_without_destination"]
    assert len(same) == MOST_OF_A_KIND + 1
    assert same[-1].subject == "numbers_pool"
    assert "30 more rows" in same[-1].problem


def test_login_and_password_providers_need_no_out_address() -> None:
    world = sound_world()
    del world.addresses[34]
    assert ("provider_without_out_address", "providers#16") not in found(world)


def test_disjoint_and_same_provider_networks_do_not_overlap() -> None:
    world = sound_world()
    world.addresses[90] = replace(address(90, 8, "95.211.119.0", "", "IN"), prefix_length=24)
    world.addresses[91] = replace(address(91, 4, "95.211.118.0", "", "IN"), prefix_length=24)
    assert not [code for code, _ in found(world) if code == "in_networks_overlap"]


def test_an_overlap_with_an_outer_holder_is_found_behind_an_inner_one() -> None:
    world = sound_world()
    world.addresses[90] = replace(address(90, 8, "10.0.0.0", "", "IN"), prefix_length=16)
    world.addresses[91] = replace(address(91, 8, "10.0.1.0", "", "IN"), prefix_length=24)
    world.addresses[92] = address(92, 4, "10.0.2.1", "", "IN")
    assert ("in_networks_overlap", "providers_ips#92") in found(world)


def test_everything_dangling_is_survived() -> None:
    rows = sound_world().data().rows
    for table in rows.__dataclass_fields__:
        if isinstance(getattr(rows, table), tuple):
            diagnose(DecisionData(replace(rows, **{table: ()})))


def test_a_large_installation_is_diagnosed_in_moments() -> None:
    world = sound_world()
    for row_id in range(10_000, 30_000):
        world.numbers[row_id] = number(row_id, f"7{row_id:010d}", 7, 1)
        world.endpoints[row_id] = endpoint(row_id, 1, f"{row_id}")
    for row_id in range(10_000, 12_000):
        world.providers[row_id] = provider(row_id, f"p{row_id}", row_id)
        ip = f"10.{row_id // 250}.{row_id % 250}.1"
        world.addresses[row_id] = address(row_id, row_id, ip, "", "IN/OUT")
        world.gates[row_id] = gate(row_id, row_id, 1, f"g{row_id}", f"7{row_id:010d}")
    data = world.data()
    assert data.rows.loaded_at == LOADED_AT
    assert len(diagnose(data)) < 500


def test_known_emergency_numbers() -> None:
    assert known_numbers("RU") == ("01", "02", "03", "101", "102", "103", "112")
    assert known_numbers("GB") == ("112", "999")
    assert known_numbers("SE") == ("112", "90000")
    assert known_numbers("XX") == ()
