"""`atrium migrate`: bring the database to this version of the code."""

import asyncio

import typer

from backend.commands import installation
from infra.migrations import runner


def add_to(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate() -> None:
    """Apply the migrations that the database does not have yet."""
    with installation.servers(redis=False):
        apply()


def apply(*, quietly: bool = False) -> None:
    """Migrate and name what was applied."""
    applied = asyncio.run(runner.migrate(installation.owner_dsn()))
    for label in () if quietly else applied:
        typer.echo(f"Applied {label}.")
    if not applied and not quietly:
        typer.echo("Nothing to apply.")
