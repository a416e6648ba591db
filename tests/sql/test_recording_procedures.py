"""`usp_record_channel` and `usp_hangup` at their edges; their meaning is tested with the recorder."""

import pytest

from dialplane_service.mariadb.connection import Connection, Row, execute
from dialplane_service.mariadb.driver_errors import DriverError, code, signal_name

RECORD = """
    server_id unique_id event occurred_at call_id linked_id name sip_call_id leg attempt
    route_id calling_unique_id account dial_string called_number sent_number
    caller_number data_version decided_at rate_id
""".split()  # noqa: SIM905 - read side by side with the procedure
HANGUP = """
    server_id unique_id occurred_at call_id linked_id name sip_call_id leg attempt
    route_id calling_unique_id account created_at answered_at q850_cause sip_status
    tech_cause hangup_source dial_status answered_ms dialled_ms ring_ms progress_ms
""".split()  # noqa: SIM905 - read side by side with the procedure
INSTANT = "2026-01-02 12:00:00.123456"


async def call(
    connection: Connection, procedure: str, names: list[str], **given: object
) -> list[Row]:
    arguments = {"server_id": 1, "occurred_at": INSTANT} | given
    places = ", ".join(["%s"] * len(names))
    return await execute(
        connection, f"CALL {procedure}({places})", [arguments.get(name) for name in names]
    )


async def test_unknown_facts_may_all_be_null(service: Connection) -> None:
    ((recorded_at, already),) = await call(
        service, "usp_record_channel", RECORD, unique_id="nulls", event="CREATED"
    )
    assert (already, recorded_at.microsecond >= 0) == (0, True)
    assert await call(service, "usp_hangup", HANGUP, unique_id="nulls")
    assert await execute(
        service, "SELECT call_id, leg, q850_cause FROM channels WHERE unique_id = 'nulls'"
    ) == [(None, None, None)]


async def test_empty_means_unknown_and_the_first_word_counts(service: Connection) -> None:
    empty = {"unique_id": "words", "account": "", "name": "", "leg": "", "attempt": 0}
    await call(service, "usp_hangup", HANGUP, **empty, q850_cause=0)
    said = {"unique_id": "words", "account": "acme", "name": "SIP/a", "leg": "CALLED", "attempt": 2}
    await call(service, "usp_record_channel", RECORD, **said, event="CREATED", call_id="c")
    late = said | {"account": "other", "name": "SIP/b", "attempt": 3}
    await call(service, "usp_record_channel", RECORD, **late, event="ANSWERED", call_id="d")
    assert await execute(
        service,
        "SELECT account, name, leg, attempt, call_id, q850_cause FROM channels"
        " WHERE unique_id = 'words'",
    ) == [("acme", "SIP/a", "CALLED", 2, "c", 0)]


@pytest.mark.parametrize("missing", ["server_id", "unique_id", "occurred_at"])
async def test_a_key_is_needed_and_a_failure_leaves_nothing(
    service: Connection, missing: str
) -> None:
    before = await execute(service, "SELECT COUNT(*) FROM channels")
    given: dict[str, object] = {"unique_id": "half", missing: None}
    with pytest.raises(DriverError) as caught:
        await call(service, "usp_hangup", HANGUP, **given)
    assert code(caught.value) == 1048
    assert await execute(service, "SELECT COUNT(*) FROM channels") == before
    assert not service.get_transaction_status()


@pytest.mark.parametrize("event", [None, "", "HANGUP", "created", "CREATED "])
async def test_another_event_is_signalled(service: Connection, event: str | None) -> None:
    with pytest.raises(DriverError) as caught:
        await call(service, "usp_record_channel", RECORD, unique_id="e", event=event)
    assert signal_name(caught.value) == "INVALID_EVENT"


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("unique_id", 150),
        ("call_id", 32),
        ("route_id", 32),
        ("name", 255),
        ("sip_call_id", 255),
        ("account", 50),
        ("dial_string", 1023),
        ("called_number", 32),
        ("sent_number", 64),
        ("caller_number", 32),
    ],
)
async def test_the_contracts_longest_texts_fit_and_longer_ones_are_refused(
    service: Connection, name: str, longest: int
) -> None:
    given: dict[str, object] = {"unique_id": f"long-{name}", "event": "CREATED", "attempt": 1}
    given |= {"leg": "CALLED", "call_id": "long", name: "x" * longest}
    await call(service, "usp_record_channel", RECORD, **given)
    with pytest.raises(DriverError) as caught:
        await call(service, "usp_record_channel", RECORD, **given | {name: "x" * (longest + 1)})
    assert code(caught.value) == 1406


async def test_names_are_told_apart_exactly(service: Connection) -> None:
    for name in ("Exact", "exact", "exact.", "exact-"):
        ((_, already),) = await call(service, "usp_hangup", HANGUP, unique_id=name)
        assert already == 0
    for server in (2, 3):
        ((_, already),) = await call(
            service, "usp_hangup", HANGUP, unique_id="exact", server_id=server
        )
        assert already == 0
