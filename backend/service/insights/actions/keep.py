"""Keeping a view of the figures, for oneself or for others, and having it mailed."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from backend.service.insights.asked import checked
from backend.service.insights.figures import today_of
from backend.service.insights.models import Cadence, Insight
from backend.service.insights.resources import Question, insights
from backend.service.insights.schedule import next_sending
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Conflict, Fault, Invalid
from infra.kernel.ids import uuid7
from infra.kernel.schema import faults_of
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.resources import profiles

_WHEN = ("cadence", "send_hour", "send_day")


class NobodyKeepsIt(Conflict):
    type, title = "nobody-keeps-it", "A view is kept by somebody who acts as a profile"


@action(insights, on="collection", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Insight:
    """Keep a view of the figures, and have it mailed daily, weekly or monthly by choice."""
    if ctx.caller.profile_id is None:
        raise NobodyKeepsIt("this key belongs to nobody")
    view = Insight(id=uuid7(), name=values["name"], owner_id=ctx.caller.profile_id)
    await _take(ctx, view, values)
    await ctx.save(view)
    return view


@action(insights, name="update", audiences=("staff",))
async def update(ctx: Context, insight: Insight, **values: Any) -> None:
    """Change a kept view, who shares it, or when it is mailed to whom."""
    await _take(ctx, insight, values)
    await ctx.save(insight)


async def _take(ctx: Context, view: Insight, values: dict[str, Any]) -> None:
    question = values.pop("question", None)
    if question is not None:
        given = question.model_dump(mode="json") if isinstance(question, Question) else question
        view.question = {name: value for name, value in given.items() if value is not None}
    apply(insights, view, values)
    faults = [*await question_faults(ctx, view.question), *await _recipient_faults(ctx, view)]
    if view.cadence is not Cadence.NEVER and not view.recipient_ids:
        faults.append(Fault("/recipient_ids", "missing", "say to whom it is mailed"))
    if faults:
        raise Invalid(faults)
    if view.next_at is None or any(name in values for name in _WHEN):
        await plan_next(ctx, view)


async def plan_next(ctx: Context, view: Insight) -> None:
    """Set the moment at which the view is mailed next."""
    zone, _ = await today_of(ctx)
    view.next_at = next_sending(ctx.now, view.cadence, view.send_hour, view.send_day, zone)


async def question_faults(ctx: Context, question: dict[str, Any]) -> list[Fault]:
    """What is wrong with the question, as the figures would say it."""
    zone, today = await today_of(ctx)
    try:
        given = Question.model_validate(question).model_dump()
        checked(ctx, zone, today, given)
    except ValidationError as error:
        return [Fault(f"/question{f.pointer}", f.code, f.message) for f in faults_of(error)]
    except BadRequest as refused:
        return [Fault(f"/question/{f.pointer}", f.code, f.message) for f in refused.faults]
    return []


async def _recipient_faults(ctx: Context, view: Insight) -> list[Fault]:
    faults = []
    wanted: list[UUID] = view.recipient_ids
    found = await ctx.every(profiles).filter(id__in=wanted) if wanted else []
    known: dict[UUID, Profile] = {row.id: row for row in found}
    for number, key in enumerate(wanted):
        row = known.get(key)
        if row is None or row.kind is not ProfileKind.STAFF or row.state is not ProfileState.ACTIVE:
            message = "must be an active member of staff"
            faults.append(Fault(f"/recipient_ids/{number}", "not_staff", message))
    return faults
