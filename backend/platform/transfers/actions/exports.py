"""Asking for an export, and calling it off."""

from typing import Annotated

from annotated_types import MaxLen, MinLen

from backend.platform.transfers.asking import require_turn, rights_of
from backend.platform.transfers.errors import TransferEnded
from backend.platform.transfers.models import Export, Format, TransferState
from backend.platform.transfers.resources import ASKING, exports
from infra.kernel.access import Plan
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.custom.fields import NO_FIELDS, Fields
from infra.kernel.errors import BadRequest, Fault, Forbidden, Invalid
from infra.kernel.query import read_query
from infra.kernel.resource import CUSTOM

JOB = "transfers.export"
COLUMNS_MOST = 300
Name = Annotated[str, MaxLen(120)]
Text = Annotated[str, MaxLen(4_000)]


@action(exports, on="collection", name="create", audiences=ASKING)
async def create(
    ctx: Context,
    *,
    resource: Annotated[str, MaxLen(80)],
    format: Format,  # noqa: A002  the field's name
    fields: Annotated[list[Name], MinLen(1), MaxLen(COLUMNS_MOST)] | None = None,
    filter: Annotated[dict[Name, Text], MaxLen(50)] | None = None,  # noqa: A002
    sort: Annotated[str, MaxLen(400)] | None = None,
    q: Annotated[str, MaxLen(400)] | None = None,
) -> Export:
    """Write records into a file, as far as the caller may see them.

    `filter` is what a list takes: `{"state": "open", "priority[lte]": "2"}`. A field such as
    `account.code` is one of a related record. The file is the caller's own and kept for three days.
    """
    found = ctx.services.registry.resources.get(resource)
    if found is None:
        raise Invalid([Fault("/resource", "choice", "is no kind of record")])
    plan = ctx.plan(found)
    if not plan.may("read") or plan.view is None:
        raise Forbidden(f"you may not read {found.name.replace('_', ' ')}")
    own = NO_FIELDS
    if found.is_customizable and CUSTOM in plan.view.read:
        own = (await ctx.customization()).fields_of(found.name)
    columns = list(dict.fromkeys(fields or _all_columns(ctx, plan, own)))
    _require_sense(ctx, plan, own, columns, filter or {}, sort, q)
    await require_turn(ctx)
    made = Export(
        resource=resource,
        format=format,
        columns=columns,
        conditions=filter or {},
        sort=sort,
        words=q,
        **rights_of(ctx),
    )
    await ctx.save(made)
    ctx.enqueue(JOB, {"export_id": str(made.id)}, priority=7)
    return made


def _all_columns(ctx: Context, plan: Plan, own: Fields) -> list[str]:
    """All that the caller reads, with a column for each of the tenant's own fields."""
    keys = [f"{CUSTOM}.{key}" for key in own.readable(ctx.caller.audience)]
    found: list[str] = []
    for name in plan.view.read if plan.view else ():
        found += keys if name == CUSTOM and own else [name]
    return found


def _require_sense(
    ctx: Context,
    plan: Plan,
    own: Fields,
    columns: list[str],
    given: dict[str, str],
    sort: str | None,
    q: str | None,
) -> None:
    faults = []
    for number, name in enumerate(columns):
        if not is_shown(ctx, plan, name, own):
            faults.append(
                Fault(f"/fields/{number}", "unknown_field", f"there is no field {name!r}")
            )
    reserved = {"limit", "after", "sort", "q", "fields", "expand", "count"}.intersection(given)
    faults += [Fault(f"/filter/{name}", "unknown_field", "is no filter") for name in reserved]
    asked = {name: value for name, value in given.items() if name not in reserved}
    asked |= {name: value for name, value in (("sort", sort), ("q", q)) if value is not None}
    try:
        read_query(plan, asked, own)
    except BadRequest as refused:
        for fault in refused.faults:
            place = "" if fault.pointer in {"sort", "q"} else "/filter"
            faults.append(Fault(f"{place}/{fault.pointer}"[:300], fault.code, fault.message))
    if faults:
        raise Invalid(faults)


def is_shown(ctx: Context, plan: Plan, name: str, own: Fields = NO_FIELDS) -> bool:
    """Whether the caller reads such a field, of the record or of one it names."""
    if plan.view is not None and name in plan.view.read:
        return True
    relation_name, _, column = name.partition(".")
    if relation_name == CUSTOM:
        return column in own.readable(ctx.caller.audience)
    relation = plan.resource.relations.get(relation_name)
    if relation is None or plan.view is None or relation.column not in plan.view.read:
        return False
    target = ctx.plan(ctx.services.registry.resources[relation.resource])
    return target.may("read") and target.view is not None and column in target.view.read


@action(exports, audiences=ASKING)
async def cancel(ctx: Context, row: Export) -> None:
    """Call an export off; no file is kept."""
    if row.state not in {TransferState.QUEUED, TransferState.RUNNING}:
        raise TransferEnded(f"it is {row.state.value}")
    row.state, row.finished_at = TransferState.CANCELLED, ctx.now
    await ctx.save(row)
