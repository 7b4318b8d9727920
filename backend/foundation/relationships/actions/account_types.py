"""The types by which companies relate: an admin's words (F37, F41)."""

from typing import Any

from backend.foundation.relationships.accounts import give_anew
from backend.foundation.relationships.models import AccountRelationshipType
from backend.foundation.relationships.resources import account_relationship_types
from backend.foundation.relationships.ties import kind_faults
from backend.platform.responsibilities.models import ResponsibilityKind
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

_GIVES = ("responsibility_id", "reverse_responsibility_id")


@action(account_relationship_types, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> AccountRelationshipType:
    """Name a way in which companies stand to each other, from both sides."""
    type_ = AccountRelationshipType(**{k: v for k, v in values.items() if v is not None})
    await require_for_contacts(ctx, type_, set(values))
    await ctx.save(type_)
    return type_


@action(account_relationship_types, name="update", audiences=("staff",))
async def update(ctx: Context, type_: AccountRelationshipType, **values: Any) -> None:
    """Change a type; what it gives is given anew in every relationship of it."""
    gives = tuple(getattr(type_, name) for name in _GIVES)
    type_.update_from_dict(values)
    await require_for_contacts(ctx, type_, set(values))
    await ctx.save(type_)
    if gives != tuple(getattr(type_, name) for name in _GIVES):
        await give_anew(ctx, type_)


async def require_for_contacts(
    ctx: Context, type_: AccountRelationshipType, given: set[str]
) -> None:
    """What a type gives is held by people of companies; raises Invalid with every fault."""
    faults: list[Fault] = []
    for name in _GIVES:
        responsibility_id = getattr(type_, name)
        if name not in given or responsibility_id is None:
            continue
        faults += await kind_faults(ctx, responsibility_id, ResponsibilityKind.CONTACT, f"/{name}")
    if faults:
        raise Invalid(faults)
