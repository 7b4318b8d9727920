"""Places of a whole hierarchy of accounts, found along the accounts' paths."""

from dataclasses import dataclass
from uuid import UUID

from backend.foundation.accounts.queries import PREFIX_END
from infra.kernel.context import Context


@dataclass(frozen=True)
class Place:
    """An address or site, and the account that it belongs to."""

    id: UUID
    name: str
    purpose: str
    line1: str
    postal_code: str | None
    city: str
    country: str
    account_id: UUID
    account_name: str
    account_path: str


@dataclass(frozen=True)
class Homeless:
    """An account without a site."""

    id: UUID
    number: str | None
    name: str
    path: str


async def places_beneath(
    ctx: Context, path: str, *, purpose: str | None, after: UUID | None, limit: int
) -> list[Place]:
    """The places of the account with this path and of those below it, in the order of their ids."""
    rows = await ctx.fetch(
        """SELECT l.id, l.name, l.purpose, l.line1, l.postal_code, l.city, l.country, l.account_id,
             a.name AS account_name, a.path AS account_path
           FROM accounts a JOIN locations l ON l.tenant_id = a.tenant_id AND l.account_id = a.id
           WHERE a.tenant_id = $1 AND l.tenant_id = $1 AND a.path >= $2 AND a.path < $3
             AND ($4::text IS NULL OR l.purpose = $4) AND ($5::uuid IS NULL OR l.id > $5)
           ORDER BY l.id LIMIT $6""",
        ctx.tenant_id,
        path,
        path[:-1] + PREFIX_END,
        purpose,
        after,
        limit,
    )
    return [Place(**dict(row)) for row in rows]


async def accounts_without_site(
    ctx: Context, path: str, *, after: str | None, limit: int
) -> list[Homeless]:
    """The active accounts at or below this path that have no site, in the order of their paths."""
    rows = await ctx.fetch(
        """SELECT a.id, a.number, a.name, a.path FROM accounts a
           WHERE a.tenant_id = $1 AND a.path >= $2 AND a.path < $3 AND a.state = 'active'
             AND ($4::text IS NULL OR a.path > $4)
             AND NOT EXISTS (SELECT FROM locations l WHERE l.tenant_id = $1
                               AND l.account_id = a.id AND l.purpose = 'site')
           ORDER BY a.path LIMIT $5""",
        ctx.tenant_id,
        path,
        path[:-1] + PREFIX_END,
        after,
        limit,
    )
    return [Homeless(**dict(row)) for row in rows]
