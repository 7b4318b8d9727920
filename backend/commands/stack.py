"""`atrium stack`: the embedded servers by hand."""

import json
from typing import Annotated

import typer

from infra.embedded.place import default_home
from infra.embedded.stack import Stack

stack_commands = typer.Typer(help="Start and stop the embedded servers.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(stack_commands, name="stack")


@stack_commands.command()
def up(as_json: Json = False) -> None:
    """Start PostgreSQL and Redis and leave them running."""
    stack = Stack(default_home())
    stack.start(detached=True)
    tell(stack, as_json=as_json)


@stack_commands.command()
def down(
    erase: Annotated[bool, typer.Option("--erase", help="And delete all their data.")] = False,
) -> None:
    """Stop them."""
    stack = Stack(default_home())
    typer.echo("Stopped." if stack.stop() else "Nothing was running.")
    if erase and stack.home.exists():
        stack.erase()
        typer.echo(f"Deleted {stack.home}.")


@stack_commands.command()
def status(as_json: Json = False) -> None:
    """Say whether they run and where they answer; exit code 3 if they do not."""
    stack = Stack(default_home())
    tell(stack, as_json=as_json)
    if not stack.running():
        raise typer.Exit(3)


def tell(stack: Stack, *, as_json: bool) -> None:
    told = stack.status()
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo("Running." if told.pop("running") else "Not running.")
    for name, value in told.items():
        typer.echo(f"  {name:13} {value}")
