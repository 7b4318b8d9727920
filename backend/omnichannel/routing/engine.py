"""Routing as it runs: batches of offers, made by one writer at a time.

A pass walks through the waiting items in the order of service, a page to a transaction, until
nobody has room or nothing is left. Whatever changes who could take what wakes it: an item queued,
an agent who comes or gets room, an answer, a timer. A wake-up is a job, so none is lost, and many
at once are one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from backend.omnichannel.routing import queries
from backend.omnichannel.routing.events import WorkItemTimedOut
from backend.omnichannel.routing.passes import agents_json, pack
from backend.omnichannel.routing.queries import Cursor, SkillBook, Waiting
from backend.omnichannel.routing.rules import Decision, Outcome, Router, skills_at_hand
from infra.kernel.context import Context
from infra.kernel.jobs import JobRun, job, periodic

PAGE = 500
PAGES_MAX = 400
ROUTE = "routing.route"
BUSY_SECONDS = 0.005
BUSY_TRIES = 40


@dataclass
class Walk:
    """How far one pass has come, and what it need not read again for each page."""

    after: Cursor | None = None
    skills: SkillBook | None = None
    skill_names: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What one transaction of a pass did; `more` says whether the next may find something."""

    offered: int = 0
    looked_at: int = 0
    more: bool = False
    busy: bool = False


def wake_router(ctx: Context) -> None:
    """Have a pass run as soon as this transaction has committed."""
    ctx.enqueue(ROUTE, key=ROUTE, priority=0)


@job(ROUTE, network=True, timeout_seconds=120)
async def route(run: JobRun) -> None:
    """Offer what waits to whoever has room, page by page."""
    walk = Walk()
    patience = BUSY_TRIES
    for _ in range(PAGES_MAX):
        async with run.transaction() as ctx:
            page = await route_batch(ctx, walk)
            if page.busy and not patience:
                come_back(ctx)
        if page.busy and patience:
            patience -= 1
            await asyncio.sleep(BUSY_SECONDS)
        elif not page.more:
            return
    async with run.transaction() as ctx:
        wake_router(ctx)


def come_back(ctx: Context) -> None:
    """Look again shortly: another writer is at work and may not have seen what woke this one."""
    run_at = ctx.now + timedelta(seconds=BUSY_SECONDS)
    ctx.enqueue(ROUTE, key=f"{ROUTE}:again", priority=0, run_at=run_at)


async def route_batch(ctx: Context, walk: Walk | None = None, *, limit: int = PAGE) -> Page:
    """Decide one page of waiting items and store offers, places and reasons."""
    walk = walk or Walk()
    if not await queries.try_writer_lock(ctx):
        return Page(busy=True)
    if walk.skills is None:
        walk.skills = await queries.skill_book(ctx)
    agents = await queries.agents_with_presence(ctx, walk.skills)
    router = Router(agents, ctx.now)
    if not router.has_room:
        return Page()
    waiting = await queries.waiting_items(ctx, list(skills_at_hand(agents)), walk.after, limit)
    if not waiting:
        return Page()
    walk.after = waiting[-1].cursor
    standing = agents_json(agents)
    outcome = router.route([one.item for one in waiting])
    by_id = {one.item.id: one for one in waiting}
    if outcome.decisions:
        await _store(ctx, walk, standing, outcome.decisions, by_id)
    await _note_waiting(ctx, outcome, by_id)
    more = len(waiting) == limit and router.has_room
    return Page(len(outcome.decisions), len(waiting), more)


async def _store(
    ctx: Context,
    walk: Walk,
    standing: bytes,
    decisions: Sequence[Decision],
    by_id: Mapping[UUID, Waiting],
) -> None:
    """Make the offers, and set one timer for all that end at the same moment."""
    await _name_skills(ctx, walk, decisions)
    ends = {
        seconds: ctx.now + timedelta(seconds=seconds)
        for seconds in {one.offer_seconds for one in by_id.values()}
    }
    expires_at = [ends[by_id[d.item.id].offer_seconds] for d in decisions]
    words = [offer_words(decision, walk.skill_names) for decision in decisions]
    await queries.store_decisions(ctx, pack(standing, decisions), decisions, expires_at, words)
    for moment in set(expires_at):
        key = f"routing.expire:{moment.isoformat()}"
        ctx.enqueue("routing.expire", key=key, run_at=moment, priority=1)


async def _name_skills(ctx: Context, walk: Walk, decisions: Sequence[Decision]) -> None:
    needed = {skill for d in decisions for skill, _ in d.item.need.skills}
    if unknown := needed - walk.skill_names.keys():
        walk.skill_names.update(await queries.skill_names(ctx, list(unknown)))


def offer_words(decision: Decision, names: Mapping[UUID, str]) -> str:
    """Why it is this agent, in a sentence for them."""
    others = decision.letters.count(b"e")
    skills = [names.get(skill, "") for skill, _ in decision.item.need.skills]
    have = f"You have what it needs ({', '.join(sorted(skills))})" if skills else "You have room"
    if not others:
        return f"{have}, and nobody else could take it now."
    return f"{have}, and have waited longest of {others + 1}."


async def _note_waiting(ctx: Context, outcome: Outcome, by_id: Mapping[UUID, Waiting]) -> None:
    nobody = [i.id for i in outcome.nobody if by_id[i.id].waiting_reason == "routing"]
    declined = [
        (i.id, ctx.now + timedelta(seconds=by_id[i.id].retry_seconds))
        for i in outcome.declined_by_all
        if by_id[i.id].waiting_reason != "declined_by_all"
    ]
    if nobody or declined:
        await queries.note_waiting(ctx, nobody, declined)
    for moment in {at for _, at in declined}:
        ctx.enqueue("routing.retry", key=f"routing.retry:{moment.isoformat()}", run_at=moment)


@job("routing.expire", attempts_max=20)
async def expire(ctx: Context) -> None:
    """Take back the offers that nobody answered in time."""
    taken_back = await queries.take_back_expired(ctx)
    for item_id, profile_id in taken_back:
        ctx.emit(WorkItemTimedOut(item_id, offered_to_id=profile_id))
    if taken_back:
        wake_router(ctx)


@job("routing.retry", attempts_max=20)
async def retry(ctx: Context) -> None:
    """Offer once more what everybody passed on."""
    if await queries.forget_declines_due(ctx):
        wake_router(ctx)


@periodic("routing.sweep", every_seconds=60)
async def sweep(ctx: Context) -> None:
    """See to whatever waits although it need not, however that came about."""
    waiting, overdue, due = await queries.anything_to_do(ctx)
    if overdue:
        ctx.enqueue("routing.expire", key="routing.expire:sweep", priority=1)
    if due:
        ctx.enqueue("routing.retry", key="routing.retry:sweep")
    if waiting:
        wake_router(ctx)


@periodic("routing.forget", every_seconds=3600)
async def forget(ctx: Context) -> None:
    """Forget decisions after ninety days."""
    await queries.forget_old(ctx)
