"""Reads of the mail channel."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context


async def hold_mail(ctx: Context, mail_id: str) -> None:
    """Let copies of one mail come one after the other. What is right is the unique key behind it;
    this only spares the later ones their work."""
    await ctx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2, 0))",
        str(ctx.tenant_id),
        mail_id,
    )


async def known_mail(ctx: Context, mail_id: str, address: str) -> Mapping[str, Any] | None:
    """What this mail of this sender has become."""
    return await ctx.fetchrow(
        """SELECT m.id, m.interaction_id, m.case_id, c.number FROM messages m
             LEFT JOIN cases c ON c.tenant_id = m.tenant_id AND c.id = m.case_id
            WHERE m.tenant_id = $1 AND m.mail_id = $2 AND m.address = $3
              AND m.direction = 'inbound'""",
        ctx.tenant_id,
        mail_id,
        address,
    )


async def cases_of_mails(ctx: Context, mail_ids: Sequence[str]) -> list[UUID]:
    """Cases that these mails, in or out, belong to; in the order of the ids."""
    rows = await ctx.fetch(
        """SELECT g.place, m.case_id FROM unnest($2::text[]) WITH ORDINALITY AS g (mail_id, place)
             JOIN messages m ON m.tenant_id = $1 AND m.mail_id = g.mail_id
            WHERE m.tenant_id = $1 AND m.case_id IS NOT NULL ORDER BY g.place""",
        ctx.tenant_id,
        list(mail_ids),
    )
    return list(dict.fromkeys(row["case_id"] for row in rows))


async def is_in_mails(ctx: Context, case_id: UUID, address: str) -> bool:
    """Whether a mail of the case has come from this address, or gone to it, before."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM messages WHERE tenant_id = $1 AND case_id = $2
                                 AND address = $3)""",
            ctx.tenant_id,
            case_id,
            address,
        )
    )


async def is_ours(ctx: Context, address: str) -> bool:
    """Whether this is an address of the tenant's own mailboxes."""
    return bool(
        await ctx.fetchval(
            "SELECT EXISTS (SELECT FROM mailboxes WHERE tenant_id = $1 AND address = $2)",
            ctx.tenant_id,
            address,
        )
    )


async def mails_of_case(ctx: Context, case_id: UUID) -> list[Mapping[str, Any]]:
    """Every mail of a case, oldest first."""
    rows = await ctx.fetch(
        """SELECT mail_id, direction, address, subject, interaction_id FROM messages
            WHERE tenant_id = $1 AND case_id = $2 AND mail_id IS NOT NULL ORDER BY at, id
            LIMIT 500""",
        ctx.tenant_id,
        case_id,
    )
    return list(rows)


async def profile_of(
    ctx: Context, contact_id: UUID | None, consumer_id: UUID | None
) -> UUID | None:
    """The profile that stands for this customer."""
    found: UUID | None = await ctx.fetchval(
        """SELECT id FROM profiles WHERE tenant_id = $1
              AND kind IN ('contact', 'consumer')
              AND (contact_id = $2 OR consumer_id = $3) ORDER BY id LIMIT 1""",
        ctx.tenant_id,
        contact_id,
        consumer_id,
    )
    return found
