"""`atrium demo`: the main job, played against a real server."""

from typing import Annotated

import typer

from backend.commands import installation, migrate
from backend.demo import run as story


def add_to(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
) -> None:
    """Seed two tenants, play a customer's case from end to end, keep serving."""
    with installation.servers():
        migrate.apply(quietly=True)
        story.run(once=once)
