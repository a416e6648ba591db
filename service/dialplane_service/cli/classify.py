"""``dialplane classify``: what kind of call a call would be, and where it would go."""

from typing import Annotated

import typer

from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallRequest,
    EndpointOrigin,
    ProviderOrigin,
    SisterOrigin,
)
from dialplane_service.cli import options, targets
from dialplane_service.cli.classify_answer import show
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import usage
from dialplane_service.cli.routing_client import RoutingClient
from dialplane_service.cli.screen import Screen


def classify(
    dialled: Annotated[
        str, typer.Argument(metavar="DIALLED", help="What was dialled, as it was received.")
    ],
    server: Annotated[
        str,
        typer.Option(metavar="NAME", help="The server that the call is on.", show_default=False),
    ],
    from_provider: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="It comes from a provider: the peer's IP address."),
    ] = "",
    from_sister: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="It was carried here by another server: its IP address."
        ),
    ] = "",
    from_endpoint: Annotated[
        str, typer.Option(metavar="NAME", help="It comes from a user's device: its name.")
    ] = "",
    caller: Annotated[
        str, typer.Option(metavar="NUMBER", help="The caller's number, as it was received.")
    ] = "",
    caller_name: Annotated[
        str, typer.Option(metavar="TEXT", help="The caller's name, as it was received.")
    ] = "",
    call_id: Annotated[
        str, typer.Option(metavar="ID", help="The call's id, as a sister server carries it.")
    ] = "",
    route_id: Annotated[
        str, typer.Option(metavar="ID", help="The route that the sister server chose.")
    ] = "",
    account: Annotated[
        str, typer.Option(metavar="NAME", help="The account, as the sister server carries it.")
    ] = "",
    forwarded_address: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The provider's address, as a session border controller says it.",
        ),
    ] = "",
    forwarding_endpoint: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The device that forwarded or transferred the call here."
        ),
    ] = "",
    explain: options.Explain = False,
    json: options.Json = False,
    target: options.Target = options.ROUTING_TARGET,
    timeout: options.Timeout = 2.0,
    no_color: options.NoColor = False,
) -> None:
    """Show what kind of call a call would be, and where it would go.

    Say where it comes from by exactly one of --from-provider, --from-sister and --from-endpoint.
    Nothing is recorded.

    --json gives dialled, server, call_id, decided_at, data_version, call_class, called, caller,
    account, tier, targets (target_id, kind and what the kind says), refusal (reason, q850_cause,
    sip_status, detail) and steps (rule, finding, row).

    \b
    Examples:
      dialplane classify 74951815000 --server asterisk-macomnet --from-provider 195.94.225.2 \\
          --caller 79161234567 --explain
      dialplane classify 202 --server asterisk-macomnet --from-endpoint acme-201
      dialplane classify 74957952302 --server asterisk-msm --from-sister 212.5.126.1 --call-id abc
    """  # noqa: D301 - \b keeps the lines of a help text apart
    request = ClassifyCallRequest(
        server=server,
        dialled=dialled,
        caller=Caller(number=caller, name=caller_name),
        call_id=call_id,
        explain=True,
        simulate=True,
    )
    if sum(map(bool, (from_provider, from_sister, from_endpoint))) != 1:
        raise usage(
            "say where the call comes from, by one of --from-provider, --from-sister and"
            " --from-endpoint",
            "For example --from-provider 195.94.225.2, or --from-endpoint acme-201.",
        )
    _only_with(from_provider, "--from-provider", {"--forwarded-address": forwarded_address})
    _only_with(from_sister, "--from-sister", {"--route-id": route_id, "--account": account})
    _only_with(from_endpoint, "--from-endpoint", {"--forwarding-endpoint": forwarding_endpoint})
    if from_provider:
        origin = ProviderOrigin(peer_address=from_provider, forwarded_address=forwarded_address)
        request.provider.CopyFrom(origin)
    elif from_sister:
        sister = SisterOrigin(peer_address=from_sister, route_id=route_id, account=account)
        request.sister.CopyFrom(sister)
    else:
        device = EndpointOrigin(endpoint=from_endpoint, forwarding_endpoint=forwarding_endpoint)
        request.endpoint.CopyFrom(device)
    client = RoutingClient(targets.targets(target, "--target"), timeout)
    response = client.classify_call(request)
    show(Screen(not no_color), request, response, explain=explain, as_json=json)
    if response.WhichOneof("outcome") == "refusal":
        raise typer.Exit(ExitCode.NO)


def _only_with(origin: str, option: str, others: dict[str, str]) -> None:
    given = [name for name, value in others.items() if value]
    if given and not origin:
        raise usage(f"{' and '.join(given)} mean something only with {option}")
