"""``dialplane fx``: exchange rates."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dialplane.admin.v1.exchange_rates_service_pb2 import ExchangeRate, ListExchangeRatesRequest
from dialplane_service.cli import documents, options, targets
from dialplane_service.cli.exit_codes import QUESTION_EPILOG, ExitCode
from dialplane_service.cli.failures import Failure, Violation, usage
from dialplane_service.cli.instants import instant
from dialplane_service.cli.rates_client import RatesClient
from dialplane_service.cli.screen import Screen

_AT_ONCE: Final = 1000
_COLUMNS: Final = "Its first line names the columns: currency,rate,effective"

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Set and show exchange rates: units of the base currency for one unit.",
)


@app.command("set", epilog=QUESTION_EPILOG)
def set_rate(
    currency: Annotated[str, typer.Argument(metavar="ISO", help="The currency, as USD.")],
    rate: Annotated[
        str, typer.Argument(metavar="RATE", help="What one unit is worth in the base.")
    ],
    effective: Annotated[
        str, typer.Option(metavar="INSTANT", help="From when on, UTC. Default: now.")
    ] = "",
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Set what a currency is worth in the base currency, from an instant on.

    \b
    Example:
      dialplane fx set USD 0.862 --effective 2026-02-01
    """  # noqa: D301 - \b keeps the lines of a help text apart
    found = _rate(currency, rate, effective, datetime.now(UTC))
    _client(admin_target, timeout).set_exchange_rates([found])
    _show(Screen(not no_color), [found], as_json=json)


@app.command("import", epilog=QUESTION_EPILOG)
def import_rates(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with the columns currency, rate, effective.")
    ],
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 60.0,
    no_color: options.NoColor = False,
) -> None:
    """Set the exchange rates of a CSV file, a thousand at a time all or none.

    Without an instant in the column effective, a rate holds from now on. The base currency has no
    rate, and a currency only one of each instant. If any row is bad, nothing is set.
    """
    rates = _read(file)
    client = _client(admin_target, timeout)
    for start in range(0, len(rates), _AT_ONCE):
        client.set_exchange_rates(rates[start : start + _AT_ONCE])
    _show(Screen(not no_color), rates, as_json=json)


@app.command("list", epilog=QUESTION_EPILOG)
def list_rates(
    currency: Annotated[str, typer.Option(metavar="ISO", help="Of this currency.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Past rates too.")] = False,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """List exchange rates by currency, the latest first."""
    request = ListExchangeRatesRequest(currency_code=currency.upper(), include_past=everything)
    rates = list(_client(admin_target, timeout).exchange_rates(request))
    _show(Screen(not no_color), rates, as_json=json)


def _read(file: Path) -> list[ExchangeRate]:
    rates, wrong = dict[tuple[str, int, int], ExchangeRate](), list[Violation]()
    now = datetime.now(UTC)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            missing = {"currency", "rate"} - set(rows.fieldnames or ())
            if missing:
                lacking = " and ".join(sorted(missing))
                raise _bad_file(f"{file.name} has no column {lacking}", _COLUMNS)
            for row in rows:
                try:
                    found = _row(row, now)
                    key = found.currency_code, found.valid_from.seconds, found.valid_from.nanos
                    if key in rates:
                        raise usage(f"{found.currency_code} has a rate of this instant already")
                    rates[key] = found
                except Failure as failure:
                    wrong.append(Violation(f"line {rows.line_num}", failure.message))
    except (OSError, UnicodeError, csv.Error) as error:
        raise _bad_file(f"{file} cannot be read: {error}") from error
    if not (wrong or rates):
        raise _bad_file(f"{file.name} holds no exchange rates", _COLUMNS)
    if wrong:
        message = f"{len(wrong)} rows of {file.name} are bad, so nothing was set"
        raise Failure(ExitCode.REJECTED, "BAD_ROWS", message, violations=wrong)
    return list(rates.values())


def _bad_file(message: str, remedy: str = "") -> Failure:
    return Failure(ExitCode.REJECTED, "BAD_FILE", message, remedy)


def _row(row: dict[str | Any, Any], now: datetime) -> ExchangeRate:
    if any(cell.strip() for cell in row.get(None, ())):
        raise usage("the row has more cells than the header names")
    said = [(row.get(name) or "").strip() for name in ("currency", "rate", "effective")]
    return _rate(said[0], said[1], said[2], now)


def _rate(currency: str, rate: str, effective: str, now: datetime) -> ExchangeRate:
    text = rate.strip().replace(",", ".")
    whole, _, decimals = text.partition(".")
    if not (whole.isdecimal() and text.isascii() and (not decimals or decimals.isdecimal())):
        raise usage(f"{rate!r} is no exchange rate", "For example 0.862")
    found = ExchangeRate(currency_code=currency.strip().upper(), rate=text)
    if effective:
        found.valid_from.CopyFrom(instant(effective.strip(), "--effective"))
    else:
        found.valid_from.FromDatetime(now)
    return found


def _show(screen: Screen, rates: list[ExchangeRate], *, as_json: bool) -> None:
    found = [
        {
            "currency_code": rate.currency_code,
            "valid_from": documents.instant(rate, "valid_from"),
            "rate": rate.rate,
        }
        for rate in rates
    ]
    if as_json:
        screen.document({"rates": found})
    elif not found:
        screen.line("No exchange rates.")
    else:
        columns = ("currency", "from", "rate")
        screen.table(columns, [[value or "" for value in row.values()] for row in found])


def _client(admin_target: str, timeout: float) -> RatesClient:
    return RatesClient(targets.targets(admin_target, "--admin-target"), timeout)
