"""Telling the watchers of a case what happened: each as far as they may see it at that moment."""

from typing import Any
from uuid import UUID

from backend.platform.templates.filling import fill
from backend.platform.templates.recipients import Person
from backend.platform.templates.standard import WATCHED, in_use
from backend.service.cases.events import (
    CaseClosed,
    CaseCommented,
    CaseEscalated,
    CaseReopened,
    CaseResolved,
)
from backend.service.cases.resources import cases
from backend.service.cases.watching.queries import Addressee, addressees, was_mailed
from backend.service.cases.watching.resources import case_watchers
from infra.kernel.context import Context
from infra.kernel.errors import Problem
from infra.kernel.events import RecordedEvent
from infra.kernel.ids import parse
from infra.kernel.jobs import JobRun, job, reaction
from infra.kernel.mail import queue_mail
from infra.kernel.reading import read_one
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row

STAFF_ONLY = frozenset({CaseEscalated.type})


@reaction(CaseCommented, CaseResolved, CaseClosed, CaseReopened, CaseEscalated)
async def tell_watchers(ctx: Context, event: RecordedEvent) -> None:
    """Something happened on a case that somebody watches."""
    if await ctx.every(case_watchers).filter(case_id=event.record_id).exists():
        ctx.enqueue(
            "cases.tell_watchers",
            {
                "case_id": str(event.record_id),
                "event_id": str(event.id),
                "event_type": event.type,
                "by": str(event.actor.get("profile_id") or ""),
            },
            key=f"cases.tell_watchers:{event.id}",
            priority=6,
        )


@job("cases.tell_watchers", network=True, timeout_seconds=120)
async def tell(run: JobRun, *, case_id: UUID, event_id: UUID, event_type: str, by: str) -> None:
    """Mail each watcher who may see the case now; told once, however often this runs."""
    async with run.transaction() as ctx:
        watching = await addressees(ctx, case_id, parse(by) if by else None)
    for watcher in watching:
        seen = await _seen_by(run, watcher, case_id, event_type)
        if seen is not None:
            async with run.transaction() as ctx:
                await _write(ctx, watcher, seen, event_id, event_type)


async def _seen_by(
    run: JobRun, watcher: Addressee, case_id: UUID, event_type: str
) -> dict[str, Any] | None:
    """The case as the watcher sees it; None for who may not see it, or not what happened."""
    try:
        caller = await run.services.callers.of_profile(run.tenant_id, watcher.profile_id)
        if event_type in STAFF_ONLY and caller.audience != "staff":
            return None
        told, _ = await read_one(run.services, caller, cases.name, case_id, {})
    except Problem:
        return None
    return told


async def _write(
    ctx: Context, watcher: Addressee, seen: dict[str, Any], event_id: UUID, event_type: str
) -> None:
    message_id = f"<{event_id}.{watcher.profile_id}@watchers.atrium>"
    if await was_mailed(ctx, message_id):
        return
    site = await site_row(ctx)
    number, subject = seen.get("number") or "", " ".join(str(seen.get("subject") or "").split())
    words = await fill(
        ctx,
        await in_use(ctx, (WATCHED,)),
        {
            "record": seen | {"subject": subject.replace("://", " ")},
            "event": {"type": event_type},
            "letter": {"link": f"{await site_url(ctx)}/cases/{number}"},
        },
        Person(_plain(watcher.name), watcher.email, watcher.locale, watcher.profile_id),
    )
    await queue_mail(
        ctx,
        watcher.email,
        words.subject,
        words.body,
        words.html,
        kind=cases.name,
        record_id=UUID(str(seen["id"])),
        sender_name=" ".join(site["name"].split()) if site else "",
        message_id=message_id,
    )


def _plain(text: str) -> str:
    """One line without addresses, whatever was typed."""
    return " ".join(text.replace("://", " ").split())
