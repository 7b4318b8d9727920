"""The links of letters: each is one person's, for one decision of one seat, and works once.

Whoever stands in for an approver gets a link of their own, which says for whom they decide and is
good as long as they do. A newer letter to the same person makes the one before it worthless.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.deputy_resource import approval_deputies
from backend.platform.approvals.eligible import is_eligible
from backend.platform.approvals.letters import send_letter
from backend.platform.approvals.models import (
    Approval,
    ApprovalDeputy,
    ApprovalLink,
    ApprovalRequest,
    ApprovalStep,
)
from backend.platform.approvals.resources import approval_links, approvals
from backend.platform.approvals.seating import Seating
from backend.platform.approvals.summary import summary_of
from backend.platform.automations.acting import callers_for
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.ids import uuid7
from tenants import tokens

LINK_DAYS = 14


@dataclass(frozen=True)
class Bearer:
    """Who holds a good link, and the seat that it decides."""

    seat: Approval
    person: Any

    @property
    def is_deputy(self) -> bool:
        return bool(self.person["user_id"] != self.seat.approver_user_id)


async def write_to(
    ctx: Context,
    request: ApprovalRequest,
    step: ApprovalStep,
    row: Approval,
    profiles: Iterable[UUID],
) -> None:
    """Send each of these people the letter about a seat, with a link of their own. Who asked gets
    none, unless the rule lets them decide."""
    seating = Seating.read(step.plan)
    if not seating.by_mail:
        return
    people = await queries.people(ctx, [*profiles, request.requested_by_id])
    asking = people.get(request.requested_by_id)
    chosen = [people[key] for key in dict.fromkeys(profiles) if key in people]
    if asking is not None and not seating.allows_own:
        chosen = [person for person in chosen if person["user_id"] != asking["user_id"]]
    # What they were let in to a moment ago counts for what the letter may say.
    await ctx.flush()
    callers = await callers_for(ctx, [person["id"] for person in chosen])
    for person in chosen:
        if person["email"]:
            token, link = await _mint(ctx, row, person)
            locale = person["locale"] or "en"
            seen = await summary_of(ctx, request, callers.get(person["id"]), locale)
            for_name = row.approver_name if person["id"] != row.approver_id else ""
            await send_letter(ctx, request, link, person, token, seen, for_name=for_name)


async def _mint(ctx: Context, row: Approval, person: Any) -> tuple[str, ApprovalLink]:
    """A new link of this person's for a seat; the one before it is dead."""
    link: ApprovalLink | None = (
        await ctx.every(approval_links).filter(approval_id=row.id, bearer_id=person["id"]).first()
    )
    if link is None:
        link = ApprovalLink(
            id=uuid7(), approval_id=row.id, bearer_id=person["id"], bearer_user_id=person["user_id"]
        )
    token = tokens.mint("approval", ctx.tenant_id, link.id)
    link.token_hash = tokens.digest(token)
    link.expires_at = ctx.now + timedelta(days=LINK_DAYS)
    await ctx.save(link)
    return token, link


async def void(ctx: Context, seats: Sequence[Approval], *, bearer: UUID | None = None) -> None:
    """The links of these seats open nothing any more: everybody's, or one person's."""
    if not seats:
        return
    rows = ctx.every(approval_links).filter(approval_id__in=[row.id for row in seats])
    if bearer is not None:
        rows = rows.filter(bearer_user_id=bearer)
    for link in await rows:
        await ctx.delete(link)


async def bearer_of(ctx: Context, text: str) -> Bearer:
    """Who holds a good link and still may decide by it; raises Invalid, the same for all others."""
    token = tokens.parse(text, "approval")
    link: ApprovalLink | None = None
    if token is not None and token.tenant_id == ctx.tenant_id:
        link = await ctx.find(approval_links, token.row_id)
    if link is None or not tokens.same(link.token_hash, text) or link.expires_at <= ctx.now:
        raise _spent()
    row: Approval | None = await ctx.find(approvals, link.approval_id)
    people = await queries.people(ctx, [link.bearer_id, *([row.approver_id] if row else [])])
    person = people.get(link.bearer_id)
    if row is None or person is None or not await is_eligible(ctx, row):
        raise _spent()
    bearer = Bearer(row, person)
    if bearer.is_deputy:
        deputies = await deputies_of(ctx, [row.approver_user_id])
        if all(each.deputy_user_id != person["user_id"] for each in deputies):
            raise _spent()
    return bearer


async def deputies_of(ctx: Context, principals: Sequence[UUID]) -> list[ApprovalDeputy]:
    """Who decides for these people at this moment."""
    found: list[ApprovalDeputy] = await ctx.every(approval_deputies).filter(
        principal_user_id__in=list(principals),
        active=True,
        starts_at__lte=ctx.now,
        ends_at__gt=ctx.now,
    )
    return found


def _spent() -> Invalid:
    return Invalid([Fault("/token", "spent", "this link is not valid, or no longer")])
