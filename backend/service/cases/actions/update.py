"""Changing what a case says."""

from typing import Any
from uuid import UUID

from backend.service.cases import rules
from backend.service.cases.claims import claim_anew
from backend.service.cases.coverage import PARTY_COLUMNS, cover, follow_clocks, revise_clocks
from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.cases.types.reading import enter, require_said, type_of, weighed
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

_FOLLOWS = {
    "asset_id": ("sold_product_id", "install_base_item_id", "contract_id", "product_model_id"),
    "sold_product_id": ("contract_id", "product_model_id"),
}
"""What follows from the asset or the product that a case names, and must not outlive it."""
_PLACE = ("service_organization_id", "business_location_id", "employee_id")


@action(cases, name="update")
async def update(ctx: Context, case: Case, **values: Any) -> None:
    """Change a case, and verify anew what is owed; customers rewrite drafts only."""
    rules.require(case.state, "update" if ctx.caller.audience in {"staff", "system"} else "rewrite")
    owed_by = {name: getattr(case, name) for name in (*PARTY_COLUMNS, *_PLACE, "priority")}
    weighs = {"impact", "urgency"} & values.keys() and "priority" not in values
    apply(cases, case, values)
    if "parent_id" in values:
        await refuse_circle(ctx, case)
    if "case_type_id" in values:
        case.stage = None
        await enter(ctx, case, case.state)
    if weighs:
        case.priority = await weighed(ctx, await type_of(ctx, case), case)
    for named in _FOLLOWS.keys() & values.keys():
        for follows in _FOLLOWS[named]:
            if follows not in values:
                setattr(case, follows, None)
    if any(getattr(case, name) != value for name, value in owed_by.items()):
        coverage = await cover(ctx, case)
        if case.state is not CaseState.DRAFT:
            await claim_anew(ctx, case, coverage)
        if case.state in rules.WORKED_ON:
            await revise_clocks(ctx, case, coverage)
    elif case.state is CaseState.DRAFT:
        await cover(ctx, case)
    else:
        await follow_clocks(ctx, case)
    if case.state is not CaseState.DRAFT:
        await require_said(ctx, case)
    await ctx.save(case)


async def refuse_circle(ctx: Context, case: Case) -> None:
    """Raises Invalid where the case would lie below itself. Those above are locked, so that no two
    become each other's parents at once."""
    met: set[UUID] = set()
    above = case.parent_id
    while above is not None and above not in met:
        if above == case.id:
            raise Invalid([Fault("/parent_id", "circle", "a case cannot lie below itself")])
        met.add(above)
        found: Case | None = await ctx.find(cases, above, lock=True)
        above = found.parent_id if found else None
