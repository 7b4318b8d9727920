"""Looking at what is decided, and at who could decide it instead."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals import queries
from backend.platform.approvals.actions.decide import PEOPLE
from backend.platform.approvals.models import ApprovalRequest
from backend.platform.approvals.resources import approval_requests, approvals
from backend.platform.approvals.summary import Summary, summary_of
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context


class Colleague(BaseModel):
    """Somebody to whom one may hand a question on, or whom one may name as a deputy."""

    profile_id: UUID
    name: str


class Colleagues(BaseModel):
    """One's own people, in the order of their names."""

    items: list[Colleague]


@action(approval_requests, name="summary", method="GET", verb="read", audiences=PEOPLE)
async def summary(
    ctx: Context, request: ApprovalRequest, *, locale: Annotated[Text, MaxLen(20)] = "en"
) -> Summary:
    """What is decided about: what would change, and what the record is, as far as one may read."""
    return await summary_of(ctx, request, ctx.caller, locale)


@action(approvals, on="collection", name="colleagues", method="GET", verb="read", audiences=PEOPLE)
async def colleagues(ctx: Context) -> Colleagues:
    """Who could decide in one's place: staff for staff, and of a company its own people, for those
    of them who have been asked for consent."""
    caller = ctx.caller
    if caller.user_id is None or caller.profile_id is None:
        return Colleagues(items=[])
    rows = await queries.colleagues_of(ctx, caller.user_id, caller.profile_id, caller.profile_kind)
    return Colleagues(items=[Colleague(profile_id=row["id"], name=row["name"]) for row in rows])
