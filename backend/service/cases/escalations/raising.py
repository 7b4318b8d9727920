"""Raising an escalation, and ending it: by people, by tasks, by clocks."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.platform.slas.events import SlaBreached, SlaWarned
from backend.service.cases.actions.work import assigned
from backend.service.cases.coverage import follow_clocks, follow_group
from backend.service.cases.escalations.models import (
    CaseEscalation,
    Cause,
    EscalationRule,
    EscalationState,
    Moment,
)
from backend.service.cases.escalations.resources import case_escalations, escalation_rules
from backend.service.cases.events import (
    CaseCalmed,
    CaseCancelled,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseResolved,
)
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import WORKED_ON
from backend.service.cases.stream import note_down
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import reaction

MOMENTS = {SlaWarned.type: Moment.WARNED, SlaBreached.type: Moment.BREACHED}


async def running_on(ctx: Context, case_id: UUID) -> list[CaseEscalation]:
    """The escalations of a case that have not ended, lowest level first."""
    query = ctx.every(case_escalations).filter(case_id=case_id)
    rows: list[CaseEscalation] = await query.exclude(state=EscalationState.ENDED).order_by("level")
    return rows


async def raise_to(
    ctx: Context,
    case: Case,
    *,
    reason: str,
    cause: Cause,
    level: int = 1,
    group_id: UUID | None = None,
    person_id: UUID | None = None,
    due_at: datetime | None = None,
    task_id: UUID | None = None,
) -> CaseEscalation:
    """Escalate a case to a level, where it is once; raised again it says whom else it concerns.

    The case must be locked, so that two do not raise the same at once.
    """
    found = [row for row in await running_on(ctx, case.id) if row.level == level]
    row = found[0] if found else None
    if row is None:
        row = CaseEscalation(
            id=uuid7(), case_id=case.id, level=level, cause=cause, reason=reason,
            raised_by_id=ctx.caller.profile_id, assignment_group_id=group_id,
            assigned_to_id=person_id, due_at=due_at,
        )  # fmt: skip
    else:
        row.assignment_group_id = group_id or row.assignment_group_id
        row.assigned_to_id = person_id or row.assigned_to_id
        row.due_at = due_at or row.due_at
    await ctx.save(row)
    if case.escalated_at is None:
        case.escalated_at = ctx.now
        await follow_clocks(ctx, case)
    await ctx.save(case)
    await note_down(ctx, case, f"Escalated. {reason}", {"told": "escalated"})
    ctx.emit(CaseEscalated(case_id=case.id, case_task_id=task_id))
    return row


async def end_all(ctx: Context, case: Case, rows: list[CaseEscalation]) -> None:
    """End these escalations; a case on which none is left is an ordinary one again."""
    for row in rows:
        row.state, row.ended_at = EscalationState.ENDED, ctx.now
        row.ended_by_id = ctx.caller.profile_id
        await ctx.save(row)
    if case.escalated_at is not None and not await running_on(ctx, case.id):
        case.escalated_at = None
        await follow_clocks(ctx, case)
        await ctx.save(case)
        ctx.emit(CaseCalmed(case_id=case.id))


def applies(rule: EscalationRule, target: str, priority: int) -> bool:
    """Whether a rule is about this clock of a case so urgent; 1 is the most urgent."""
    if rule.target is not None and rule.target != target:
        return False
    return rule.priority_most is None or priority <= rule.priority_most


@reaction(SlaWarned, SlaBreached)
async def escalate_by_rule(ctx: Context, event: RecordedEvent) -> None:
    """A clock on a case is nearly over, or is: raise what the rules say, once for each level."""
    told = event.payload
    if told["task_kind"] != "cases":
        return
    found = ctx.every(escalation_rules).filter(active=True, moment=MOMENTS[event.type])
    rules = await found.order_by("level", "name")
    if not rules:
        return
    case: Case | None = await ctx.find(cases, told["task_id"], lock=True)
    if case is None or case.state not in WORKED_ON:
        return
    for rule in rules:
        if applies(rule, told["target"], case.priority):
            await follow(ctx, case, rule)


async def follow(ctx: Context, case: Case, rule: EscalationRule) -> None:
    """What one rule says; the case goes to the rule's group where that takes it over."""
    minutes = rule.due_minutes
    await raise_to(
        ctx,
        case,
        reason=rule.name,
        cause=Cause.RULE,
        level=rule.level,
        group_id=rule.assignment_group_id,
        due_at=ctx.now + timedelta(minutes=minutes) if minutes else None,
    )
    if rule.hands_over and case.assignment_group_id != rule.assignment_group_id:
        before = case.assignment_group_id
        case.assignment_group_id, case.assigned_to_id = rule.assignment_group_id, None
        await follow_group(ctx, case, before)
        await ctx.save(case)
        ctx.emit(assigned(case))


@reaction(CaseResolved, CaseClosed, CaseCancelled, CaseMerged)
async def end_with_the_case(ctx: Context, event: RecordedEvent) -> None:
    """Nobody must look any more at a case that has come to its end."""
    if not await ctx.every(case_escalations).filter(case_id=event.record_id).exists():
        return
    case: Case | None = await ctx.find(cases, event.record_id, lock=True)
    if case is not None and case.state not in WORKED_ON:
        await end_all(ctx, case, await running_on(ctx, case.id))
