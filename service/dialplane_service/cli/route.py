"""``dialplane route``: the routes to a number, in their order, and why the others are left out."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    ClassifyCallResponse,
    EndpointOrigin,
)
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.tier_pb2 import Tier
from dialplane_service.cli import options, targets
from dialplane_service.cli.choices import TierChoice
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import usage
from dialplane_service.cli.route_answer import RouteAnswer, show
from dialplane_service.cli.routing_client import RoutingClient
from dialplane_service.cli.screen import Screen
from dialplane_service.cli.telephone_numbers import (
    full_number,
    is_number,
    without_separators,
)

CALL_ID: Final = "dialplane-route"
"""The same every time, so that the same question gets the same order."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line says, read."""

    server: str
    account: str
    tier: Tier.ValueType
    call_id: str
    caller: str
    endpoint: str


def route(
    number: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER",
            help="The number to call: country code first; spaces, hyphens, parentheses and + are"
            " ignored. With --from DEVICE whatever the device dials.",
        ),
    ],
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="CALLER",
            help="Who calls: a number (the caller ID that arrived) or a device's name, for example"
            " acme-201. A device needs --server and brings its account along.",
        ),
    ] = "",
    server: Annotated[
        str,
        typer.Option(metavar="NAME", help="The asking server. Default: the first one that is on."),
    ] = "",
    account: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who pays. Default: a caller that owns no number."),
    ] = "",
    tier: Annotated[
        TierChoice | None,
        typer.Option(case_sensitive=False, help="The wanted tier. Default: the account's own."),
    ] = None,
    call_id: Annotated[
        str,
        typer.Option(
            metavar="ID", help="Ask as this call: where weights decide, they are drawn from its id."
        ),
    ] = CALL_ID,
    explain: options.Explain = False,
    json: options.Json = False,
    target: options.Target = options.ROUTING_TARGET,
    timeout: options.Timeout = 2.0,
    no_color: options.NoColor = False,
) -> None:
    """Show the routes to a number, in the order in which they would be tried.

    Nothing is dialled, reserved or counted. Without --server the service asks as its first server;
    without --account as a caller that owns no number.

    --explain shows what priced each route and what the call is expected to cost, and who was left out
    for which reason.

    --json gives number, server, account, endpoint, caller_number, tier, call_id, decided_at,
    data_version, basis (what was ranked by), routes, dropped, first (what attempt 1 gets),
    no_more_routes and refusal. Each of routes, in order, and of dropped has rank, route_id, provider,
    tier, dial_string, caller_number, priority, row, detail, drop_reason and what priced it.

    \b
    Examples:
      dialplane route 74957777777 --tier CLI --explain
      dialplane route '+7 (495) 777-77-77' --account acme --json
      dialplane route 84957777777 --from acme-201 --server asterisk-macomnet
    """  # noqa: D301 - \b keeps the lines of a help text apart
    device = from_ if from_ and not is_number(from_) else ""
    asked = _Asked(
        server=server,
        account=account,
        tier=Tier.Value(f"TIER_{tier.value}") if tier is not None else Tier.TIER_UNSPECIFIED,
        call_id=call_id,
        caller=full_number(from_) if from_ and not device else "",
        endpoint=device,
    )
    client = RoutingClient(targets.targets(target, "--target"), timeout)
    answer = _by_device(client, asked, number) if device else _by_number(client, asked, number)
    show(Screen(not no_color), answer, explain=explain, as_json=json)
    if not answer.found:
        raise typer.Exit(ExitCode.NO)


def _by_number(client: RoutingClient, asked: _Asked, text: str) -> RouteAnswer:
    request = _request(asked, _now())
    request.called.CopyFrom(Number(e164=full_number(text)))
    return RouteAnswer(request, client.build_dial_string(request))


def _by_device(client: RoutingClient, asked: _Asked, text: str) -> RouteAnswer:
    """As a call does it: classified first, then routed by what that said."""
    if not asked.server:
        raise usage(
            f"--from {asked.endpoint} is a device, and a device is known on one server only",
            "Say which with --server NAME.",
        )
    classified = client.classify_call(
        ClassifyCallRequest(
            server=asked.server,
            dialled=without_separators(text),
            endpoint=EndpointOrigin(endpoint=asked.endpoint),
            decided_at=_now(),
            simulate=True,
        )
    )
    request = _request(asked, classified.decided_at)
    request.called.CopyFrom(classified.called)
    request.account = asked.account or classified.account
    if classified.WhichOneof("outcome") == "refusal":
        return RouteAnswer(request, None, classified)
    request.target_ids.extend(_target_ids(classified))
    return RouteAnswer(request, client.build_dial_string(request), classified)


def _request(asked: _Asked, decided_at: Timestamp) -> BuildDialStringRequest:
    return BuildDialStringRequest(
        call_id=asked.call_id,
        decided_at=decided_at,
        server=asked.server,
        account=asked.account,
        caller=Caller(number=asked.caller),
        tier=asked.tier,
        endpoint=asked.endpoint,
        attempt=1,
        explain=True,
        simulate=True,
    )


def _target_ids(classified: ClassifyCallResponse) -> list[Any]:
    return [target.target_id for target in classified.targets.targets]


def _now() -> Timestamp:
    now = Timestamp()
    now.GetCurrentTime()
    return now
