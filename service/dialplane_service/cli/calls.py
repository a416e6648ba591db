"""``dialplane calls``: recorded calls."""

from typing import Annotated, Final

import typer

from dialplane.admin.v1.call_pb2 import CallSummary
from dialplane.admin.v1.calls_service_pb2 import ListCallsRequest
from dialplane_service.cli import calls_answer, options, targets
from dialplane_service.cli.admin_client import AdminClient
from dialplane_service.cli.exit_codes import QUESTION_EPILOG
from dialplane_service.cli.instants import instant
from dialplane_service.cli.screen import Screen
from dialplane_service.cli.telephone_numbers import without_separators

LARGEST_PAGE: Final = 1000

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Show recorded calls.",
)


@app.command("list", epilog=QUESTION_EPILOG)
def list_calls(
    from_: Annotated[
        str,
        typer.Option("--from", metavar="INSTANT", help="Calls that began at or after it, in UTC."),
    ] = "",
    to: Annotated[
        str, typer.Option(metavar="INSTANT", help="Calls that began before it, in UTC.")
    ] = "",
    account: Annotated[str, typer.Option(metavar="NAME", help="Calls of this account.")] = "",
    server: Annotated[str, typer.Option(metavar="NAME", help="Calls of this server.")] = "",
    number: Annotated[
        str,
        typer.Option(
            metavar="DIGITS", help="Calls to or from this number, or one that begins like it."
        ),
    ] = "",
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000_000, help="The most calls to show.")
    ] = 50,
    page_token: Annotated[
        str,
        typer.Option(metavar="TOKEN", help="Go on after an earlier list: its next_page_token."),
    ] = "",
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """List recorded calls, the newest first.

    An empty list is an answer too: the exit code is 0.

    --json gives calls (call_id, began_at, account, server, caller_number, called_number, attempts,
    channels, q850_cause, answered_ms, ended) and next_page_token.

    \b
    Examples:
      dialplane calls list --from 2026-01-31 --account acme
      dialplane calls list --number 7495 --limit 500 --json
    """  # noqa: D301 - \b keeps the lines of a help text apart
    request = ListCallsRequest(
        account=account,
        server=server,
        number=without_separators(number).removeprefix("+"),
        page_token=page_token,
    )
    if from_:
        # "from" is a word of Python's own, so the field has no attribute of its name.
        getattr(request, "from").CopyFrom(instant(from_, "--from"))
    if to:
        request.to.CopyFrom(instant(to, "--to"))
    client = AdminClient(targets.targets(admin_target, "--admin-target"), timeout)
    calls, token = _pages(client, request, limit)
    screen = Screen(not no_color)
    calls_answer.show_list(screen, calls, token, as_json=json)


@app.command(epilog=QUESTION_EPILOG)
def show(
    call_id: Annotated[str, typer.Argument(metavar="ID", help="The call's id.")],
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also show what each attempt's route was decided by."),
    ] = False,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Show one call: its channels, its attempts and what happened when.

    --explain shows each decision again: the data version, and the rate that priced the route, which has
    not changed since.

    --json gives summary, channels, attempts and events; with --explain each attempt has its rate.

    \b
    Examples:
      dialplane calls show 0f5c1d5e6a7b4c3d8e9f0a1b2c3d4e5f
      dialplane calls show 0f5c1d5e6a7b4c3d8e9f0a1b2c3d4e5f --explain
    """  # noqa: D301 - \b keeps the lines of a help text apart
    client = AdminClient(targets.targets(admin_target, "--admin-target"), timeout)
    call = client.get_call(call_id, explain=explain)
    calls_answer.show_call(Screen(not no_color), call, explain=explain, as_json=json)


def _pages(
    client: AdminClient, request: ListCallsRequest, limit: int
) -> tuple[list[CallSummary], str]:
    """At most ``limit`` calls, and the token of what comes after them."""
    calls: list[CallSummary] = []
    while True:
        request.page_size = min(limit - len(calls), LARGEST_PAGE)
        page = client.list_calls(request)
        calls.extend(page.calls)
        request.page_token = page.next_page_token
        if not page.next_page_token or not page.calls or len(calls) >= limit:
            return calls, page.next_page_token
