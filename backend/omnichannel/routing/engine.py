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
from backend.omnichannel.routing.passes import Standing, pack, people, standing
from backend.omnichannel.routing.queries import Cursor, GroupBook, NeedBook, SkillBook
from backend.omnichannel.routing.router import Router
from backend.omnichannel.routing.rules import Decision, Need, Outcome
from infra.kernel.context import Context
from infra.kernel.jobs import JobRun, job, periodic

PAGE = 500
PAGES_MAX = 400
ROUTE = "routing.route"
BUSY_SECONDS = 0.005
BUSY_TRIES = 40


@dataclass
class Walk:
    """How far one pass has come, and what it need not read or work out again for each page."""

    after: Cursor | None = None
    skills: SkillBook | None = None
    groups: GroupBook | None = None
    router: Router | None = None
    people: bytes = b""
    needs: NeedBook = field(default_factory=dict)
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
        async with run.transaction(durable=False) as ctx:
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
    router = await _router(ctx, walk)
    if not router.has_room:
        return Page()
    waiting, end = await queries.waiting_items(
        ctx, router.skills_at_hand, router.groups_at_hand, walk.after, limit, walk.needs
    )
    if end is None:
        return Page()
    walk.after = end
    before = standing(router.agents, walk.people)
    outcome = router.route(waiting)
    if outcome.decisions:
        await _store(ctx, walk, before, outcome.decisions)
    await _note_waiting(ctx, outcome)
    more = len(waiting) == limit and router.has_room
    return Page(len(outcome.decisions), len(waiting), more)


async def _router(ctx: Context, walk: Walk) -> Router:
    """The walk's router while everybody stands as it left them, else a new one; those with room
    are locked either way."""
    if walk.router is not None and await queries.stand_as_left(ctx, walk.router.agents):
        walk.router.go_on(ctx.now)
        return walk.router
    if walk.skills is None:
        walk.skills = await queries.skill_book(ctx)
    if walk.groups is None:
        walk.groups = await queries.group_book(ctx)
    agents = await queries.agents_with_presence(ctx, walk.skills, walk.groups)
    walk.router, walk.people = Router(agents, ctx.now), people(agents)
    return walk.router


async def _store(ctx: Context, walk: Walk, before: Standing, decisions: Sequence[Decision]) -> None:
    """Make the offers, and set one timer for all that end at the same moment."""
    await _name_skills(ctx, walk, decisions)
    said: dict[tuple[int, int, int], str] = {}
    words = [_said(said, decision, walk.skill_names) for decision in decisions]
    for agent in await queries.store_decisions(ctx, pack(before, decisions), decisions, words):
        agent.version += 1
    for seconds in {decision.item.offer_seconds for decision in decisions}:
        moment = ctx.now + timedelta(seconds=seconds)
        key = f"routing.expire:{moment.isoformat()}"
        ctx.enqueue("routing.expire", key=key, run_at=moment, priority=1)


async def _name_skills(ctx: Context, walk: Walk, decisions: Sequence[Decision]) -> None:
    needs = {id(d.item.need): d.item.need for d in decisions}.values()
    needed = {skill for need in needs for skill, _ in need.skills}
    if unknown := needed - walk.skill_names.keys():
        walk.skill_names.update(await queries.skill_names(ctx, list(unknown)))


def _said(
    said: dict[tuple[int, int, int], str], decision: Decision, names: Mapping[UUID, str]
) -> str:
    """The words for the agent; the same for all of one need while the same agents could."""
    key = (id(decision.item.need), id(decision.told), len(decision.declined))
    words = said.get(key)
    if words is None:
        words = said[key] = offer_words(decision.item.need, decision.others, names)
    return words


def offer_words(need: Need, others: int, names: Mapping[UUID, str]) -> str:
    """Why it is this agent, in a sentence for them."""
    skills = [names.get(skill, "") for skill, _ in need.skills]
    have = f"You have what it needs ({', '.join(sorted(skills))})" if skills else "You have room"
    if not others:
        return f"{have}, and nobody else could take it now."
    return f"{have}, and have waited longest of {others + 1}."


async def _note_waiting(ctx: Context, outcome: Outcome) -> None:
    nobody = [item.id for item in outcome.nobody if item.waiting_reason == "routing"]
    declined = [
        (item.id, ctx.now + timedelta(seconds=item.retry_seconds))
        for item in outcome.declined_by_all
        if item.waiting_reason != "declined_by_all"
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
