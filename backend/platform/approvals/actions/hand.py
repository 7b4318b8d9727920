"""Handing a question on to somebody else: signed in, or by the link of a letter."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel

from backend.platform.approvals import queries
from backend.platform.approvals.actions.decide import PEOPLE, Comment
from backend.platform.approvals.actions.link import Token, bear
from backend.platform.approvals.actions.talk import require_pending
from backend.platform.approvals.deciding import decider_of, seats_of
from backend.platform.approvals.errors import NotAsked
from backend.platform.approvals.handing import hand_over, open_seats
from backend.platform.approvals.models import Approval, ApprovalRequest
from backend.platform.approvals.resources import approval_requests
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.people.resources import profiles


class HandedOn(BaseModel):
    """Who decides now."""

    name: str


@action(approval_requests, name="reassign", audiences=PEOPLE)
async def reassign(
    ctx: Context,
    request: ApprovalRequest,
    *,
    to_id: UUID,
    from_id: UUID | None = None,
    reason: Comment = "",
) -> None:
    """Let somebody else decide in one's place; who oversees approvals may move anybody's."""
    require_pending(request)
    moving = await _movable(ctx, await open_seats(ctx, request), from_id)
    by = (ctx.caller.profile_id, ctx.caller.name)
    await hand_over(ctx, request, moving, to_id, by=by, reason=reason)


async def _movable(ctx: Context, seats: list[Approval], from_id: UUID | None) -> list[Approval]:
    mine = await seats_of(ctx, seats, decider_of(ctx))
    if from_id is not None:
        oversees = ctx.plan(approval_requests).is_total("reassign")
        # Whichever of the profiles was named: the person is asked, not the profile.
        profile = await ctx.find(profiles, from_id)
        person = profile.user_id if profile is not None else None
        mine = [row for row in (seats if oversees else mine) if row.approver_user_id == person]
    if not mine:
        raise NotAsked
    return mine


@action(approval_requests, on="collection", name="hand_on", verb="respond")
async def hand_on(
    ctx: Context,
    *,
    token: Token,
    to: Annotated[Text, MinLen(1), MaxLen(320)],
    reason: Comment = "",
) -> HandedOn:
    """Let a colleague decide, with the link from the letter: they get one of their own, and this
    one is spent. They are named by their address, so that a link tells nobody who works here."""
    request, bearer = await bear(ctx, token)
    row, person = bearer.seat, bearer.person
    found = await queries.colleagues_of(
        ctx, row.approver_user_id, row.approver_id, row.approver_kind, address=to.strip().lower()
    )
    if not found:
        message = "none of your own people has this address"
        raise Invalid([Fault("/to", "not_found", message)])
    by = (person["id"], person["name"])
    await hand_over(ctx, request, [row], found[0]["id"], by=by, reason=reason, pointer="/to")
    return HandedOn(name=found[0]["name"])
