"""Keeping layouts: only of pages that there are, for roles that there are."""

from collections.abc import Iterator
from typing import Any

from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from portals.layouts.models import PageLayout
from portals.layouts.resources import page_layouts
from portals.workspace.records.kinds import laid_out_by_role
from tenants.people.resources import roles
from tenants.roles import BUILT_IN, STAFF


@action(page_layouts, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> PageLayout:
    """Say what a role is shown of the pages of a kind of record."""
    made = PageLayout(**{name: value for name, value in values.items() if value is not None})
    await _refuse_nonsense(ctx, made)
    await ctx.save(made)
    return made


@action(page_layouts, name="update", audiences=("staff",))
async def update(ctx: Context, layout: PageLayout, **values: Any) -> None:
    """Show a role more or less of the pages of a kind of record."""
    apply(page_layouts, layout, values)
    await _refuse_nonsense(ctx, layout)
    await ctx.save(layout)


async def _refuse_nonsense(ctx: Context, layout: PageLayout) -> None:
    faults = list(_unknown_parts(layout))
    known = BUILT_IN.get(layout.role)
    own = ctx.every(roles).filter(name=layout.role, audience=STAFF)
    if not (known and known.audience == STAFF) and not await own.exists():
        faults.append(Fault("/role", "not_found", "is no role of staff"))
    if faults:
        raise Invalid(faults)


def _unknown_parts(layout: PageLayout) -> Iterator[Fault]:
    kind = laid_out_by_role().get(layout.resource)
    if kind is None:
        yield Fault("/resource", "not_found", "has no pages that are laid out by role")
        return
    known = {name for name, _ in kind.parts}
    for place, name in enumerate(layout.hidden_parts):
        if name not in known:
            yield Fault(f"/hidden_parts/{place}", "not_a_choice", "is no part of these pages")
    for place, name in enumerate(layout.facts):
        if name not in kind.facts:
            yield Fault(f"/facts/{place}", "not_a_choice", "is none of the details")
