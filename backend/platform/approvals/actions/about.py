"""What consent was asked for about one record, and what became of it."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.approvals.matrix import Word
from backend.platform.approvals.models import ApprovalEntry, ApprovalRequest
from backend.platform.approvals.naming import require_record
from backend.platform.approvals.resources import approval_entries, approval_requests, approvals
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.reading import reached


class Happened(BaseModel):
    """Something that happened to a question."""

    what: str
    by_name: str
    for_name: str | None
    text: str
    at: datetime


class AskedAbout(BaseModel):
    """A question about the record; `can_open` is whether it is there for the caller as a whole."""

    id: UUID
    number: str | None
    action: str
    state: str
    requester_name: str
    requested_at: datetime
    can_open: bool
    history: list[Happened]


class AskedAboutList(BaseModel):
    """The latest questions first."""

    items: list[AskedAbout]


@action(approvals, on="collection", name="about", method="GET", verb="read", audiences=("staff",))
async def about(
    ctx: Context, *, kind: Word, record_id: UUID, limit: Annotated[int, Ge(1), Le(50)] = 10
) -> AskedAboutList:
    """What was asked about a record that one may read, with its history."""
    await require_record(ctx, kind, record_id)
    rows: list[ApprovalRequest] = (
        await ctx.every(approval_requests)
        .filter(record_id=record_id, kind=kind)
        .order_by("-requested_at", "-id")
        .limit(limit)
    )
    ids = [row.id for row in rows]
    mine = await reached(ctx.services, ctx.connection, ctx.caller, approval_requests, ids)
    entries: list[ApprovalEntry] = (
        await ctx.every(approval_entries).filter(request_id__in=ids).order_by("created_at", "id")
    )
    told: dict[UUID, list[Happened]] = defaultdict(list)
    for each in entries:
        told[each.request_id].append(
            Happened(
                what=each.what,
                by_name=each.by_name,
                for_name=each.for_name,
                text=each.text,
                at=each.created_at,
            )
        )
    return AskedAboutList(
        items=[
            AskedAbout(
                id=row.id,
                number=row.number,
                action=row.action,
                state=row.state.value,
                requester_name=row.requester_name,
                requested_at=row.requested_at,
                can_open=row.id in mine,
                history=told[row.id],
            )
            for row in rows
        ]
    )
