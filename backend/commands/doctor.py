"""`atrium doctor`: what is wrong with an installation, and how to mend it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from backend.commands import installation
from backend.commands.examination import Finding, house, machine, services
from backend.domains import DOMAINS
from infra.embedded.errors import StackError


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    port: Annotated[int, typer.Option(help="The port that `atrium serve` will use.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Examine this machine and installation; exit code 1 if something must be mended."""
    findings = [*machine.examine(port), house.examine(DOMAINS), *examine_services()]
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(each) for each in findings]}))
    else:
        for each in findings:
            tell(each)
    if any(each.state == "broken" for each in findings):
        raise typer.Exit(1)


def examine_services() -> list[Finding]:
    """Examine the servers of the environment, or our own, started for the time it takes."""
    try:
        with installation.servers():
            return services.examine()
    except StackError as refusal:
        return [Finding("servers", "broken", str(refusal), "See the logs named above.")]


def tell(finding: Finding) -> None:
    mark = {"good": "ok  ", "poor": "note", "broken": "BAD "}[finding.state]
    typer.echo(f"{mark}  {finding.subject}: {finding.found}")
    if finding.mend:
        typer.echo(f"      -> {finding.mend}")
