"""Saying of which class a field is, and who is cleared for a class."""

from collections.abc import Iterable
from typing import Any

from backend.platform.privacy.models import DataClass, FieldClassification
from backend.platform.privacy.resources import data_classes, field_classifications
from backend.platform.privacy.standard import ECHOES
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
    if row.restricted:
        for field in await ctx.every(field_classifications).filter(data_class_id=row.id):
            require_hideable(ctx, field, "/restricted")
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
    await follow(ctx, row)
    return row


@action(field_classifications, name="update", audiences=("staff",))
async def reclassify(ctx: Context, row: FieldClassification, **values: Any) -> None:
    """Put a field into another class of data."""
    row.update_from_dict(values)
    await ctx.save(row)
    await follow(ctx, row)


def require_hideable(ctx: Context, row: FieldClassification, pointer: str = "/field") -> None:
    """Raises Invalid for a field without which its record cannot be told from others or worked on:
    what it is called by, its state, and what it belongs to."""
    resource = ctx.services.registry.resources[row.resource]
    if row.field in {resource.label, "state", *resource.reference_columns}:
        message = f"{resource.name} cannot be shown without {row.field}: choose an open class"
        raise Invalid([Fault(pointer, "needed", message)])


async def follow(ctx: Context, row: FieldClassification) -> None:
    """Where the same fact is stored once more, restrict it there too, or it would be read there."""
    chosen: DataClass | None = await ctx.find(data_classes, row.data_class_id)
    if chosen is None or not chosen.restricted:
        return
    require_hideable(ctx, row)
    for resource, column in ECHOES.get((row.resource, row.field), ()):
        known: FieldClassification | None = (
            await ctx.every(field_classifications).filter(resource=resource, field=column).first()
        )
        if known is None:
            known = FieldClassification(resource=resource, field=column)
        present = await ctx.find(data_classes, getattr(known, "data_class_id", None))
        if present is None or not present.restricted:
            known.data_class_id = chosen.id
            await ctx.save(known)


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
