"""``dialplane export asterisk``: a server's files that depend on the data."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dialplane.admin.v1.export_service_pb2 import ExportAsteriskResponse
from dialplane_service.cli import export_folder, options, targets
from dialplane_service.cli.documents import Document
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.export_client import ExportClient, remarks
from dialplane_service.cli.export_folder import Installed, State
from dialplane_service.cli.failures import usage
from dialplane_service.cli.screen import Screen
from dialplane_service.cli.text import safe


def asterisk(
    server: Annotated[
        str,
        typer.Option(metavar="NAME", help="The server: its servername, Asterisk's systemname."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the files there, those that are not current."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Compare the files there; change nothing."),
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the files, one after the other; the default.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="With --check: show what the next export changes.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="With --out: replace files written by somebody else.")
    ] = False,
    json: options.Json = False,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Write one server's Asterisk files that depend on the data.

    Trunks, gates, devices, sister servers, emergency numbers, numbers, hints and settings, for
    /etc/asterisk/dialplane. The same rows give the same bytes. There is no secret in them: each
    file's head says which file of the host's own gives logins. Rows that Asterisk's files cannot
    express are named on standard error and left out. A row that could inject a line is refused, and
    with it the whole export: exit code 1.

    --check says of each file: CURRENT, STALE, MISSING, or FOREIGN (written by hand, or not one of
    this server's). The exit code is 0 when all are current, else 1.

    --json gives server, data_version, files (name, content; with --check or --out also state, as it
    was found, and diff), omitted and refused (row, problem).

    \b
    Examples:
      dialplane export asterisk --server asterisk-macomnet --out /etc/asterisk/dialplane
      dialplane export asterisk --server asterisk-macomnet --check /etc/asterisk/dialplane --diff
    """  # noqa: D301 - \b keeps the lines of a help text apart
    if sum((out is not None, check is not None, stdout)) > 1:
        raise usage("--out, --check and --stdout exclude each other")
    client = ExportClient(targets.targets(admin_target, "--admin-target"), timeout)
    response = client.asterisk(server)
    files = {file.name: file.content for file in response.files}
    export_folder.require_plain_names(files)
    found: list[Installed] = []
    if not response.refused and check is not None:
        found = export_folder.compare(check, files)
    elif not response.refused and out is not None:
        found = export_folder.install(out, files, replace_foreign=force)
    _tell_remarks(response)
    screen = Screen(not no_color)
    if json:
        screen.document(document(server, response, found))
    elif found:
        _show_states(screen, found, written=out is not None, diff=diff)
    else:
        _show_files(screen, files)
    if response.refused or (check is not None and any(map(_is_wrong, found))):
        raise typer.Exit(ExitCode.NO)


def document(server: str, response: ExportAsteriskResponse, found: list[Installed]) -> Document:
    """The export as ``--json`` shows it."""
    contents = {file.name: file.content for file in response.files}
    if found:
        files = [
            {
                "name": row.name,
                "content": contents.get(row.name),
                "state": str(row.state),
                "diff": "\n".join(row.diff),
            }
            for row in found
        ]
    else:
        files = [{"name": name, "content": content} for name, content in contents.items()]
    return {
        "server": server,
        "data_version": response.data_version,
        "files": files,
        "omitted": remarks(response.omitted),
        "refused": remarks(response.refused),
    }


def _tell_remarks(response: ExportAsteriskResponse) -> None:
    for word, rows in (("refused", response.refused), ("left out", response.omitted)):
        for remark in rows:
            sys.stderr.write(f"dialplane: {word}: {safe(remark.row)}: {safe(remark.problem)}\n")
    if response.refused:
        sys.stderr.write("  Mend these rows; until then no file is written.\n")


def _show_states(screen: Screen, found: list[Installed], *, written: bool, diff: bool) -> None:
    words = {state: str(state) for state in State}
    if written:
        words |= {State.CURRENT: "unchanged", State.STALE: "replaced", State.MISSING: "written"}
    for row in found:
        replaced = written and row.state is State.FOREIGN and row.diff
        screen.line(f"{'replaced' if replaced else words[row.state]:<9}  {row.name}")
    for row in found if diff else ():
        for line in row.diff:
            screen.line(line)


def _show_files(screen: Screen, files: dict[str, str]) -> None:
    for name, content in files.items():
        screen.line(f"; ==> {name} <==")
        for line in content.splitlines():
            screen.line(line)


def _is_wrong(row: Installed) -> bool:
    return row.state is not State.CURRENT
