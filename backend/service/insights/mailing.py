"""Mailing kept views: to each recipient what they themselves may see, once for each occasion."""

from urllib.parse import urlencode
from uuid import UUID

from backend.service.insights.actions.keep import plan_next
from backend.service.insights.asked import checked
from backend.service.insights.counting_queries import is_counting
from backend.service.insights.figures import figures_of, today_of
from backend.service.insights.letters import file_of, html_of, text_of
from backend.service.insights.models import Insight, LetterFormat
from backend.service.insights.resources import Question, insights
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Forbidden, Unauthorized
from infra.kernel.jobs import job, periodic
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.people.models import Profile, User
from tenants.people.resources import profiles, users
from tenants.signin.bearers import caller_of
from tenants.signin.queries import load_profiles

SEND = "insights.send"
EVERY_SECONDS = 300
VIEWS_MOST = 200


@periodic("insights.mail", every_seconds=EVERY_SECONDS)
async def mail_due(ctx: Context) -> None:
    """Queue a letter for every recipient of every view whose time has come; while cases are still
    being counted, the letters wait."""
    if await is_counting(ctx):
        return
    due: list[Insight] = (
        await ctx.every(insights)
        .filter(next_at__lte=ctx.now)
        .order_by("next_at")
        .limit(VIEWS_MOST)
        .select_for_update()
    )
    for view in due:
        occasion = view.next_at.isoformat() if view.next_at else ""
        for profile_id in dict.fromkeys(view.recipient_ids):
            told = {"insight_id": str(view.id), "profile_id": str(profile_id)}
            ctx.enqueue(SEND, told, key=f"{SEND}:{view.id}:{profile_id}:{occasion}")
        view.sent_at = ctx.now
        await plan_next(ctx, view)
        await ctx.save(view)


@job(SEND)
async def send(ctx: Context, *, insight_id: UUID, profile_id: UUID) -> None:
    """Mail a view as its recipient would see it; nothing, where they may not see it."""
    view: Insight | None = await ctx.find(insights, insight_id)
    profile: Profile | None = await ctx.find(profiles, profile_id)
    person: User | None = await ctx.find(users, profile.user_id if profile else None)
    facts = (await load_profiles(ctx, [profile_id])).get(profile_id)
    if view is None or person is None or facts is None or not person.email:
        return
    try:
        caller = caller_of(ctx.tenant_id, profile_id, facts, ctx.services.registry)
    except Unauthorized:
        return
    acting = Context(ctx.services, ctx.connection, caller)
    if not acting.may(insights, "figures"):
        return
    zone, today = await today_of(acting)
    try:
        given = Question.model_validate(view.question).model_dump()
        figures = await figures_of(acting, checked(acting, zone, today, given))
    except (Forbidden, BadRequest):
        return
    link = f"{await site_url(ctx)}/workspace/insights?{urlencode(view.question)}"
    files = (file_of(figures),) if view.format is LetterFormat.CSV else ()
    await queue_mail(
        ctx, person.email, view.name,
        text_of(view.name, figures, link, person.locale),
        html_of(view.name, figures, link, person.locale),
        kind="insights", record_id=view.id, files=files,
    )  # fmt: skip
