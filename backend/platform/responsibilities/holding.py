"""Giving a responsibility on a record and taking it away, for the nouns that say who has one."""

from uuid import UUID

from backend.platform.responsibilities.models import (
    HeldResponsibility,
    Responsibility,
    ResponsibilityKind,
)
from backend.platform.responsibilities.resources import held_responsibilities, responsibilities
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.model import Record


async def require_kind(
    ctx: Context,
    responsibility_id: UUID,
    kind: ResponsibilityKind | str,
    *,
    pointer: str = "/responsibility_id",
) -> Responsibility:
    """The responsibility, once it exists, is in use and is for this kind of holder (F49); raises
    Invalid."""
    found: Responsibility | None = await ctx.find(responsibilities, responsibility_id)
    if found is None:
        raise Invalid([Fault(pointer, "not_found", "there is no such responsibility")])
    if not found.active:
        raise Invalid([Fault(pointer, "inactive", f"{found.name} is no longer given")])
    if found.kind.value != str(kind):
        message = f"{found.name} is for {found.kind.value}s, not for {kind}s"
        raise Invalid([Fault(pointer, "wrong_kind", message)])
    return found


async def responsibility_named(ctx: Context, key: str) -> Responsibility | None:
    """The responsibility with this key, if the tenant has it and it is in use."""
    found: Responsibility | None = (
        await ctx.every(responsibilities).filter(key=key, active=True).first()
    )
    return found


async def hold(
    ctx: Context,
    *,
    source: Record,
    responsibility_id: UUID,
    holder_id: UUID,
    anchor_kind: str,
    anchor_id: UUID,
) -> None:
    """Let the holder (profile, group, contact, consumer or account) have the responsibility on the
    anchor for as long as `source`, the record that says so, stands."""
    resource = ctx.services.registry.resource_of(type(source))
    if resource is None:
        raise ValueError(f"{type(source).__name__} is no resource")
    await ctx.save(
        HeldResponsibility(
            responsibility_id=responsibility_id,
            holder_id=holder_id,
            anchor_kind=anchor_kind,
            anchor_id=anchor_id,
            source_kind=resource.name,
            source_id=source.id,
        )
    )


async def release(ctx: Context, source_id: UUID) -> int:
    """End whatever this record let people have; answers how many holds there were."""
    holds = await ctx.every(held_responsibilities).filter(source_id=source_id)
    for held in holds:
        await ctx.delete(held)
    return len(holds)


async def release_anchor(ctx: Context, anchor_id: UUID) -> int:
    """End whatever anybody has on a record that goes away."""
    holds = await ctx.every(held_responsibilities).filter(anchor_id=anchor_id)
    for held in holds:
        await ctx.delete(held)
    return len(holds)
