"""Answering a survey, once: signed in, or by whoever holds the link."""

from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel

from backend.platform.templates.resources import Locale
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.surveys import rules
from backend.service.surveys.errors import SurveyAnswered, SurveyOver
from backend.service.surveys.events import SurveyAnswerGiven
from backend.service.surveys.models import (
    Door,
    InvitationState,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
)
from backend.service.surveys.resources import survey_invitations, surveys
from backend.service.surveys.wording import AskedQuestion, spoken
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.ids import uuid7
from tenants import tokens

_OUTSIDE = ("customer", "partner", "public")

Score = Annotated[int, Ge(1), Le(5)]
Comment = Annotated[Text, MaxLen(5_000)]
Token = Annotated[str, MaxLen(300)]
Value = Annotated[Text, MaxLen(5_000)] | int | bool | None
Answers = Annotated[dict[Annotated[Text, MaxLen(60)], Value], MaxLen(40)]


class SurveyForm(BaseModel):
    """What somebody is asked."""

    title: str
    intro: str
    case_number: str
    case_subject: str
    questions: list[AskedQuestion]


class Thanks(BaseModel):
    """That an answer has been taken down."""

    score: int


@action(survey_invitations, name="form", method="GET", verb="answer", audiences=_OUTSIDE)
async def form(
    ctx: Context, invitation: SurveyInvitation, *, locale: Locale | None = None
) -> SurveyForm:
    """What a survey asks."""
    require_open(ctx, invitation)
    return await form_of(ctx, invitation, locale)


@action(survey_invitations, audiences=_OUTSIDE, emits=(SurveyAnswerGiven,))
async def answer(
    ctx: Context,
    invitation: SurveyInvitation,
    *,
    score: Score,
    comment: Comment = "",
    answers: Answers | None = None,
) -> Thanks:
    """Say how a case was handled, from 1 to 5, once."""
    door = Door.WIDGET if ctx.caller.attributes.get("module_id") else Door.PORTAL
    return await take_down(ctx, invitation, score, comment, answers or {}, door)


@action(
    survey_invitations, on="collection", name="form_by_link", verb="respond", audiences=_OUTSIDE
)
async def form_by_link(ctx: Context, *, token: Token, locale: Locale | None = None) -> SurveyForm:
    """What a survey asks whoever holds its link; looking does not use the link up."""
    return await form_of(ctx, await invitation_of(ctx, token), locale)


@action(survey_invitations, on="collection", audiences=_OUTSIDE, emits=(SurveyAnswerGiven,))
async def respond(
    ctx: Context,
    *,
    token: Token,
    score: Score,
    comment: Comment = "",
    answers: Answers | None = None,
) -> Thanks:
    """Answer a survey with the link from the letter, once and without signing in."""
    invitation = await invitation_of(ctx, token)
    return await take_down(ctx, invitation, score, comment, answers or {}, Door.LINK)


async def invitation_of(ctx: Context, text: str) -> SurveyInvitation:
    """The open invitation of a link, locked; one answer for every link that is not good."""
    token = tokens.parse(text, "survey")
    row: SurveyInvitation | None = None
    if token is not None and token.tenant_id == ctx.tenant_id:
        row = await ctx.find(survey_invitations, token.row_id, lock=True)
    if row is None or row.token_hash is None or not tokens.same(row.token_hash, text):
        raise Invalid([Fault("/token", "spent", "this link is not valid, or no longer")])
    require_open(ctx, row)
    return row


def require_open(ctx: Context, invitation: SurveyInvitation) -> None:
    """Raises SurveyAnswered or SurveyOver."""
    if invitation.state is InvitationState.ANSWERED:
        raise SurveyAnswered("it was answered before, and that answer stands")
    if invitation.expires_at is None or invitation.expires_at <= ctx.now:
        raise SurveyOver("the time to answer is over")


async def form_of(ctx: Context, invitation: SurveyInvitation, locale: str | None) -> SurveyForm:
    """The survey's words for one case, in a language that is by default the caller's."""
    survey: Survey = await ctx.find(surveys, invitation.survey_id)
    case: Case = await ctx.find(cases, invitation.case_id)
    told = spoken(survey, locale or ctx.caller.locale)
    return SurveyForm(case_number=case.number or "", case_subject=case.subject, **told.model_dump())


async def take_down(
    ctx: Context,
    invitation: SurveyInvitation,
    score: int,
    comment: str,
    answers: dict[str, Any],
    door: Door,
) -> Thanks:
    """Keep the answer with whoever had the case when it was asked about."""
    require_open(ctx, invitation)
    survey: Survey = await ctx.find(surveys, invitation.survey_id)
    if faults := rules.answer_faults(survey.questions, answers):
        raise Invalid(faults)
    row = SurveyAnswer(
        id=uuid7(),
        invitation_id=invitation.id,
        survey_id=survey.id,
        case_id=invitation.case_id,
        assigned_to_id=invitation.assigned_to_id,
        assignment_group_id=invitation.assignment_group_id,
        contact_id=invitation.contact_id,
        consumer_id=invitation.consumer_id,
        score=score,
        comment=comment or None,
        answers={key: value for key, value in answers.items() if value is not None},
        door=door,
    )
    invitation.state, invitation.answered_at = InvitationState.ANSWERED, ctx.now
    await ctx.save(row)
    await ctx.save(invitation)
    ctx.emit(SurveyAnswerGiven(row.id, survey_id=survey.id, case_id=row.case_id, score=score))
    return Thanks(score=score)
