"""``dialplane quality``: what was measured of providers."""

from typing import Annotated

import typer

from dialplane.admin.v1.quality_service_pb2 import ListQualityFiguresRequest
from dialplane_service.cli import options, targets
from dialplane_service.cli.exit_codes import QUESTION_EPILOG
from dialplane_service.cli.quality_answer import show_figures, show_measured
from dialplane_service.cli.quality_client import QualityClient
from dialplane_service.cli.screen import Screen

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Show and measure the quality of providers, by the calls that were recorded.",
)


@app.command("list", epilog=QUESTION_EPILOG)
def list_figures(
    provider: Annotated[str, typer.Option(metavar="NAME", help="Of this provider.")] = "",
    prefix: Annotated[
        str,
        typer.Option(
            metavar="DIGITS", help="Of numbers that begin so: longer and shorter prefixes too."
        ),
    ] = "",
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """List what was measured of providers, to anywhere ("all") and by the called number's prefix.

    \b
    attempts  calls sent to the provider that began in the window and are over,
              busy, unanswered and cancelled ones too
    ASR %     how many of them were answered
    ACD s     how long an answered one was talked on, on average
    PDD ms    how long it took to ring, on average of those that are known to have rung

    A prefix has figures from 20 attempts on, and at most 6 digits. A routing plan that ranks by
    quality takes the longest prefix of the number that has the plan's minimum sample, and holds
    nothing against a provider without one.

    --json gives figures (provider, prefix, attempts, answered, talk_ms, pdd_attempts, pdd_ms,
    asr_percent, acd_s, mean_pdd_ms, measured_from, measured_to); talk_ms and pdd_ms are sums.

    \b
    Examples:
      dialplane quality list --prefix 7495
      dialplane quality list --provider Westcall --json
    """  # noqa: D301 - \b keeps the lines of a help text apart
    request = ListQualityFiguresRequest(provider=provider, prefix=prefix)
    figures = _client(admin_target, timeout).figures(request)
    show_figures(Screen(not no_color), figures, as_json=json)


@app.command(epilog=QUESTION_EPILOG)
def measure(
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 120.0,
    no_color: options.NoColor = False,
) -> None:
    """Measure now, by the calls of the service's window (DIALPLANE_QUALITY_WINDOW_H) until now.

    The service does it by itself every DIALPLANE_QUALITY_INTERVAL_S seconds; with 0 there, only
    this command does. Decisions use new figures within a second or two.

    --json gives changed, measured_from and measured_to.

    \b
    Example:
      dialplane quality measure
    """  # noqa: D301
    answer = _client(admin_target, timeout).measure()
    show_measured(Screen(not no_color), answer, as_json=json)


def _client(admin_target: str, timeout: float) -> QualityClient:
    return QualityClient(targets.targets(admin_target, "--admin-target"), timeout)
