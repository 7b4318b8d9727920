"""Cases that become one: what goes along, what stays, and how they stand again."""

from typing import Any

from backend.platform.merging.applying import Manner, Recorder
from backend.platform.merging.events import MergeUndone
from backend.platform.merging.models import Merge
from backend.platform.merging.resources import merges
from backend.platform.slas.models import TaskSla
from backend.platform.slas.resources import task_slas
from backend.platform.slas.timers import set_timer
from backend.service.cases.claims import claim_again, give_back
from backend.service.cases.coverage import cover, follow_clocks
from backend.service.cases.events import CaseReopened
from backend.service.cases.models import Case, CaseState, ResolutionCode
from backend.service.cases.resources import cases
from backend.service.cases.rules import WORKED_ON
from backend.service.cases.types.reading import enter
from infra.kernel.context import Context
from infra.kernel.errors import Fault
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction

STAY = frozenset(
    (
        # What was promised, owed and paid for the case that ended.
        "task_slas", "entitlement_uses", "entitlement_movements", "billable_lines",
        "case_escalations",
        # What was asked and found about it.
        "survey_invitations", "survey_answers", "case_summaries", "case_questions",
        "automation_runs", "work_items", "approvals", "approval_requests",
        # Goes along by its foreign key to the tasks.
        "case_task_dependencies",
    )
)  # fmt: skip
"""Tables whose rows go on naming the case that ended."""


async def end(ctx: Context, recorder: Recorder, case: Case) -> None:
    """Close a case that goes on in another: its clocks are cancelled, its units given back."""
    clocks: list[TaskSla] = await ctx.every(task_slas).filter(record_id=case.id)
    await recorder.watch(task_slas.table, [clock.id for clock in clocks])
    await enter(ctx, case, CaseState.CLOSED)
    case.closed_at = ctx.now
    case.resolution_code, case.awaits_answer_since = ResolutionCode.MERGED, None
    await follow_clocks(ctx, case)
    await give_back(ctx, case)


async def adopt(ctx: Context, recorder: Recorder, winner: Case, losers: list[Any]) -> None:
    """What lies below the others, or repeats them, is the winner's from now on."""
    ids = [loser.id for loser in losers]
    children = await ctx.every(cases).filter(parent_id__in=ids)
    repeats = await ctx.every(cases).filter(duplicate_of_id__in=ids)
    await recorder.watch(cases.table, [one.id for one in (*children, *repeats)])
    for child in children:
        if child.id not in ids:
            child.parent_id = winner.id if child.id != winner.id else None
            await ctx.save(child)
    for repeat in repeats:
        repeat.duplicate_of_id = winner.id
        await ctx.save(repeat)


MANNER = Manner(
    fixed=frozenset({"priority", "impact", "urgency", "product_context"}),
    skip=("parent_id", "follows_id", "duplicate_of_id", "merged_into_id"),
    stay=STAY,
    before=adopt,
    end=end,
    is_customer=False,
)


def customer_faults(winner: Case, losers: list[Case]) -> list[Fault]:
    """Every case that is somebody else's: what was said in it would be read by the wrong person.
    One whose sender we do not know may go into any."""
    faults = []
    for position, loser in enumerate(losers):
        if whose(loser) not in {whose(winner), (None, None, None, None)}:
            message = "is somebody else's; mark it as a duplicate instead"
            faults.append(Fault(f"/from/{position}", "other_customer", message))
    return faults


def whose(case: Case) -> tuple[object, ...]:
    """The person, and whom they speak for."""
    return case.account_id, case.contact_id, case.consumer_id, case.intermediary_account_id


@reaction(MergeUndone)
async def stand_again(ctx: Context, event: RecordedEvent) -> None:
    """Let cases that were merged run on: clocks, units and the queue know them again."""
    merge: Merge | None = await ctx.find(merges, event.record_id)
    if merge is None or merge.resource != cases.name:
        return
    apart = ctx.every(cases).filter(id__in=list(merge.merged_ids), merged_into_id=None)
    for case in await apart.order_by("id").select_for_update():
        await claim_again(ctx, case, await cover(ctx, case))
        await ctx.save(case)
        clocks: list[TaskSla] = await ctx.every(task_slas).filter(record_id=case.id)
        for clock in clocks:
            set_timer(ctx, clock)
        if case.state in WORKED_ON:
            ctx.emit(CaseReopened(case_id=case.id))
