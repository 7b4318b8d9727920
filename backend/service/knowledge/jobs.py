"""What articles do by the clock: they go out, remind their owners, and are retired."""

from uuid import UUID

from backend.platform.notifications.telling import notify
from backend.service.knowledge import queries, rules
from backend.service.knowledge.models import Article, KnowledgeBase
from backend.service.knowledge.publishing import bases_of, give_out, take_away
from backend.service.knowledge.resources import articles
from backend.service.knowledge.timing import BETWEEN, JOB, set_clock
from backend.service.knowledge.translating import without_original
from infra.kernel.context import Context
from infra.kernel.jobs import job, periodic

BATCH = 200
_HELD = (
    "It had to be approved, its last day had passed, its original is not published, or nothing "
    "waited any more."
)


@job(JOB, attempts_max=20)
async def clock(ctx: Context) -> None:
    """Publish, retire and remind what is due; does nothing twice."""
    published = await publish_due(ctx)
    retired = await retire_due(ctx)
    reminded = await remind(ctx)
    upcoming = await queries.next_moment(ctx)
    if max(published, retired, reminded) == BATCH:
        set_clock(ctx, ctx.now)
    elif upcoming is not None:
        # Due and not done yet is what somebody holds at this moment: not asked for at once.
        set_clock(ctx, max(upcoming, ctx.now + BETWEEN))


@periodic("knowledge.watch", every_seconds=900)
async def watch(ctx: Context) -> None:
    """Find moments that nobody waits for."""
    moment = await queries.next_moment(ctx)
    if moment is not None:
        set_clock(ctx, moment)


async def publish_due(ctx: Context) -> int:
    """Give out what is due; what may not go out any more stays, and its owner hears of it."""
    due = await _these(ctx, await queries.to_publish(ctx, BATCH))
    bases = await bases_of(ctx, due) if due else {}
    ready = [row for row in due if _may_go_out(ctx, row, bases[row.knowledge_base_id])]
    alone = await without_original(ctx, ready)
    ready = [row for row in ready if row.id not in alone]
    given = {row.id for row in ready}
    for row in due:
        if row.id not in given:
            row.publish_at = None
            await ctx.save(row)
            await _tell(ctx, row, "was not published", _HELD)
    await give_out(ctx, ready, bases)
    return len(due)


def _may_go_out(ctx: Context, row: Article, base: KnowledgeBase) -> bool:
    is_good = not rules.day_passed(row, base, ctx.now)
    return rules.text_waits(row) and rules.may_go_out(row, base) and is_good


async def retire_due(ctx: Context) -> int:
    """Take away what is past its day."""
    due = await _these(ctx, await queries.to_retire(ctx, BATCH))
    await take_away(ctx, due)
    return len(due)


async def remind(ctx: Context) -> int:
    """Tell each owner once which of their articles end soon."""
    told = 0
    for row in await queries.take_reminders(ctx, BATCH):
        ids, titles = row["ids"], row["titles"]
        told += len(ids)
        if row["owner_profile_id"] is None:
            continue
        many = f"{len(ids)} of your articles end soon"
        await notify(
            ctx,
            [row["owner_profile_id"]],
            topic="articles.ending",
            title=many if len(ids) > 1 else f"{titles[0]} ends soon",
            body="\n".join(titles),
            about=(articles.name, ids[0]),
        )
    return told


async def _these(ctx: Context, ids: list[UUID]) -> list[Article]:
    rows: list[Article] = await ctx.every(articles).filter(id__in=ids) if ids else []
    return rows


async def _tell(ctx: Context, row: Article, what: str, why: str) -> None:
    if row.owner_profile_id is not None:
        await notify(
            ctx, [row.owner_profile_id], topic="articles.publication",
            title=f"{row.number} {row.title} {what}", body=why, about=(articles.name, row.id),
        )  # fmt: skip
