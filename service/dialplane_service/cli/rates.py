"""``dialplane rates``: rate decks."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from dialplane.admin.v1.rate_pb2 import DeckOwner
from dialplane.admin.v1.rates_service_pb2 import ListDecksRequest
from dialplane_service.cli import options, rates_answer, targets
from dialplane_service.cli.exit_codes import QUESTION_EPILOG
from dialplane_service.cli.failures import usage
from dialplane_service.cli.rates_client import RatesClient
from dialplane_service.cli.rates_export import HEADER, csv_writer, rate_cells
from dialplane_service.cli.rates_import import import_file
from dialplane_service.cli.screen import Screen
from dialplane_service.cli.telephone_numbers import without_separators

LONG_S: Final = 600.0
_MOST_SHOWN: Final = 1000

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Load, show and switch rate decks.",
)
app.command("import", epilog=QUESTION_EPILOG)(import_file)

DeckArgument = Annotated[str, typer.Argument(metavar="DECK", help="The deck's id or name.")]


@app.command("list", epilog=QUESTION_EPILOG)
def list_decks(
    provider: Annotated[str, typer.Option(metavar="NAME", help="Decks of this provider.")] = "",
    tariff: Annotated[str, typer.Option(metavar="NAME", help="Decks of this tariff.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Retired decks too.")] = False,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """List rate decks, those of one owner and tier together, the newest first.

    \b
    Example:
      dialplane rates list --provider Voxbeam --all
    """  # noqa: D301 - \b keeps the lines of a help text apart
    request = ListDecksRequest(include_retired=everything)
    if provider and tariff:
        raise usage("--provider and --tariff exclude each other")
    if provider or tariff:
        request.owner.CopyFrom(
            DeckOwner(provider=provider) if provider else DeckOwner(tariff=tariff)
        )
    decks = _client(admin_target, timeout).decks(request)
    rates_answer.show_decks(Screen(not no_color), decks, as_json=json)


@app.command(epilog=QUESTION_EPILOG)
def show(
    deck: DeckArgument,
    number: Annotated[
        str, typer.Argument(metavar="[NUMBER]", help="Show the rates on this number's way.")
    ] = "",
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Show a rate deck, and with a number or prefix its rates on the way to it.

    \b
    Example:
      dialplane rates show "Voxbeam CLI v1" 79161234567
    """  # noqa: D301 - \b keeps the lines of a help text apart
    client, screen = _client(admin_target, timeout), Screen(not no_color)
    found = client.deck(deck)
    rates: list[list[str]] = []
    digits = without_separators(number).removeprefix("+")
    if digits:
        client.rates(found.deck_id, digits, lambda rows: rates.extend(map(list, rate_cells(rows))))
    if json:
        document = rates_answer.deck_document(found)
        document["rates"] = [dict(zip(HEADER, row, strict=True)) for row in rates]
        screen.document(document)
        return
    rates_answer.show_deck(screen, found)
    if digits:
        rates_answer.show_rates(screen, rates[:_MOST_SHOWN])


@app.command(epilog=QUESTION_EPILOG)
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The earlier deck's id or name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later deck's id or name.")],
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = LONG_S,
    no_color: options.NoColor = False,
) -> None:
    """Say what changes from one rate deck to another."""
    client, screen = _client(admin_target, timeout), Screen(not no_color)
    changes = client.changes(client.deck(old).deck_id, client.deck(new).deck_id)
    if json:
        screen.document(rates_answer.changes_document(changes))
    else:
        rates_answer.show_changes(screen, changes)


@app.command(epilog=QUESTION_EPILOG)
def export(
    deck: DeckArgument,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Default: standard output.")
    ] = None,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = LONG_S,
) -> None:
    """Write a rate deck as CSV, which `dialplane rates import` reads back rate for rate.

    Free rates are read back with --allow-free.

    \b
    Example:
      dialplane rates export 5 voxbeam.csv
    """  # noqa: D301 - \b keeps the lines of a help text apart
    client = _client(admin_target, timeout)
    deck_id = client.deck(deck).deck_id
    if file is None:
        client.rates(deck_id, "", csv_writer(sys.stdout))
        return
    try:
        # Beside its place first: an interruption leaves no half of a file under its name.
        part = file.with_name(f"{file.name}.part")
        with part.open("w", encoding="utf-8", newline="") as stream:
            client.rates(deck_id, "", csv_writer(stream))
        part.replace(file)
    except OSError as error:
        raise usage(f"{file} cannot be written: {error.strerror or error}") from error


@app.command(epilog=QUESTION_EPILOG)
def activate(
    deck: DeckArgument,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 30.0,
    no_color: options.NoColor = False,
) -> None:
    """Put a rate deck in force for its dates, at once and whole."""
    client, screen = _client(admin_target, timeout), Screen(not no_color)
    found = client.activate(client.deck(deck).deck_id)
    if json:
        screen.document(rates_answer.deck_document(found))
    else:
        screen.line(f"{found.name} is active.")


@app.command(epilog=QUESTION_EPILOG)
def rollback(
    deck: DeckArgument,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 30.0,
    no_color: options.NoColor = False,
) -> None:
    """Take a rate deck out of force; the one before it takes over again, at once and whole."""
    client, screen = _client(admin_target, timeout), Screen(not no_color)
    taken = client.deck(deck)
    now = client.roll_back(taken.deck_id)
    if json:
        screen.document({"in_force": now and rates_answer.deck_document(now)})
    elif now is None:
        screen.line(f"{taken.name} is out of force; no other deck is in force.")
    else:
        screen.line(f"{taken.name} is out of force; {now.name} is in force.")


def _client(admin_target: str, timeout: float) -> RatesClient:
    return RatesClient(targets.targets(admin_target, "--admin-target"), timeout)
