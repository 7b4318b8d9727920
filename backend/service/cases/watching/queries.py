"""Whom a case's watchers are, as mail must know them."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.context import Context


@dataclass(frozen=True)
class Addressee:
    """A watcher with an address."""

    profile_id: UUID
    name: str
    email: str
    locale: str


async def addressees(ctx: Context, case_id: UUID, but: UUID | None) -> list[Addressee]:
    """The active watchers of a case, but for whoever did what is told."""
    rows = await ctx.fetch(
        """SELECT p.id AS profile_id, u.name, u.email, u.locale
             FROM case_watchers w
             JOIN profiles p ON p.tenant_id = w.tenant_id AND p.id = w.profile_id
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE w.tenant_id = $1 AND w.case_id = $2 AND p.state = 'active'
              AND p.id IS DISTINCT FROM $3
            ORDER BY w.created_at, w.id""",
        ctx.tenant_id,
        case_id,
        but,
    )
    return [Addressee(**dict(row)) for row in rows]


async def was_mailed(ctx: Context, message_id: str) -> bool:
    """Whether this very mail has been queued before."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM outbound_mails
                               WHERE tenant_id = $1 AND message_id = $2)""",
            ctx.tenant_id,
            message_id,
        )
    )
