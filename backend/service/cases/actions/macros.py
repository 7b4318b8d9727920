"""Applying a macro: every verb as if the caller had used it, all of them or none."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.service.cases.macros.models import Macro
from backend.service.cases.macros.resources import macros
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound, Problem
from infra.kernel.performing import parsed, perform_in


class StepTold(BaseModel):
    """What became of one verb; `refused` says why not in the words of the refusal, `problem` by its
    type."""

    verb: str
    done: bool
    refused: str | None = None
    problem: str | None = None


class MacroTold(BaseModel):
    """What a macro did, or would do, and the state that the case is in afterwards."""

    applied: bool
    state: str
    steps: list[StepTold]


class _Undone(Exception):
    """Takes a dry run back."""


@action(macros, on="collection", name="create", audiences=("staff",))
async def create_macro(ctx: Context, **values: Any) -> Macro:
    """Write a macro down."""
    macro = Macro(**{name: value for name, value in values.items() if value is not None})
    await store(ctx, macro)
    return macro


@action(macros, name="update", audiences=("staff",))
async def update_macro(ctx: Context, macro: Macro, **values: Any) -> None:
    """Change a macro."""
    apply(macros, macro, values)
    await store(ctx, macro)


async def store(ctx: Context, macro: Macro) -> None:
    """Raises Invalid naming every fault of what the verbs are given."""
    faults: list[Fault] = []
    for place, step in enumerate(macro.steps):
        definition = ctx.services.registry.actions[f"{cases.name}.{step['verb']}"]
        try:
            parsed(definition, ctx.caller, step["values"])
        except Invalid as refused:
            at = f"/steps/{place}/values"
            faults += [Fault(f"{at}{f.pointer}", f.code, f.message) for f in refused.faults]
    if faults:
        raise Invalid(faults)
    await ctx.save(macro)


@action(cases, audiences=("staff",))
async def apply_macro(
    ctx: Context, case: Case, *, macro_id: UUID, dry_run: bool = False
) -> MacroTold:
    """Use every verb of a macro on a case, or none of them where one is refused.

    A dry run changes nothing, and says which verb would be refused and why.
    """
    macro: Macro | None = await ctx.rows(macros).filter(id=macro_id, active=True).first()
    if macro is None:
        raise Invalid([Fault("/macro_id", "not_found", "there is no such record")])
    told: list[StepTold] = []
    if not dry_run:
        state = await run_all(ctx, case, macro, told)
        return MacroTold(applied=True, state=state, steps=told)
    state = case.state.value
    try:
        async with ctx.savepoint():
            state = await run_all(ctx, case, macro, told)
            raise _Undone
    except _Undone:
        pass
    except Problem as refused:
        verb = macro.steps[len(told)]["verb"]
        told.append(StepTold(verb=verb, done=False, refused=refused.detail, problem=refused.type))
    return MacroTold(applied=False, state=state, steps=told)


async def run_all(ctx: Context, case: Case, macro: Macro, told: list[StepTold]) -> str:
    """The verbs in their order, each with every check that a request meets; the state at last."""
    for step in macro.steps:
        name = f"{cases.name}.{step['verb']}"
        await perform_in(ctx, name, record_id=case.id, body=step["values"])
        told.append(StepTold(verb=step["verb"], done=True))
    now: Case | None = await ctx.find(cases, case.id)
    if now is None:
        raise NotFound("no such case")
    return now.state.value
