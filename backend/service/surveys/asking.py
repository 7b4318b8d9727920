"""Asking a case's customer: decided when the case comes to its end, sent when the time is there."""

from datetime import timedelta
from uuid import UUID

from backend.service.cases.events import CaseClosed, CaseResolved
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import FINISHED
from backend.service.surveys import rules
from backend.service.surveys.letters import send_letter
from backend.service.surveys.models import (
    InvitationState,
    Moment,
    Survey,
    SurveyInvitation,
    Withheld,
)
from backend.service.surveys.queries import last_asked, person_of
from backend.service.surveys.resources import survey_invitations, surveys
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import uuid7
from infra.kernel.jobs import job, reaction
from tenants import tokens

MOMENTS = {CaseResolved.type: Moment.RESOLVED, CaseClosed.type: Moment.CLOSED}


@reaction(CaseResolved, CaseClosed)
async def ask(ctx: Context, event: RecordedEvent) -> None:
    """A case has come to an end: every survey of that moment asks, or says why not."""
    asking = await ctx.every(surveys).filter(active=True, moment=MOMENTS[event.type])
    if not asking:
        return
    case: Case | None = await ctx.find(cases, event.record_id, lock=True)
    if case is None or case.state not in FINISHED:
        return
    if case.contact_id is None and case.consumer_id is None:
        return
    for survey in asking:
        await decide(ctx, survey, case)


async def decide(ctx: Context, survey: Survey, case: Case) -> None:
    """Invite the customer of a case, once in each of its rounds."""
    once = {"survey_id": survey.id, "case_id": case.id, "round": case.reopened_count}
    if await ctx.every(survey_invitations).filter(**once).exists():
        return
    person = await person_of(ctx, case.contact_id, case.consumer_id)
    reason = rules.withheld(
        sampled=rules.is_sampled(survey.id, case.id, case.reopened_count, survey.sample_percent),
        address=person.email if person else None,
        last_sent_at=await last_asked(ctx, survey.id, case.contact_id, case.consumer_id)
        if survey.quiet_days
        else None,
        quiet_days=survey.quiet_days,
        now=ctx.now,
    )
    invitation = SurveyInvitation(
        id=uuid7(),
        **once,
        contact_id=case.contact_id,
        consumer_id=case.consumer_id,
        assigned_to_id=case.assigned_to_id,
        assignment_group_id=case.assignment_group_id,
        state=InvitationState.WITHHELD if reason else InvitationState.WAITING,
        withheld_reason=reason,
    )
    await ctx.save(invitation)
    if reason is None:
        ctx.enqueue(
            "surveys.send",
            {"invitation_id": str(invitation.id)},
            run_at=ctx.now + timedelta(minutes=survey.delay_minutes),
            key=f"surveys.send:{invitation.id}",
            priority=6,
        )


@job("surveys.send")
async def send(ctx: Context, *, invitation_id: UUID) -> None:
    """Mail the link, unless the case was taken up again or the survey has ended meanwhile."""
    row: SurveyInvitation | None = await ctx.find(survey_invitations, invitation_id, lock=True)
    if row is None or row.state is not InvitationState.WAITING:
        return
    survey: Survey | None = await ctx.find(surveys, row.survey_id)
    case: Case | None = await ctx.find(cases, row.case_id)
    person = await person_of(ctx, row.contact_id, row.consumer_id)
    reason = None
    if case is None or case.state not in FINISHED or case.reopened_count != row.round:
        reason = Withheld.REOPENED
    elif survey is None or not survey.active:
        reason = Withheld.ENDED
    elif person is None or not person.email:
        reason = Withheld.NO_ADDRESS
    if reason is not None or survey is None or case is None or person is None:
        row.state, row.withheld_reason = InvitationState.WITHHELD, reason
        await ctx.save(row)
        return
    token = tokens.mint("survey", ctx.tenant_id, row.id)
    row.state, row.token_hash = InvitationState.SENT, tokens.digest(token)
    row.sent_at, row.expires_at = ctx.now, ctx.now + timedelta(days=survey.open_days)
    await ctx.save(row)
    await send_letter(ctx, survey, row, person, (case.number or "", case.subject), token)
