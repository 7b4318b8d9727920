"""Organisations: founding, changing and moving them; and how they stand to each other."""

from typing import Any
from uuid import UUID

from backend.foundation.service_model.errors import (
    OrganizationCycle,
    OrganizationTreeTooDeep,
    OverseesInCircle,
)
from backend.foundation.service_model.models import ServiceOrganization, ServiceRelation
from backend.foundation.service_model.queries import (
    deepest_below,
    hold_tree,
    move_subtree,
    overseers_of,
)
from backend.foundation.service_model.resources import service_organizations, service_relations
from backend.foundation.service_model.rules import (
    DEPTH_MAX,
    canonical_code,
    organization_faults,
    path_of,
    period_faults,
)
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(service_organizations, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ServiceOrganization:
    """Found an organisation that serves customers, at the top or below another."""
    values["code"] = canonical_code(values["code"])
    organization = ServiceOrganization(**{k: v for k, v in values.items() if v is not None})
    if organization.parent_id is not None:
        await hold_tree(ctx, moving=False)
    parent = await parent_of(ctx, organization)
    organization.path = path_of(organization.code, parent.path if parent else None)
    refuse_faults(organization, parent)
    if organization.path.count("/") > DEPTH_MAX:
        raise OrganizationTreeTooDeep(f"a tree has at most {DEPTH_MAX} levels")
    await ctx.save(organization)
    return organization


@action(service_organizations, name="update", audiences=("staff",))
async def update(ctx: Context, organization: ServiceOrganization, **values: Any) -> None:
    """Change an organisation; a new code or parent moves everything below it too."""
    if "code" in values:
        values["code"] = canonical_code(values["code"])
    moves = any(
        name in values and values[name] != getattr(organization, name)
        for name in ("code", "parent_id")
    )
    organization.update_from_dict(values)
    if moves:
        await hold_tree(ctx, moving=True)
    parent = await parent_of(ctx, organization)
    refuse_faults(organization, parent)
    if moves:
        await move(ctx, organization, parent.path if parent else None)
    await ctx.save(organization)


async def move(ctx: Context, organization: ServiceOrganization, parent_path: str | None) -> None:
    """Give the organisation and what lies below it the paths of where it lies now."""
    before, after = organization.path, path_of(organization.code, parent_path)
    if parent_path is not None and parent_path.startswith(before):
        raise OrganizationCycle("the new parent lies at or below this organisation")
    levels = await deepest_below(ctx, before) - before.count("/") + after.count("/")
    if levels > DEPTH_MAX:
        raise OrganizationTreeTooDeep(f"a tree has at most {DEPTH_MAX} levels")
    organization.path = after
    await move_subtree(ctx, before, after)


async def parent_of(ctx: Context, organization: ServiceOrganization) -> ServiceOrganization | None:
    """The organisation above; raises Invalid where there is none of that id."""
    if organization.parent_id is None:
        return None
    parent: ServiceOrganization | None = await ctx.find(
        service_organizations, organization.parent_id
    )
    if parent is None:
        raise Invalid([Fault("/parent_id", "not_found", "there is no such organisation")])
    return parent


def refuse_faults(organization: ServiceOrganization, parent: ServiceOrganization | None) -> None:
    """Raises Invalid with every fault."""
    faults = organization_faults(
        organization.code,
        is_internal=organization.is_internal,
        account_id=organization.account_id,
        parent_is_internal=parent.is_internal if parent else None,
    )
    if faults:
        raise Invalid(faults)


@action(service_relations, on="collection", name="create", audiences=("staff",))
async def relate(ctx: Context, **values: Any) -> ServiceRelation:
    """Say how one organisation stands to another; who oversees sees the other's cases."""
    relation = ServiceRelation(**{k: v for k, v in values.items() if v is not None})
    relation.starts_on = relation.starts_on or ctx.now.date()
    faults = period_faults(relation.starts_on, relation.ends_on)
    if relation.from_organization_id == relation.to_organization_id:
        faults.append(Fault("/to_organization_id", "same", "must be another organisation"))
    if faults:
        raise Invalid(faults)
    await refuse_circle(ctx, relation)
    await ctx.save(relation)
    return relation


@action(service_relations, name="update", audiences=("staff",))
async def update_relation(ctx: Context, relation: ServiceRelation, **values: Any) -> None:
    """Change how long a relation between organisations holds, and whether one sees the other."""
    relation.update_from_dict(values)
    if faults := period_faults(relation.starts_on, relation.ends_on):
        raise Invalid(faults)
    await refuse_circle(ctx, relation)
    await ctx.save(relation)


async def refuse_circle(ctx: Context, relation: ServiceRelation) -> None:
    """Raises OverseesInCircle where the one that is to be overseen oversees the other already."""
    if not relation.oversees:
        return
    await hold_tree(ctx, moving=True)
    above: set[UUID] = await overseers_of(ctx, relation.from_organization_id)
    if relation.to_organization_id in above:
        raise OverseesInCircle("the other organisation oversees this one already")
