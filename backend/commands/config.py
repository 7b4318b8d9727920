"""`atrium config`: a tenant's configuration as files in a folder, over its API.

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 `plan --exit-code` found changes, 4 the
configuration moved between plan and push.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from backend.commands.configuration.remote import (
    Refused,
    Remote,
    demo_tenant,
    read_folder,
    write_folder,
)
from backend.commands.configuration.telling import plan_lines

REFUSED, USAGE, CHANGED, MOVED = 1, 2, 3, 4
CONFLICT = 409

config_commands = typer.Typer(
    help="A tenant's configuration as files: pull, plan, push, go back.", no_args_is_help=True
)
Folder = Annotated[Path, typer.Argument(help="A folder of YAML files.", file_okay=False)]
Url = Annotated[str, typer.Option("--tenant-url", envvar="ATRIUM_TENANT_URL", help="Its address.")]
Key = Annotated[str, typer.Option("--key", envvar="ATRIUM_KEY", help="An admin's API key.")]
Mirror = Annotated[bool, typer.Option("--delete", help="Delete what a file leaves out.")]
Comment = Annotated[str, typer.Option("--comment", "-m", help="Stands in the history.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Number = Annotated[int, typer.Argument(help="As `history` numbers it.", min=1)]


def add_to(app: typer.Typer) -> None:
    app.add_typer(config_commands, name="config")


@config_commands.command()
def pull(folder: Folder, tenant_url: Url = "", key: Key = "") -> None:
    """Write the configuration into a folder."""
    with asking(tenant_url, key) as tenant:
        bundle = tenant.get("")
    written = write_folder(folder, bundle["files"])
    typer.echo(f"{len(written)} of {len(bundle['files'])} files written, {bundle['checksum']}")


@config_commands.command()
def plan(
    folder: Folder,
    tenant_url: Url = "",
    key: Key = "",
    delete: Mirror = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="3 where it changes.")] = False,
) -> None:
    """Say what pushing a folder would change, and what it would be refused for."""
    with asking(tenant_url, key) as tenant:
        told = tenant.post("/plan", {"files": files_of(folder), "delete": delete})
    tell(told)
    if exit_code and told["changes"]:
        raise typer.Exit(CHANGED)


@config_commands.command()
def push(
    folder: Folder,
    tenant_url: Url = "",
    key: Key = "",
    delete: Mirror = False,
    comment: Comment = "",
    yes: Yes = False,
) -> None:
    """Plan, ask, and make the configuration what the folder says: all of it or nothing."""
    wanted = {"files": files_of(folder), "delete": delete}
    with asking(tenant_url, key) as tenant:
        told = tenant.post("/plan", wanted)
        tell(told)
        if not told["changes"]:
            return
        confirm("Apply this?", yes=yes)
        base = {"base_checksum": told["base_checksum"], "comment": comment}
        done = tenant.post("/apply", wanted | base)
    typer.echo(f"Applied as revision {done['revision']}.")


@config_commands.command()
def history(tenant_url: Url = "", key: Key = "") -> None:
    """Every state that the configuration was in, the newest first."""
    with asking(tenant_url, key) as tenant:
        told = tenant.get("/history")
    for each in told["data"]:
        who, counts = ", ".join(each["changed_by"]), each["counts"]
        changes = f"+{counts['create']} ~{counts['update']} -{counts['delete']}"
        line = (
            f"{each['number']:>5}  {each['created_at'][:19]}  {each['origin']:<11}  {changes:<12}"
        )
        typer.echo(f"{line}  {who}  {each['comment']}".rstrip())


@config_commands.command()
def rollback(revision: Number, tenant_url: Url = "", key: Key = "", yes: Yes = False) -> None:
    """Make the configuration again what it was in a revision."""
    with asking(tenant_url, key) as tenant:
        confirm(f"Go back to revision {revision}?", yes=yes)
        done = tenant.post("/rollback", {"revision": revision})
    for line in plan_lines(done):
        typer.echo(line)
    typer.echo(f"Now at revision {done['revision']}, which is as revision {revision} was.")


@contextmanager
def asking(url: str, key: str) -> Iterator[Remote]:
    """The tenant, by default the demo's first; what it refuses is told in its own words."""
    demo_url, demo_key = ("", "") if url else demo_tenant()
    address, credential = url or demo_url, key or demo_key
    if not address or not credential:
        typer.echo("Give --tenant-url and --key, or ATRIUM_TENANT_URL and ATRIUM_KEY.", err=True)
        raise typer.Exit(USAGE)
    try:
        with closing(Remote(address, credential)) as remote:
            yield remote
    except httpx2.HTTPError as error:
        typer.echo(f"{address} cannot be reached: {error}", err=True)
        raise typer.Exit(REFUSED) from None
    except Refused as refused:
        typer.echo(str(refused), err=True)
        for fault in refused.faults:
            typer.echo(
                f"  {fault['pointer'].removeprefix('/files/')}: {fault['message']}", err=True
            )
        raise typer.Exit(MOVED if refused.status == CONFLICT else REFUSED) from None


def files_of(folder: Path) -> dict[str, str]:
    files = read_folder(folder)
    if not files:
        typer.echo(f"{folder} holds no .yaml file.", err=True)
        raise typer.Exit(USAGE)
    return files


def tell(told: Mapping[str, Any]) -> None:
    """Show a plan; ends with 1 where applying it would be refused."""
    for line in plan_lines(told):
        typer.echo(line)
    if not told["applicable"]:
        typer.echo("This would be refused; nothing was changed.", err=True)
        raise typer.Exit(REFUSED)


def confirm(question: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True)
