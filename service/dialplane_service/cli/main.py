"""``dialplane``: the command line of the service. Each subcommand is one file, loaded when it is asked for."""

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, Final

try:
    import typer
    from typer.core import TyperCommand, TyperGroup
except ModuleNotFoundError:
    # The base install, an Asterisk host's, has the shims only: one line, never a traceback.
    from dialplane_service.cli import base_install

    raise SystemExit(base_install.tell()) from None

from dialplane_service.cli import base_install
from dialplane_service.cli.exit_codes import EPILOG, QUESTION_EPILOG, ExitCode
from dialplane_service.cli.failures import Failure, report
from dialplane_service.cli.screen import nobody_reads

NAME: Final = "dialplane"
DEBUG: Final = "DIALPLANE_DEBUG"


@dataclass(frozen=True, slots=True)
class Subcommand:
    """Where a subcommand is, what it is in one line, and whether the exit codes are the common ones."""

    module: str
    attribute: str
    help: str
    common_exit_codes: bool = True


SUBCOMMANDS: Final = {
    "route": Subcommand("route", "route", "Show the routes to a number, in their order."),
    "classify": Subcommand("classify", "classify", "Show what kind of call a call would be."),
    "calls": Subcommand("calls", "app", "Show recorded calls."),
    "rates": Subcommand("rates", "app", "Load, show and switch rate decks."),
    "ratetable": Subcommand("ratetable", "app", "Show the compiled rates that decide."),
    "fx": Subcommand("fx", "app", "Set and show exchange rates."),
    "quality": Subcommand("quality", "app", "Show and measure the quality of providers."),
    "doctor": Subcommand("doctor", "doctor", "Say what is wrong, and what to do about it."),
    "export": Subcommand("export", "app", "Write Asterisk's files and a firewall's list."),
    "serve": Subcommand("serve", "serve", "Run the service.", common_exit_codes=False),
    "db": Subcommand("db", "app", "Create, check and fill the database.", common_exit_codes=False),
}


class LazyGroup(TyperGroup):
    """Knows the subcommands by name and line of help; imports the one that is to run."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's own type
        """Every subcommand, in the order of the table."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:  # noqa: ANN401, ARG002
        """Enough of a subcommand for a list of them."""
        found = SUBCOMMANDS.get(cmd_name)
        return None if found is None else TyperCommand(cmd_name, help=found.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """The subcommand itself."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and load(command.name or ""), rest


def load(name: str) -> TyperCommand | TyperGroup:
    """Import a subcommand."""
    subcommand = SUBCOMMANDS[name]
    module = import_module(f"dialplane_service.cli.{subcommand.module}")
    found = getattr(module, subcommand.attribute)
    epilog = QUESTION_EPILOG if subcommand.common_exit_codes else None
    parent = typer.Typer(rich_markup_mode=None, add_completion=False, callback=_nothing)
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=name)
    else:
        parent.command(name, epilog=epilog)(found)
    command = typer.main.get_group(parent).commands[name]
    if not isinstance(command, TyperCommand | TyperGroup):
        raise TypeError(f"{name} is no command")
    return command


def _nothing() -> None:
    """Stands before a subcommand of its own."""


app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    epilog=f"{EPILOG}\n\nserve and db have exit codes of their own: see their --help.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"{NAME} {version(NAME)}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Ask the Dialplane service what it decides, what it recorded and what is wrong.

    \b
    Examples:
      dialplane route 74957777777 --tier CLI --explain
      dialplane doctor
    """  # noqa: D301 - \b keeps the lines of a help text apart


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. Whatever happens, nobody sees a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    as_json = "--json" in words
    try:
        result = typer.main.get_command(app).main(words, prog_name=NAME, standalone_mode=False)
    except Failure as failure:
        return _failed(failure, as_json=as_json)
    except typer.TyperException as error:
        return _misused(error, as_json=as_json)
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except ModuleNotFoundError as error:
        return _failed(base_install.failure(error) or _fault(error), as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last resort, and it is reported
        return _failed(_fault(error), as_json=as_json)
    _flush()
    return result if isinstance(result, int) else ExitCode.OK


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads()


def _failed(failure: Failure, *, as_json: bool) -> int:
    _flush()
    report(failure, as_json=as_json)
    return failure.exit_code


def _misused(error: typer.TyperException, *, as_json: bool) -> int:
    message = error.format_message()
    show = getattr(error, "show", None)
    if show is not None and not as_json:
        show()
        return error.exit_code
    return _failed(Failure(ExitCode.USAGE, "USAGE", message), as_json=as_json)


def _fault(error: Exception) -> Failure:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    return Failure(
        ExitCode.INTERNAL,
        "FAULT",
        f"this command met a fault of its own: {type(error).__name__}: {error}",
        f"Please report it, with what {DEBUG}=1 prints before it.",
    )


if __name__ == "__main__":
    sys.exit(main())
