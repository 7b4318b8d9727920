"""What waits for somebody."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import BaseModel

from backend.platform.approvals import queries
from backend.platform.approvals.actions.decide import PEOPLE
from backend.platform.approvals.resources import approvals
from infra.kernel.actions import action
from infra.kernel.context import Context


class Waiting(BaseModel):
    """A question that waits for the caller; `for_name` is whose deputy the caller is in it."""

    approval_id: UUID
    request_id: UUID
    number: str | None
    kind: str
    record_id: UUID
    subject: str
    action: str
    note: str
    requester_name: str
    requested_at: datetime
    waits_for_answer: bool
    why: str
    due_at: datetime | None
    is_overdue: bool
    for_name: str | None


class WaitingList(BaseModel):
    """The most urgent of them, and how many there are."""

    count: int
    items: list[Waiting]


@action(approvals, on="collection", name="waiting", method="GET", verb="read", audiences=PEOPLE)
async def waiting(ctx: Context, *, limit: Annotated[int, Ge(0), Le(200)] = 50) -> WaitingList:
    """What waits for one's own decision, or for that of somebody whose deputy one is."""
    caller = ctx.caller
    if caller.user_id is None or caller.profile_id is None:
        return WaitingList(count=0, items=[])
    who = (caller.user_id, caller.profile_id, caller.profile_kind)
    rows = await queries.waiting_for(ctx, *who, limit) if limit else []
    return WaitingList(
        count=await queries.how_many_wait(ctx, *who),
        items=[Waiting(**(dict(row) | {"is_overdue": bool(row["is_overdue"])})) for row in rows],
    )
