"""``dialplane ratetable``: the compiled rates that decisions are made on."""

import typer

from dialplane_service.cli import options, targets
from dialplane_service.cli.exit_codes import QUESTION_EPILOG, ExitCode
from dialplane_service.cli.rates_client import RatesClient
from dialplane_service.cli.ratetable_answer import show
from dialplane_service.cli.screen import Screen

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Show the compiled rates that decisions are made on.",
)


@app.callback()
def _group() -> None:
    """Keeps ``status`` a subcommand while it is the only one."""


@app.command(epilog=QUESTION_EPILOG)
def status(
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Say which rates decisions are made on, how old they are and how large.

    The rates of all active decks are compiled into one file on the service's host, which every
    worker maps. A deck that is activated is in it within seconds; a deck of a later date takes over
    at its instant by itself. The table's version is the version of the data that it was compiled of.
    It stays as it is when the data's version moves on for something else than rates.

    The exit code is 1 while the table is not what the data want: a compile is in progress, or it
    failed and is tried again. Until then the table before it decides. `dialplane doctor` says what
    to do.

    --json gives version, compiled_at, age_s, data_version, up_to_date, decks, rates, prefixes, file,
    file_bytes, bytes_per_rate, segment_bytes (each deck's own file, which the next compile need not
    read from the database again), compiling_since, failure, failed_at and refused.

    \b
    Examples:
      dialplane ratetable status
      dialplane ratetable status --json
      until dialplane ratetable status; do sleep 1; done
    """  # noqa: D301 - \b keeps the lines of a help text apart
    client = RatesClient(targets.targets(admin_target, "--admin-target"), timeout)
    table = client.rate_table()
    show(Screen(not no_color), table, as_json=json)
    if not table.up_to_date:
        raise typer.Exit(ExitCode.NO)
