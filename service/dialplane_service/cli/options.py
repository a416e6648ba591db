"""The options that several subcommands share."""

from typing import Annotated, Final

import typer

from dialplane_service.cli import targets

LONGEST_TIMEOUT_S: Final = 600

Target = Annotated[
    str,
    typer.Option(
        "--target",
        envvar="DIALPLANE_TARGETS",
        metavar="HOST:PORT[,...]",
        help="Where the service decides calls; of several the first that answers.",
    ),
]
AdminTarget = Annotated[
    str,
    typer.Option(
        "--admin-target",
        envvar="DIALPLANE_ADMIN_TARGET",
        metavar="HOST:PORT[,...]",
        help="Where the service answers people and tools; of several the first that answers.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        max=LONGEST_TIMEOUT_S,
        help="How long to wait for the answer.",
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="One JSON object instead of tables; errors too, on standard error."
    ),
]
NoColor = Annotated[
    bool, typer.Option("--no-color", help="No colours; the variable NO_COLOR does the same.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Show how the decision came about.")]

ROUTING_TARGET: Final = targets.ROUTING
ADMIN_TARGET: Final = targets.ADMIN

START_THE_SERVICE: Final = (
    "Start it with `make run` or `dialplane serve`, or say where it is with --target or"
    " DIALPLANE_TARGETS."
)
START_THE_SERVICE_ADMIN: Final = (
    "Start it with `make run` or `dialplane serve`, or say where it is with --admin-target or"
    " DIALPLANE_ADMIN_TARGET."
)
