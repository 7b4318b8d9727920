"""Asking where a rule wants it, and only what was not asked already: by itself, when a record is
opened or changes, and for whoever leaves it to the rules whether there is anything to ask."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import structlog

from backend.platform.approvals import queries
from backend.platform.approvals.asking import ask
from backend.platform.approvals.errors import NobodyToAsk
from backend.platform.approvals.models import (
    ApprovalRequest,
    ApprovalRule,
    Occasion,
    RequestState,
)
from backend.platform.approvals.planning import Plan, Wish, plan_for
from backend.platform.approvals.resources import approval_requests, approval_steps
from backend.platform.approvals.rule_resource import approval_rules
from backend.platform.approvals.seats import TOPIC
from backend.platform.approvals.staleness import is_stale
from backend.platform.notifications.telling import notify
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import job
from infra.kernel.relay import JobRow

log = structlog.get_logger(__name__)
CONSIDER = "approvals.consider"
DRAFT = "draft"
_OPENED = ("created", "opened")
_ALL = frozenset(Occasion)


async def latest_about(ctx: Context, wish: Wish) -> ApprovalRequest | None:
    """The last question about the record as it is."""
    found: ApprovalRequest | None = (
        await ctx.every(approval_requests)
        .filter(kind=wish.resource.name, record_id=wish.record_id, action="")
        .order_by("-requested_at", "-id")
        .first()
    )
    return found


async def still_holds(ctx: Context, latest: ApprovalRequest) -> bool:
    """Whether a question waits, or its answer is to the record as it still is."""
    if latest.state is RequestState.PENDING:
        return True
    if latest.state is RequestState.STALE:
        return False
    steps = await ctx.every(approval_steps).filter(request_id=latest.id)
    return not await is_stale(ctx, latest, steps)


async def ask_where_wanted(
    ctx: Context, wish: Wish, occasions: Collection[Occasion] = _ALL
) -> ApprovalRequest | None:
    """Ask if a rule of one of these occasions applies; all that apply add up. What waits or holds
    already is the answer, and None where there is nothing to ask. Of two who ask at once, the
    database lets one. Raises NobodyToAsk, NotFound."""
    latest = await latest_about(ctx, wish)
    if latest is not None and await still_holds(ctx, latest):
        return latest
    plan = await plan_for(ctx, wish)
    if not any(rule.occasion in occasions for rule in _applying(plan)):
        return None
    follows = None if latest is None or latest.state is RequestState.RECALLED else latest
    return await ask(ctx, wish, plan=plan, follows=follows)


def _applying(plan: Plan) -> list[ApprovalRule]:
    return [match.rule for match in plan.matches if match.applies]


# ── By itself ────────────────────────────────────────────────────────────────────────────────


async def follow_records(
    connection: Any, tenant_id: UUID, events: Sequence[RecordedEvent]
) -> list[JobRow]:
    """Records that were opened or have changed, of kinds about which some rule asks by itself."""
    wanted = await queries.asked_by_themselves(connection, tenant_id)
    found: dict[str, JobRow] = {}
    for event in events:
        opening = is_opening(event)
        occasions = wanted.get(event.kind, set())
        if not (occasions if opening else event.changes and Occasion.ON_CHANGE in occasions):
            continue
        key = f"{CONSIDER}:{event.record_id}:{'opened' if opening else 'changed'}"
        found.setdefault(
            key,
            JobRow(
                name=CONSIDER,
                arguments={
                    "kind": event.kind, "record_id": str(event.record_id), "opening": opening,
                    "by_id": event.actor.get("profile_id"),
                },
                actor=event.actor,
                key=key,
                attempts_max=5,
                request_id=event.request_id,
                priority=2,
            ),
        )  # fmt: skip
    return list(found.values())


def is_opening(event: RecordedEvent) -> bool:
    """Whether a record begins to be one: made, opened, or a draft no longer."""
    if event.type in {f"{event.kind}.{fact}" for fact in _OPENED}:
        return True
    moved = event.changes.get("state")
    return moved is not None and moved[0] == DRAFT


@job(CONSIDER)
async def consider(
    ctx: Context, *, kind: str, record_id: UUID, opening: bool, by_id: UUID | None = None
) -> None:
    """Ask about a record that was opened or has changed, where a rule does so by itself."""
    resource = ctx.services.registry.resources[kind]
    row = await ctx.find(resource, record_id, lock=True)
    if row is None or getattr(row, "state", None) == DRAFT:
        return
    rules: Sequence[ApprovalRule] = (
        await ctx.every(approval_rules)
        .filter(active=True, resource=kind, action="")
        .order_by("position", "key")
    )
    occasions = {Occasion.ON_CHANGE, *([Occasion.ON_OPENING] if opening else [])}
    asking = await _asks(ctx, by_id, [r.author_id for r in rules if r.occasion in occasions])
    if asking is None:
        return
    wish = Wish(resource, record_id, asking)
    latest = await latest_about(ctx, wish)
    if latest is not None and await queries.follows_from(ctx, latest.id, ctx.request_id):
        return  # what an answer brings about asks nothing anew
    try:
        async with ctx.savepoint():
            await ask_where_wanted(ctx, wish, occasions)
    except NobodyToAsk as nobody:
        log.warning("approvals.nobody_to_ask", kind=kind, record_id=str(record_id))
        await notify(
            ctx, sorted({r.author_id for r in rules if r.author_id}), topic=TOPIC,
            title=f"{resource.title}: there is nobody who could approve it", body=nobody.detail,
            about=(kind, record_id),
        )  # fmt: skip


async def _asks(ctx: Context, by_id: UUID | None, authors: Sequence[UUID | None]) -> UUID | None:
    """In whose name it is asked: whoever did it, or else wrote the rule, and is here still."""
    named = [each for each in (by_id, *authors) if each is not None]
    here = await queries.people(ctx, named)
    return next((each for each in named if each in here), None)
