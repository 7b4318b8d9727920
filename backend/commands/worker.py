"""`atrium worker`: background work apart from the server, as many processes as wanted."""

import typer

from backend import worker as background
from backend.commands import installation


def add_to(app: typer.Typer) -> None:
    app.command()(worker)


def worker() -> None:
    """Do background work: jobs, reactions, mail, webhooks, timers."""
    with installation.servers():
        background.run()
