"""`atrium bench`: the hot paths against floors that do the same work bare."""

import subprocess
import sys

import typer

from infra.embedded.place import CLONE


def add_to(app: typer.Typer) -> None:
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(context_settings=settings)(bench)


def bench(context: typer.Context) -> None:
    """Measure the hot paths; the arguments go to `python -m bench`."""
    if not (CLONE / "bench").is_dir():
        typer.echo("The bench is part of a clone and not of an installed package.", err=True)
        raise typer.Exit(1)
    command = [sys.executable, "-m", "bench", *context.args]
    done = subprocess.run(command, cwd=CLONE, check=False)  # noqa: S603  ourselves
    raise typer.Exit(done.returncode)
