"""`atrium tenant`: what an operator does with tenants, without a running server."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.commands import installation, migrate
from backend.domains import DOMAINS
from backend.service.insights import recounting
from infra.kernel import config
from infra.kernel.errors import Problem
from infra.kernel.registry import Registry
from infra.kernel.services import Services
from tenants import provisioning

tenant_commands = typer.Typer(help="Create, list and end tenants.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The tenant's name in host names.")]
Work = Callable[[Services], Awaitable[Any]]


def add_to(app: typer.Typer) -> None:
    app.add_typer(tenant_commands, name="tenant")


@tenant_commands.command()
def create(
    slug: Slug,
    admin_email: Annotated[str, typer.Option(help="Who is invited as its first admin.")],
    name: Annotated[str, typer.Option(help="What people read; the slug unless given.")] = "",
    plan: Annotated[str, typer.Option(help="What it may use.")] = "standard",
) -> None:
    """Make a tenant; its first admin's key is shown this once."""

    async def work(services: Services) -> Any:
        return await provisioning.create(
            services, slug=slug, name=name or slug, plan=plan, admin_email=admin_email
        )

    show(run(work))


@tenant_commands.command(name="list")
def list_tenants() -> None:
    """Every tenant with its state and plan."""
    show(run(provisioning.list_tenants))


@tenant_commands.command()
def suspend(slug: Slug) -> None:
    """Let nobody into a tenant; nothing of it is deleted."""
    show(run(lambda services: provisioning.suspend(services, slug)))


@tenant_commands.command()
def resume(slug: Slug) -> None:
    """Open a suspended tenant again."""
    show(run(lambda services: provisioning.resume(services, slug)))


@tenant_commands.command()
def export(
    slug: Slug,
    to: Annotated[Path, typer.Option(help="The file to write; it must not exist.")],
) -> None:
    """Write all that a tenant has into one file."""
    if to.exists():
        raise typer.BadParameter(f"{to} exists")
    show(run(lambda services: provisioning.export(services, slug, to)))


@tenant_commands.command()
def erase(
    slug: Slug,
    confirm: Annotated[str, typer.Option(help="The slug again, as there is no way back.")],
) -> None:
    """Delete a tenant with all its records and files."""
    if confirm != slug:
        raise typer.BadParameter("--confirm must repeat the slug")
    show(run(lambda services: provisioning.erase(services, slug)))


@tenant_commands.command()
def recount(
    slug: Slug,
    mend: Annotated[bool, typer.Option(help="Put right what was counted wrongly.")] = False,
) -> None:
    """Count a tenant's cases anew and say where its figures differ from that."""

    async def work(services: Services) -> Any:
        tenant = await provisioning.one(services, slug)
        return await recounting.recount(services, tenant["id"], mend=mend)

    show(run(work))


def run(work: Work) -> Any:
    """Do the work on the installation's own servers; a refusal is said in its own words."""
    with installation.servers():
        migrate.apply(quietly=True)
        try:
            return asyncio.run(with_services(work))
        except Problem as refusal:
            typer.echo(refusal.detail, err=True)
            for fault in refusal.faults:
                typer.echo(f"  {fault.pointer.lstrip('/')}: {fault.message}", err=True)
            raise typer.Exit(1) from None


async def with_services(work: Work) -> Any:
    services = await Services.open(config.load(), Registry(DOMAINS))
    try:
        return await work(services)
    finally:
        await services.close()


def show(result: Any) -> None:
    """What the work answered, as JSON: one object, or one on each line."""
    for each in result if isinstance(result, list) else [result]:
        if each is not None:
            told = asdict(each) if is_dataclass(each) and not isinstance(each, type) else each
            typer.echo(json.dumps(told, default=str))
