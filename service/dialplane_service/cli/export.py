"""``dialplane export``: the data for other programs."""

import typer

from dialplane_service.cli.exit_codes import QUESTION_EPILOG
from dialplane_service.cli.export_asterisk import asterisk
from dialplane_service.cli.firewall import firewall

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Write Asterisk's files and a firewall's list.",
)
app.command(epilog=QUESTION_EPILOG)(asterisk)
app.command(epilog=QUESTION_EPILOG)(firewall)
