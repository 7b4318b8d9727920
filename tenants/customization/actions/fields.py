"""Fields that a tenant adds to its records, changes, retires and purges."""

from typing import Any

from infra.kernel.actions import Accepted, action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Invalid
from infra.kernel.jobs import job_of
from infra.kernel.quotas import require_room
from tenants.customization import jobs
from tenants.customization.errors import FieldActive, FieldHasValues, FieldRetired
from tenants.customization.models import CustomField
from tenants.customization.queries import clear_index, has_values
from tenants.customization.resources import custom_fields, stored
from tenants.customization.rules import definition_faults

_BATCH = 10_000


@action(custom_fields, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> CustomField:
    """Add a field to a resource: it is in bodies, answers and forms from the next request on."""
    default = values.pop("default_value", None)
    field = CustomField(**{k: v for k, v in stored(values).items() if v is not None})
    field.default_value = default
    _refuse_nonsense(ctx, field)
    await require_room(ctx, "custom_fields_max")
    await _set_index(ctx, field, was_indexed=False)
    await ctx.save(field)
    return field


@action(custom_fields, name="update", audiences=("staff",))
async def update(ctx: Context, field: CustomField, **values: Any) -> None:
    """Change a field. Its type changes only while no record has a value."""
    if not field.active:
        raise FieldRetired("restore it first")
    before = field.type
    was_indexed, was_searchable = field.indexed, field.searchable
    if "default_value" in values:
        # A default is replaced as a whole, as the values are that it stands for.
        field.default_value = values.pop("default_value")
    apply(custom_fields, field, stored(values))
    field.constraints = {k: v for k, v in field.constraints.items() if v is not None}
    _refuse_nonsense(ctx, field)
    table = ctx.services.registry.resources[field.resource].table
    if field.type is not before and await has_values(ctx, table, field.key):
        raise FieldHasValues(f"they are of type {before.value}; purge them or add another field")
    if field.type is not before and field.indexed and was_indexed:
        was_indexed, field.index_state = False, "none"
    await _set_index(ctx, field, was_indexed=was_indexed)
    await ctx.save(field)
    if field.searchable is not was_searchable:
        ctx.enqueue(job_of(jobs.refresh_words).name, {"resource": field.resource})


@action(custom_fields, name="delete", audiences=("staff",))
async def delete(ctx: Context, field: CustomField) -> None:
    """Remove a field of which no record has a value."""
    table = ctx.services.registry.resources[field.resource].table
    if await has_values(ctx, table, field.key):
        raise FieldHasValues("retire it, and purge it once nobody needs them")
    while await clear_index(ctx, field.id, _BATCH):
        pass
    await ctx.delete(field)


@action(custom_fields, audiences=("staff",))
async def retire(ctx: Context, field: CustomField) -> None:
    """Take a field out of use: nobody sees it any more, and its values stay until it is purged."""
    if not field.active:
        raise FieldRetired("it is retired already")
    field.active, field.index_state = False, "none"
    await ctx.save(field)
    _forget_index(ctx, field)


@action(custom_fields, audiences=("staff",))
async def restore(ctx: Context, field: CustomField) -> None:
    """Put a retired field into use again, with the values that records still have."""
    if field.active:
        raise FieldActive("it is in use")
    field.active = True
    _refuse_nonsense(ctx, field)
    await _set_index(ctx, field, was_indexed=False)
    await ctx.save(field)
    if field.searchable:
        ctx.enqueue(job_of(jobs.refresh_words).name, {"resource": field.resource})


@action(custom_fields, audiences=("staff",))
async def purge(ctx: Context, field: CustomField) -> Accepted:
    """Remove a retired field and every value of it, for good."""
    if field.active:
        raise FieldActive("retire it first")
    name = job_of(jobs.purge).name
    return Accepted(job=ctx.enqueue(name, {"field_id": str(field.id)}, key=f"purge:{field.id}"))


def _refuse_nonsense(ctx: Context, field: CustomField) -> None:
    if faults := definition_faults(field, ctx.services.registry):
        raise Invalid(faults)


async def _set_index(ctx: Context, field: CustomField, *, was_indexed: bool) -> None:
    """Begin to build an index that was asked for, or to clear one that no longer is."""
    if field.indexed and not was_indexed:
        await require_room(ctx, "custom_fields_indexed_max")
        field.index_state = "building"
        ctx.enqueue(
            job_of(jobs.build_index).name, {"field_id": str(field.id)}, key=f"index:{field.id}"
        )
    elif was_indexed and not field.indexed:
        field.index_state = "none"
        _forget_index(ctx, field)


def _forget_index(ctx: Context, field: CustomField) -> None:
    name = job_of(jobs.clear_index).name
    ctx.enqueue(name, {"field_id": str(field.id)}, key=f"unindex:{field.id}")
