"""The record behind a work item: begun and given up through its own domain's verbs."""

from backend.omnichannel.interactions.errors import InteractionOver
from backend.omnichannel.interactions.models import Interaction, InteractionState
from backend.omnichannel.interactions.resources import interactions
from backend.omnichannel.routing.models import WorkItem, WorkKind
from backend.service.cases.actions.work import assign, start
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import WORKED_ON
from infra.kernel.context import Context


async def begin_work(ctx: Context, item: WorkItem) -> None:
    """The caller works on it from now on; raises the record's Conflict where it is over."""
    if item.kind is WorkKind.CASES:
        case: Case | None = await ctx.find(cases, item.record_id, lock=True)
        if case is not None:
            await start(ctx, case)
        return
    talk: Interaction | None = await ctx.find(interactions, item.record_id, lock=True)
    if talk is not None:
        if talk.state is not InteractionState.OPEN:
            raise InteractionOver("the customer has ended it")
        talk.assigned_to_id = ctx.caller.profile_id
        await ctx.save(talk)


async def let_go(ctx: Context, item: WorkItem) -> None:
    """Nobody works on it until somebody accepts it again."""
    if item.kind is WorkKind.CASES:
        case: Case | None = await ctx.find(cases, item.record_id, lock=True)
        if case is not None and case.state in WORKED_ON:
            await assign(ctx, case, assignment_group_id=case.assignment_group_id)
        return
    talk: Interaction | None = await ctx.find(interactions, item.record_id, lock=True)
    if talk is not None and talk.state is InteractionState.OPEN:
        talk.assigned_to_id = None
        await ctx.save(talk)
