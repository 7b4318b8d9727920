"""Saying of which class a field is, and who is cleared for a class."""

from collections.abc import Iterable
from typing import Any

from backend.platform.privacy.models import DataClass, FieldClassification
from backend.platform.privacy.resources import data_classes, field_classifications
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.queries import custom_role_audiences
from tenants.roles import BUILT_IN

ALWAYS_SHOWN = frozenset({"id", "tenant_id", "created_at", "updated_at", "version", "number"})


@action(data_classes, on="collection", name="create", audiences=("staff",))
async def create_class(ctx: Context, **values: Any) -> DataClass:
    """Add a class of data."""
    row = DataClass(**values)
    await require_roles(ctx, row.cleared_roles)
    await ctx.save(row)
    return row


@action(data_classes, name="update", audiences=("staff",))
async def update_class(ctx: Context, row: DataClass, **values: Any) -> None:
    """Change a class of data; whoever is cleared no longer sees less from the next request on."""
    row.update_from_dict(values)
    await require_roles(ctx, row.cleared_roles)
    await ctx.save(row)


@action(field_classifications, on="collection", name="create", audiences=("staff",))
async def classify(ctx: Context, **values: Any) -> FieldClassification:
    """Put a field into a class of data."""
    row = FieldClassification(**values)
    resource = ctx.services.registry.resources.get(row.resource)
    faults = []
    if resource is None:
        faults.append(Fault("/resource", "choice", "is no kind of record"))
    elif row.field not in resource.columns:
        faults.append(Fault("/field", "choice", f"is no field of {resource.name}"))
    elif row.field in ALWAYS_SHOWN:
        faults.append(Fault("/field", "always_shown", "is shown to whoever sees the record"))
    if faults:
        raise Invalid(faults)
    await ctx.save(row)
    return row


async def require_roles(ctx: Context, names: Iterable[str]) -> None:
    """Raises Invalid naming every role that there is none of."""
    known = {*BUILT_IN, *await custom_role_audiences(ctx)}
    faults = [
        Fault(f"/cleared_roles/{position}", "choice", "there is no such role")
        for position, name in enumerate(names)
        if name not in known
    ]
    if faults:
        raise Invalid(faults)
