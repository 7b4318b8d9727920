"""The tree of organisations moved as a whole, and what a membership must fit."""

from uuid import UUID

from infra.kernel.context import Context


async def hold_tree(ctx: Context, *, moving: bool) -> None:
    """Let trees change one at a time; new branches wait for a move and not for each other."""
    strength = "UPDATE" if moving else "SHARE"
    await ctx.fetchval(
        f"SELECT 1 FROM tenant_state WHERE tenant_id = $1 FOR {strength}", ctx.tenant_id
    )


async def deepest_below(ctx: Context, path: str) -> int:
    """How many codes the longest path at or below this one has."""
    found = await ctx.fetchval(
        """SELECT max(length(path) - length(replace(path, '/', ''))) FROM service_organizations
            WHERE tenant_id = $1 AND path >= $2 AND path < $3""",
        ctx.tenant_id,
        path,
        path[:-1] + "0",
    )
    return int(found or 0)


async def move_subtree(ctx: Context, old_path: str, new_path: str) -> int:
    """Rewrite the paths below an organisation that has moved; answers how many followed."""
    followers = await ctx.fetch(
        """UPDATE service_organizations SET path = $3 || substr(path, length($2) + 1),
             version = version + 1, updated_at = $5
           WHERE tenant_id = $1 AND path > $2 AND path < $4 RETURNING id""",
        ctx.tenant_id,
        old_path,
        new_path,
        old_path[:-1] + "0",
        ctx.now,
    )
    return len(followers)


async def overseers_of(ctx: Context, organization_id: UUID) -> set[UUID]:
    """Every organisation from which this one is overseen, however many steps away."""
    rows = await ctx.fetch(
        """WITH RECURSIVE above AS (
             SELECT from_organization_id AS id FROM service_relations
              WHERE tenant_id = $1 AND to_organization_id = $2 AND oversees
             UNION
             SELECT r.from_organization_id FROM service_relations r JOIN above
                 ON r.to_organization_id = above.id
              WHERE r.tenant_id = $1 AND r.oversees
           ) SELECT id FROM above""",
        ctx.tenant_id,
        organization_id,
    )
    return {row["id"] for row in rows}


async def account_path_of_contact(ctx: Context, contact_id: UUID) -> str | None:
    """The path of the company that the contact belongs to."""
    path: str | None = await ctx.fetchval(
        """SELECT a.path FROM contacts c JOIN accounts a
               ON a.tenant_id = c.tenant_id AND a.id = c.account_id
            WHERE c.tenant_id = $1 AND c.id = $2""",
        ctx.tenant_id,
        contact_id,
    )
    return path


async def account_path(ctx: Context, account_id: UUID) -> str | None:
    """The path of a company."""
    path: str | None = await ctx.fetchval(
        "SELECT path FROM accounts WHERE tenant_id = $1 AND id = $2", ctx.tenant_id, account_id
    )
    return path


async def site_owner(ctx: Context, location_id: UUID) -> UUID | None:
    """The company that a customer's site belongs to."""
    owner: UUID | None = await ctx.fetchval(
        "SELECT account_id FROM locations WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        location_id,
    )
    return owner


async def pass_primary_on(
    ctx: Context, *, account_id: UUID | None, consumer_id: UUID | None
) -> None:
    """Take the mark of the primary place from where the customer had it."""
    await ctx.execute(
        """UPDATE customers_served SET is_primary = false, version = version + 1, updated_at = $4
            WHERE tenant_id = $1 AND is_primary AND (account_id = $2 OR consumer_id = $3)""",
        ctx.tenant_id,
        account_id,
        consumer_id,
        ctx.now,
    )
