"""Making, stopping, exporting and ending tenants; for the operator's API and the command line."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Duplicate, Fault, Invalid, NotFound
from infra.kernel.ids import parse, uuid7
from infra.kernel.services import Services
from tenants import emails
from tenants.credentials import queries as credentials
from tenants.credentials.scopes import ALL
from tenants.directory import queries
from tenants.directory.addresses import base_name, host_faults, host_name, site_url, slug_faults
from tenants.directory.erasing import erase_rows
from tenants.directory.exporting import write_export
from tenants.directory.hosts import Hosts
from tenants.passwords import Hashing, require_good
from tenants.people.directory import add_profile, add_user
from tenants.people.invitations import send_invitation
from tenants.people.models import Group, ProfileKind
from tenants.plans import PLANS
from tenants.standards.giving import give_all

TENANTS = "tenants"
"""The kind under which the audit tells what operators did to a tenant as a whole."""
FIRST_GROUPS = ("Customer service", "Second level", "Back office")


class WrongTenantState(Conflict):
    """The tenant's state forbids this."""

    type, title = "wrong-tenant-state", "The tenant's state forbids this"


class HostTaken(Duplicate):
    title = "This host belongs to another tenant, or did until lately"


@dataclass(frozen=True)
class Created:
    """A new tenant; the key is shown this once."""

    id: str
    slug: str
    name: str
    plan: str
    url: str
    admin_user_id: str
    admin_email: str
    api_key: str
    invited: bool


async def create(
    services: Services,
    *,
    slug: str,
    name: str,
    admin_email: str,
    admin_name: str = "Administrator",
    plan: str = "standard",
    admin_password: str | None = None,
) -> Created:
    """A tenant with its first admin, who is invited by mail unless a password is given.

    Raises Invalid naming every fault, Duplicate for a slug that is or was somebody's.
    """
    _require_sound(slug, name, admin_email, plan, admin_password)
    password_hash = await Hashing().hash(admin_password) if admin_password else None
    if await queries.tenant_row(services.database, slug) is not None:
        raise Duplicate(f"the slug {slug} is taken")
    tenant_id = uuid7()
    try:
        async with services.system(tenant_id, reason="operator") as ctx:
            created = await _found(ctx, slug, name, plan, admin_email, admin_name, password_hash)
    except asyncpg.UniqueViolationError:
        raise Duplicate(f"the slug {slug} is taken") from None
    _forget(services)
    return created


async def _found(
    ctx: Context,
    slug: str,
    name: str,
    plan: str,
    admin_email: str,
    admin_name: str,
    password_hash: str | None,
) -> Created:
    await queries.add_tenant(ctx, slug, name, plan)
    ctx.note("tenants.create", TENANTS, ctx.tenant_id, {"slug": [None, slug], "plan": [None, plan]})
    verified = ctx.now if password_hash else None
    user = await add_user(
        ctx,
        email=admin_email,
        name=admin_name,
        password_hash=password_hash,
        verified_at=verified,
    )
    profile = await add_profile(ctx, user, ProfileKind.STAFF, roles=["admin"])
    for title in FIRST_GROUPS:
        await ctx.save(Group(name=title, name_key=title.casefold()))
    await give_all(ctx, is_new=True)
    key = await credentials.issue(
        ctx,
        "api_key",
        lifetime=None,
        name="First admin's key",
        user_id=user.id,
        profile_id=profile.id,
        scopes=[ALL],
        roles=["admin"],
    )
    if password_hash is None:
        await send_invitation(ctx, user)
    return Created(
        id=str(ctx.tenant_id),
        slug=slug,
        name=name,
        plan=plan,
        url=await site_url(ctx),
        admin_user_id=str(user.id),
        admin_email=user.email,
        api_key=key.token,
        invited=password_hash is None,
    )


def _require_sound(
    slug: str, name: str, admin_email: str, plan: str, admin_password: str | None
) -> None:
    faults = [Fault("/slug", "slug", fault) for fault in slug_faults(slug)]
    if not name.strip() or len(name) > 200 or not name.isprintable():
        faults.append(Fault("/name", "name", "must have 1 to 200 characters"))
    if not emails.is_address(admin_email):
        faults.append(Fault("/admin_email", "email", "must be one e-mail address"))
    if plan not in PLANS:
        faults.append(Fault("/plan", "not_a_choice", f"must be one of {', '.join(PLANS)}"))
    if admin_password is not None:
        try:
            require_good(admin_password, about=(admin_email,), pointer="/admin_password")
        except Invalid as refused:
            faults += refused.faults
    if faults:
        raise Invalid(faults)


async def one(services: Services, key: str | UUID) -> dict[str, Any]:
    """A tenant by id or slug; raises NotFound."""
    known = key if isinstance(key, UUID) else parse(key) or key
    row = await queries.tenant_row(services.database, known)
    if row is None:
        raise NotFound("there is no such tenant")
    return dict(row)


