"""Asking, and taking back."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals.asking import ask, take_back
from backend.platform.approvals.deciding import decider_of
from backend.platform.approvals.errors import ApprovalOver, ApprovalPending, NothingToAsk
from backend.platform.approvals.events import ApprovalRecalled, ApprovalRequested
from backend.platform.approvals.matrix import Word
from backend.platform.approvals.models import ApprovalRequest, RequestState
from backend.platform.approvals.naming import require_record
from backend.platform.approvals.planning import Wish
from backend.platform.approvals.resources import approval_requests, approvals
from backend.platform.approvals.seats import note as write_down
from backend.platform.approvals.wanting import ask_where_wanted, latest_about
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context

Note = Annotated[Text, MaxLen(4_000)]


class Asked(BaseModel):
    """The question that waits, or was answered for the record as it is; none where none is due."""

    wanted: bool
    approval_request_id: UUID | None = None
    number: str | None = None
    state: str | None = None


@action(
    approval_requests, on="collection", name="create", audiences=("staff",),
    emits=(ApprovalRequested,),
)  # fmt: skip
async def create(ctx: Context, *, kind: Word, record_id: UUID, note: Note = "") -> ApprovalRequest:
    """Ask for consent to a record as it is; verbs that need consent ask by themselves."""
    resource = await require_record(ctx, kind, record_id)
    wish = Wish(resource, record_id, decider_of(ctx).profile_id, note=note)
    before = await latest_about(ctx, wish)
    if before is not None and before.state is RequestState.PENDING:
        raise ApprovalPending(
            f"{before.number} waits for consent already", approval_request_id=str(before.id)
        )
    made = await ask(ctx, wish)
    if made is None:
        raise NothingToAsk
    return made


@action(
    approvals, on="collection", name="request", audiences=("staff",), emits=(ApprovalRequested,)
)
async def request_where_wanted(
    ctx: Context, *, kind: Word, record_id: UUID, note: Note = ""
) -> Asked:
    """Ask for consent to a record if a rule wants it and it was not asked already; nothing happens
    where none does. What automations do, too."""
    resource = await require_record(ctx, kind, record_id)
    wish = Wish(resource, record_id, decider_of(ctx).profile_id, note=note)
    made = await ask_where_wanted(ctx, wish)
    if made is None:
        return Asked(wanted=False)
    return Asked(
        wanted=True, approval_request_id=made.id, number=made.number, state=made.state.value
    )


@action(
    approval_requests,
    audiences=("staff", "customer", "partner"),
    emits=(ApprovalRecalled,),
)
async def recall(ctx: Context, request: ApprovalRequest, *, reason: Note = "") -> None:
    """Take a question back before it is decided; its links are dead from now on."""
    if request.state is RequestState.RECALLED:
        return
    if request.state is not RequestState.PENDING:
        raise ApprovalOver(f"it is {request.state.value}")
    request.reason = reason or None
    by = (ctx.caller.profile_id, ctx.caller.name)
    await write_down(ctx, request, "recalled", text=reason, by=by)
    await take_back(ctx, request, RequestState.RECALLED)
