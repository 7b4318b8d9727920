"""Who may be chosen to stand for an account (F44)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context

# The account's hierarchy is everything below the topmost company it lies under; related accounts
# are those with a relationship that holds. Its own contacts need no relationship to it.
_FAMILY = """
WITH top AS (
  SELECT split_part(path, '/', 1) || '/' AS low, split_part(path, '/', 1) || '0' AS high
    FROM accounts WHERE tenant_id = $1 AND id = $2
), family AS (
  SELECT a.id FROM accounts a, top
   WHERE a.tenant_id = $1 AND a.path >= top.low AND a.path < top.high
  UNION
  SELECT r.related_account_id FROM account_relationships r
   WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.state = 'active'
)
"""

_PAGE = (
    _FAMILY
    + """
SELECT c.id, c.number, c.name, c.email, c.account_id, a.name AS account_name
  FROM contacts c JOIN family ON family.id = c.account_id
  JOIN accounts a ON a.tenant_id = c.tenant_id AND a.id = c.account_id
 WHERE c.tenant_id = $1 AND c.account_id <> $2 AND c.state = 'active'
   AND ($3::uuid IS NULL OR (c.name, c.id) > (
         SELECT x.name, x.id FROM contacts x WHERE x.tenant_id = $1 AND x.id = $3))
   AND ($4 = '' OR strpos(lower(c.name), lower($4)) > 0)
 ORDER BY c.name, c.id LIMIT $5
"""
)

_ONE = (
    _FAMILY
    + """
SELECT EXISTS (
  SELECT FROM contacts c JOIN family ON family.id = c.account_id
   WHERE c.tenant_id = $1 AND c.id = $3 AND c.account_id <> $2 AND c.state = 'active')
"""
)


async def selectable(
    ctx: Context, account_id: UUID, *, after: UUID | None, words: str, most: int
) -> Sequence[Any]:
    """A page of the contacts who may be chosen for the account, by name."""
    return await ctx.fetch(_PAGE, ctx.tenant_id, account_id, after, words, most)


async def is_selectable(ctx: Context, account_id: UUID, contact_id: UUID) -> bool:
    """Whether this contact may be chosen for the account."""
    return bool(await ctx.fetchval(_ONE, ctx.tenant_id, account_id, contact_id))
