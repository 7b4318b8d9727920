"""Who may be a contact of an asset: people of the account that owns it, people of its partners, and
those who act for it (F62)."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.context import Context

# Seen from the owner's side: on the forward side of a relationship the other stands as `to_role`.
_SELECTABLE = """
SELECT c.id, c.name, c.account_id FROM contacts c
 WHERE c.tenant_id = $1 AND c.state = 'active' AND (
   c.account_id = $2
   OR c.account_id IN (
     SELECT r.related_account_id FROM account_relationships r
       JOIN account_relationship_types t ON t.tenant_id = r.tenant_id AND t.id = r.type_id
      WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.state = 'active'
        AND CASE r.direction WHEN 'forward' THEN t.to_role ELSE t.from_role END = 'partner')
   OR c.id IN (
     SELECT s.contact_id FROM contact_relationships s
      WHERE s.tenant_id = $1 AND s.account_id = $2 AND s.state = 'active'))"""

_STRAYED = """
SELECT x.id FROM asset_contacts x
  JOIN assets a ON a.tenant_id = x.tenant_id AND a.id = x.asset_id
  JOIN contacts c ON c.tenant_id = x.tenant_id AND c.id = x.contact_id
 WHERE x.tenant_id = $1 AND c.account_id <> a.account_id
   AND NOT EXISTS (
     SELECT FROM account_relationships r
       JOIN account_relationship_types t ON t.tenant_id = r.tenant_id AND t.id = r.type_id
      WHERE r.tenant_id = $1 AND r.account_id = a.account_id
        AND r.related_account_id = c.account_id AND r.state = 'active'
        AND CASE r.direction WHEN 'forward' THEN t.to_role ELSE t.from_role END = 'partner')
   AND NOT EXISTS (
     SELECT FROM contact_relationships s
      WHERE s.tenant_id = $1 AND s.account_id = a.account_id
        AND s.contact_id = c.id AND s.state = 'active')
 ORDER BY x.id LIMIT $2"""


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


async def strayed(ctx: Context, limit: int) -> list[UUID]:
    """Ties of assets to people who have nothing to do with the owner any more."""
    return [row["id"] for row in await ctx.fetch(_STRAYED, ctx.tenant_id, limit)]
