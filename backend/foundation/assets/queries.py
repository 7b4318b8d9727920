"""Who may be a contact of an asset: people of the account that owns it, and no others yet."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.context import Context

_SELECTABLE = """
SELECT c.id, c.name, c.account_id FROM contacts c
 WHERE c.tenant_id = $1 AND c.state = 'active' AND c.account_id = $2"""


@dataclass(frozen=True)
class Selectable:
    """Somebody who may be a contact of the asset."""

    id: UUID
    name: str
    account_id: UUID


async def selectable(
    ctx: Context, account_id: UUID, *, after: UUID | None, limit: int
) -> list[Selectable]:
    """The contacts whom an asset of the account may have, in the order of their ids."""
    rows = await ctx.fetch(
        f"""SELECT id, name, account_id FROM ({_SELECTABLE}) s
            WHERE $3::uuid IS NULL OR id > $3 ORDER BY id LIMIT $4""",
        ctx.tenant_id,
        account_id,
        after,
        limit,
    )
    return [Selectable(**dict(row)) for row in rows]


async def is_selectable(ctx: Context, account_id: UUID, contact_id: UUID) -> bool:
    """Whether the contact is one of those."""
    return bool(
        await ctx.fetchval(
            f"SELECT EXISTS (SELECT FROM ({_SELECTABLE}) s WHERE id = $3)",
            ctx.tenant_id,
            account_id,
            contact_id,
        )
    )
