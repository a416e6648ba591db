"""`dialplane doctor`."""

from tests.cli.conftest import Run
from tests.service.process import ServiceProcess


def test_findings_for_people(ask: Run) -> None:
    result = ask("doctor")
    assert result.code == 1
    assert "WARNING  provider_without_in_address  providers#11\n" in result.out
    order = [line.split()[0] for line in result.out.splitlines() if line and line[0].isupper()]
    severities = [word for word in order if word in ("ERROR", "WARNING", "NOTICE")]
    ranks = [("ERROR", "WARNING", "NOTICE").index(word) for word in severities]
    assert ranks == sorted(ranks)
    assert "MariaDB   answers\n" in result.out


def test_the_json_object_is_stable(ask: Run) -> None:
    document = ask("doctor", "--json").document
    assert list(document) == [
        *("findings", "counts", "checks", "service_version", "data_version", "data_loaded_at"),
        "database_available",
    ]
    assert all(
        list(row) == ["severity", "code", "subject", "problem", "remedy"]
        for row in document["findings"]
    )
    assert sum(document["counts"].values()) == len(document["findings"])
    assert document["data_version"] == 7


def test_a_routing_target_that_does_not_serve(ask: Run, service: ServiceProcess) -> None:
    targets = f"{service.routing},127.0.0.1:1,{service.admin}"
    findings = ask("doctor", "--target", targets, "--json").document["findings"]
    faults = {row["subject"] for row in findings if row["code"] == "routing_target_not_serving"}
    assert faults == {"127.0.0.1:1", service.admin}


def test_without_the_service(run: Run) -> None:
    result = run("doctor", "--admin-target", "127.0.0.1:1", "--target", "127.0.0.1:1")
    assert result.code == 3
    assert "routing_target_not_serving" in result.out
    assert "nothing listens there" in result.err
    assert "dialplane serve" in result.err
    assert "DIALPLANE_ADMIN_TARGET" in result.err


def test_without_the_database(run: Run, service_without_data: ServiceProcess) -> None:
    words = ("--admin-target", service_without_data.admin, "--target", service_without_data.routing)
    result = run("doctor", *words, "--json")
    assert result.code == 1
    codes = {row["code"] for row in result.document["findings"]}
    assert "no_decision_data" in codes
    assert result.document["database_available"] is False
    assert result.document["data_loaded_at"] is None
    assert "MariaDB   does not answer" in run("doctor", *words).out
