"""Changing what a case says."""

from typing import Any

from backend.service.cases import rules
from backend.service.cases.claims import claim_anew
from backend.service.cases.coverage import PARTY_COLUMNS, cover, follow_clocks, revise_clocks
from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.cases.types.reading import enter, require_said, type_of, weighed
from infra.kernel.actions import action, apply
from infra.kernel.context import Context

_OF_ASSET = {"sold_product_id", "install_base_item_id", "contract_id", "product_model_id"}
_PLACE = ("service_organization_id", "business_location_id", "employee_id")


@action(cases, name="update")
async def update(ctx: Context, case: Case, **values: Any) -> None:
    """Change a case, and verify anew what is owed; customers rewrite drafts only."""
    rules.require(case.state, "update" if ctx.caller.audience in {"staff", "system"} else "rewrite")
    owed_by = {name: getattr(case, name) for name in (*PARTY_COLUMNS, *_PLACE, "priority")}
    weighs = {"impact", "urgency"} & values.keys() and "priority" not in values
    apply(cases, case, values)
    if "case_type_id" in values:
        case.stage = None
        await enter(ctx, case, case.state)
    if weighs:
        case.priority = await weighed(ctx, await type_of(ctx, case), case)
    if "asset_id" in values:
        # What followed from the asset before must not outlive it.
        for follows in _OF_ASSET - values.keys():
            setattr(case, follows, None)
    if "sold_product_id" in values:
        # What followed from the product before must not outlive it.
        for follows in {"contract_id", "product_model_id"} - values.keys():
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
