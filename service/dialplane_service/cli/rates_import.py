"""``dialplane rates import``: a carrier's file becomes a rate deck."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from dialplane.admin.v1.rate_pb2 import DeckOwner
from dialplane.admin.v1.rates_service_pb2 import UploadDeckResponse, UploadHeader
from dialplane.routing.v1.tier_pb2 import Tier
from dialplane_service.cli import options, rates_answer, targets
from dialplane_service.cli.choices import TierChoice
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure, Violation, usage
from dialplane_service.cli.instants import instant
from dialplane_service.cli.rates_client import RatesClient
from dialplane_service.cli.rates_upload import progress_bar, read_file, upload_requests
from dialplane_service.cli.screen import Screen
from dialplane_service.domain.rate_sheets.cells import interval as increments
from dialplane_service.domain.rate_sheets.records import (
    Field,
    RowError,
    Sheet,
    SheetError,
    Terms,
    costs_nothing,
)
from dialplane_service.domain.rate_sheets.sheet import Reading

_MOST_ERRORS: Final = 50


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or XLSX, as the carrier sent it.")
    ],
    currency: Annotated[str, typer.Option(metavar="ISO", help="The prices' currency, as EUR.")],
    provider: Annotated[str, typer.Option(metavar="NAME", help="The provider charges these.")] = "",
    tariff: Annotated[
        str, typer.Option(metavar="NAME", help="Accounts of the tariff pay these.")
    ] = "",
    tier: Annotated[TierChoice | None, typer.Option(help="Default: every tier.")] = None,
    effective: Annotated[
        str,
        typer.Option(
            metavar="INSTANT", help="When it takes over, UTC. Default: the file's date, or now."
        ),
    ] = "",
    until: Annotated[str, typer.Option(metavar="INSTANT", help="When it ends, UTC.")] = "",
    merge: Annotated[
        bool, typer.Option("--merge/--replace", help="Changes only, or the whole list.")
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="What a column holds; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Load the rows that are good.")
    ] = False,
    activate: Annotated[
        bool, typer.Option("--activate/--no-activate", help="Put it in force for its dates.")
    ] = True,
    allow_free: Annotated[
        bool, typer.Option("--allow-free", help="Prices of 0 are meant; else such rows are bad.")
    ] = False,
    encoding: Annotated[str, typer.Option(metavar="NAME", help="Default: found out.")] = "",
    sheet: Annotated[str, typer.Option(metavar="NAME", help="Of XLSX. Default: the first.")] = "",
    timezone: Annotated[str, typer.Option(metavar="ZONE", help="Of hours in the file.")] = "UTC",
    interval: Annotated[
        str, typer.Option(metavar="A/B", help="Increments in seconds where the file has none.")
    ] = "60/60",
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 600.0,
    no_color: options.NoColor = False,
) -> None:
    """Load a price list as a new rate deck and put it in force.

    Columns are found by their usual names: a code, a price, and what else there is. If any row is
    bad, nothing is loaded, and each is listed with its line and reason.

    FIELD is one of code, country_code, destination, price, connect_fee, interval,
    first_increment_s, next_increment_s, minimum_s, effective, ends, status, blocked, currency,
    hours, timezone, steps.

    \b
    Examples:
      dialplane rates import voxbeam.csv --provider Voxbeam --tier CLI --currency USD --dry-run
      dialplane rates import changes.xlsx --provider Zadarma --currency RUB --merge
      dialplane rates import retail.csv --tariff retail --currency EUR --effective 2026-03-01
    """  # noqa: D301 - \b keeps the lines of a help text apart
    if bool(provider) == bool(tariff):
        raise usage("give --provider or --tariff, one of both")
    reading = Reading(
        currency=currency.upper(),
        now=datetime.now(UTC),
        effective=instant(effective, "--effective").ToDatetime(UTC) if effective else None,
        until=instant(until, "--until").ToDatetime(UTC) if until else None,
        timezone=timezone,
        mapping=_mapping(mapping or ()),
        terms=_usual_terms(interval),
        allow_free=allow_free,
    )
    client = RatesClient(targets.targets(admin_target, "--admin-target"), timeout)
    screen = Screen(not no_color)
    found = _read(file, reading, encoding, sheet, skip_bad=skip_bad)
    header = UploadHeader(
        owner=DeckOwner(provider=provider) if provider else DeckOwner(tariff=tariff),
        tier=Tier.Value(f"TIER_{tier.value}") if tier is not None else Tier.TIER_UNSPECIFIED,
        currency_code=reading.currency,
        source=file.name[:255],
        merge=merge,
        dry_run=dry_run,
    )
    if found.effective is not None:
        header.valid_from.FromDatetime(found.effective)
    if reading.until is not None:
        header.valid_to.FromDatetime(reading.until)
    with progress_bar(f"Loading {file.name}", len(found.rates), silent=json) as progress:
        uploaded = client.upload(lambda: upload_requests(header, found, progress))
    if activate and not dry_run:
        uploaded.deck.CopyFrom(client.activate(uploaded.deck.deck_id))
    _show(screen, found, uploaded, dry_run=dry_run, as_json=json)


def _read(file: Path, reading: Reading, encoding: str, sheet: str, *, skip_bad: bool) -> Sheet:
    try:
        found = read_file(file, reading, encoding, sheet)
    except SheetError as error:
        raise Failure(ExitCode.REJECTED, "BAD_FILE", str(error)) from error
    if found.errors and not skip_bad:
        raise Failure(
            ExitCode.REJECTED,
            "BAD_ROWS",
            f"{len(found.errors)} of {found.row_count} rows of {file.name} are bad, so nothing was loaded",
            "Mend them, or load the others with --skip-bad.",
            violations=_violations(found.errors),
        )
    if not found.rates and not found.removed:
        raise Failure(ExitCode.REJECTED, "BAD_FILE", f"{file.name} holds no rates")
    return found


def _violations(errors: Sequence[RowError]) -> list[Violation]:
    listed = [
        Violation(
            f"line {error.line}" + (f", {error.column}" if error.column else ""),
            f"{error.detail} ({error.fault})",
        )
        for error in errors[:_MOST_ERRORS]
    ]
    if len(errors) > _MOST_ERRORS:
        listed.append(Violation("…", f"and {len(errors) - _MOST_ERRORS} more"))
    return listed


def _usual_terms(interval: str) -> Terms:
    try:
        first, following, minimum = increments(interval)
    except RowError as error:
        raise usage(f"--interval: {error.detail}") from error
    return Terms(first_increment_s=first, next_increment_s=following, minimum_s=minimum)


def _mapping(given: Sequence[str]) -> dict[str, Field]:
    found = {}
    for item in given:
        column, equals, field = item.rpartition("=")
        if not equals or field not in set(Field):
            names = ", ".join(Field)
            raise usage(f"--map {item!r} is not COLUMN=FIELD", f"FIELD is one of {names}.")
        found[column] = Field(field)
    return found


def _show(
    screen: Screen, sheet: Sheet, uploaded: UploadDeckResponse, *, dry_run: bool, as_json: bool
) -> None:
    skipped = _violations(sheet.errors)
    free = sum(costs_nothing(rate.price_per_minute, rate.terms) for rate in sheet.rates)
    if as_json:
        screen.document(
            {
                "dry_run": dry_run,
                "rows": sheet.row_count,
                "rates": len(sheet.rates),
                "free": free,
                "removed": len(sheet.removed),
                "skipped": [{"row": item.field, "reason": item.description} for item in skipped],
                "compared_with": uploaded.compared_with or None,
                "hidden_rates": uploaded.hidden_rates,
                "deck": rates_answer.deck_document(uploaded.deck),
                "changes": rates_answer.changes_document(uploaded.changes),
            }
        )
        return
    rates_answer.show_deck(screen, uploaded.deck)
    screen.line()
    before = f"deck {uploaded.compared_with}" if uploaded.compared_with else "no deck before it"
    screen.line(f"{sheet.row_count} rows, {len(sheet.rates)} rates; against {before}:")
    rates_answer.show_changes(screen, uploaded.changes)
    if free:
        screen.line(f"{free} of the rates are free: calls there cost nothing.")
    if uploaded.hidden_rates:
        screen.line()
        screen.line(
            f"Warning: {uploaded.hidden_rates} rates of {before}, which is for every tier, do not hold"
            " for this tier any more: the new deck takes its place and lacks them."
        )
    if skipped:
        screen.line()
        screen.line(f"{len(sheet.errors)} bad rows were skipped:")
        for item in skipped:
            screen.line(f"  {item.field}: {item.description}")
    if dry_run:
        screen.line()
        screen.line("Nothing was loaded: this was a dry run.")