async def list_tenants(
    services: Services, after: UUID | None = None, most: int = 1000
) -> list[dict[str, Any]]:
    """Tenants in the order in which they were made."""
    return [dict(row) for row in await queries.tenant_rows(services.database, after, most)]


async def suspend(services: Services, key: str | UUID) -> dict[str, Any]:
    """Let nobody in any more, from the next request on; nothing is deleted."""
    return await _move(services, key, "suspend", ("active",), "suspended")


async def resume(services: Services, key: str | UUID) -> dict[str, Any]:
    """Open a suspended tenant again; whoever was signed in still is."""
    return await _move(services, key, "resume", ("suspended",), "active")


async def _move(
    services: Services, key: str | UUID, verb: str, before: tuple[str, ...], state: str
) -> dict[str, Any]:
    tenant = await one(services, key)
    async with services.system(tenant["id"], reason="operator") as ctx:
        moved = await queries.set_state(ctx, before, state)
        if moved:
            change = {"state": [tenant["state"], state]}
            ctx.note(f"tenants.{verb}", TENANTS, tenant["id"], change)
    if not moved:
        raise WrongTenantState(f"the tenant is {tenant['state']}; it must be {' or '.join(before)}")
    _forget(services)
    return await one(services, tenant["id"])


async def export(services: Services, key: str | UUID, to: Path) -> dict[str, Any]:
    """Write all that a tenant has into one zip, and answer how many rows of what."""
    tenant = await one(services, key)
    if tenant["state"] == "erased":
        raise WrongTenantState("the tenant is erased")
    rows = await write_export(services, tenant["id"], to)
    async with services.system(tenant["id"], reason="operator") as ctx:
        ctx.note("tenants.export", TENANTS, tenant["id"], {"rows": [None, sum(rows.values())]})
    return {"slug": tenant["slug"], "file": str(to), "rows": rows}


async def erase(services: Services, key: str | UUID) -> dict[str, Any]:
    """Delete a tenant with all its records and files; there is no way back. Answers the proof."""
    tenant = await one(services, key)
    if tenant["state"] == "erased":
        raise WrongTenantState("the tenant is erased already")
    # What the audit says of it stands for as long as the erasure has not succeeded; then the proof.
    await _move(services, tenant["id"], "erase", ("active", "suspended", "erasing"), "erasing")
    return await erase_rows(services, tenant["id"], tenant["slug"])


# ── Hosts ────────────────────────────────────────────────────────────────────────────────────


async def hosts(services: Services, key: str | UUID) -> list[dict[str, Any]]:
    """A tenant's own hosts, verified or not."""
    tenant = await one(services, key)
    return [dict(row) for row in await queries.host_rows(services.database, tenant["id"])]


async def claim_host(services: Services, key: str | UUID, host: str) -> dict[str, Any]:
    """Note that a tenant wants this host, and what proves that it is its own."""
    tenant = await one(services, key)
    name = host_name(host)
    faults = host_faults(name or "", base_name(services.settings.base_url))
    if name is None or name != host.lower().rstrip(".") or faults:
        message = faults[0] if faults else "must be a host name without a port"
        raise Invalid([Fault("/host", "host", message)])
    challenge = secrets.token_urlsafe(32)
    async with services.system(tenant["id"], reason="operator") as ctx:
        if not await queries.claim_host(ctx, name, challenge):
            raise HostTaken
        ctx.note("tenants.claim_host", TENANTS, tenant["id"], {"host": [None, name]})
    _forget(services)
    return {"host": name, "challenge": challenge, "verified_at": None}


async def confirm_host(services: Services, key: str | UUID, host: str) -> dict[str, Any]:
    """The host is proven to be the tenant's; from now on it is where its pages are."""
    tenant = await one(services, key)
    async with services.system(tenant["id"], reason="operator") as ctx:
        if not await queries.verify_host(ctx, host):
            raise NotFound("the tenant has not claimed this host")
        ctx.note("tenants.verify_host", TENANTS, tenant["id"], {"host": [host, host]})
    _forget(services)
    found = await hosts(services, tenant["id"])
    return next(row for row in found if row["host"] == host)


async def release_host(services: Services, key: str | UUID, host: str) -> None:
    """Give a host up; for thirty days nobody else can claim it."""
    tenant = await one(services, key)
    async with services.system(tenant["id"], reason="operator") as ctx:
        if not await queries.release_host(ctx, host):
            raise NotFound("the tenant has no such host")
        ctx.note("tenants.release_host", TENANTS, tenant["id"], {"host": [host, None]})
    _forget(services)


def _forget(services: Services) -> None:
    """Other processes notice within seconds; this one at once, where it serves pages at all."""
    try:
        services.get(Hosts).forget()
    except LookupError:
        return
