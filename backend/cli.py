"""`atrium`, the command.

Each command is a module of its own in `backend/commands`, and only the one that is called is
imported: `atrium stack status` should not wait for the whole house to load.
"""

import importlib
import sys

import typer

from infra.embedded.errors import StackError
from infra.migrations.runner import MigrationRefused

COMMANDS = ("stack", "migrate", "serve", "worker", "tenant", "config", "demo", "bench", "doctor")


def main() -> None:
    """Run the command that the arguments name; all of them are loaded only to list them."""
    app = typer.Typer(
        name="atrium",
        help="Run and tend an installation of Atrium.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(nothing)  # so that a single loaded command still is a sub-command
    called = next((each for each in sys.argv[1:] if not each.startswith("-")), None)
    for name in COMMANDS if called not in COMMANDS else (called,):
        importlib.import_module(f"backend.commands.{name}").add_to(app)
    try:
        app()
    except (StackError, MigrationRefused) as refusal:
        typer.echo(f"{refusal}\n`atrium doctor` says what else is wrong.", err=True)
        sys.exit(1)


def nothing() -> None:
    """Run and tend an installation of Atrium."""


if __name__ == "__main__":
    main()
