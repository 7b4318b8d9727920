"""Roles that a tenant writes itself, as grants of verbs along paths that the resources declare."""

from typing import Annotated, Any, Literal

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Duplicate, Fault, Forbidden, Invalid
from infra.kernel.grants import Grant
from infra.kernel.quotas import require_room
from infra.kernel.registry import Registry
from tenants.people.errors import RoleInUse
from tenants.people.models import TenantRole
from tenants.people.queries import custom_role_audiences, role_is_held
from tenants.people.resources import roles
from tenants.roles import BUILT_IN

Word = Annotated[str, MinLen(1), MaxLen(63)]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]


class GrantText(BaseModel):
    """One grant as an admin writes it."""

    model_config = ConfigDict(extra="forbid")

    resource: Word
    verbs: Annotated[list[Word], MinLen(1), MaxLen(100)]
    path: Word = "all"
    columns: Annotated[list[Word], MaxLen(200)] | None = None


GrantTexts = Annotated[list[GrantText], MaxLen(500)]


@action(roles, audiences=("staff",), on="collection", name="create")
async def create(
    ctx: Context,
    *,
    name: RoleName,
    title: Annotated[str, MinLen(1), MaxLen(200)],
    audience: Literal["staff", "customer", "partner"],
    grants: GrantTexts,
    summary: Annotated[str, MaxLen(1000)] = "",
) -> TenantRole:
    """Write a role; it can grant no more than its author has."""
    if name in BUILT_IN or name in await custom_role_audiences(ctx):
        raise Duplicate(f"there is a role {name!r} already")
    await require_room(ctx, "custom_roles_max")
    role = TenantRole(name=name, title=title, summary=summary, audience=audience)
    role.grants = _checked(ctx, name, audience, grants)
    await ctx.save(role)
    return role


@action(roles, audiences=("staff",), name="update")
async def update(
    ctx: Context,
    role: TenantRole,
    *,
    title: Annotated[str, MinLen(1), MaxLen(200)] | None = None,
    summary: Annotated[str, MaxLen(1000)] | None = None,
    grants: GrantTexts | None = None,
) -> None:
    """Change a role; whoever holds it has the new grants from their next request on."""
    if title is not None:
        role.title = title
    if summary is not None:
        role.summary = summary
    if grants is not None:
        role.grants = _checked(ctx, role.name, role.audience, grants)
    await ctx.save(role)


@action(roles, audiences=("staff",), name="delete")
async def delete(ctx: Context, role: TenantRole) -> None:
    """Delete a role that nobody holds any more."""
    if await role_is_held(ctx, role.name):
        raise RoleInUse(f"profiles or groups still have {role.name}")
    await ctx.delete(role)


def _checked(
    ctx: Context, name: str, audience: str, grants: list[GrantText]
) -> list[dict[str, object]]:
    """The grants as they are stored; raises Invalid for nonsense, Forbidden for too much."""
    registry: Registry = ctx.services.registry
    faults = []
    for position, text in enumerate(grants):
        faults += _faults(registry, audience, f"/grants/{position}", text)
    if faults:
        raise Invalid(faults)
    for text in grants:
        resource = registry.resources[text.resource]
        excess = [verb for verb in text.verbs if not ctx.may(resource, verb)]
        if excess and not ctx.caller.is_system:
            raise Forbidden(f"you cannot grant {text.resource}.{excess[0]}, which you do not have")
    return [text.model_dump(exclude_none=True) for text in grants]


def _faults(registry: Registry, audience: str, pointer: str, text: GrantText) -> list[Fault]:
    resource = registry.resources.get(text.resource)
    if resource is None:
        return [Fault(f"{pointer}/resource", "unknown", "there is no such resource")]
    faults = []
    view = resource.view(audience)
    if view is None:
        faults.append(Fault(f"{pointer}/resource", "audience", f"is not shown to {audience}"))
    if text.path not in resource.paths:
        paths = ", ".join(resource.paths)
        faults.append(Fault(f"{pointer}/path", "unknown", f"must be one of {paths}"))
    known = {"read", *(found.name for found in registry.actions_of[resource.name])}
    faults += [
        Fault(f"{pointer}/verbs/{index}", "unknown", f"{resource.name} has no such verb")
        for index, verb in enumerate(text.verbs)
        if verb not in known
    ]
    faults += [
        Fault(f"{pointer}/columns/{index}", "unknown", f"{resource.name} shows no such column")
        for index, column in enumerate(text.columns or ())
        if view is not None and column not in view.read
    ]
    return faults


def as_grants(name: str, texts: list[dict[str, Any]], registry: Registry) -> list[Grant]:
    """Stored grants as the access compiler takes them; what no longer exists grants nothing."""
    found = []
    for text in texts:
        resource = registry.resources.get(text["resource"])
        if resource is not None and text.get("path", "all") in resource.paths:
            found.append(
                Grant(
                    name,
                    resource.name,
                    tuple(text["verbs"]),
                    text.get("path", "all"),
                    tuple(text["columns"]) if text.get("columns") is not None else None,
                )
            )
    return found
