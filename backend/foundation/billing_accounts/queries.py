"""Trees of billing accounts, and what a customer's payers are chosen from."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from infra.kernel.context import Context

Customer = tuple[UUID | None, UUID | None]
"""(account, consumer), one of which is named."""


@dataclass(frozen=True)
class Branch:
    """A billing account in its tree; depth 0 is the top that was asked for."""

    id: UUID
    name: str
    parent_id: UUID | None
    depth: int


async def is_at_or_below(ctx: Context, lower: UUID, upper: UUID) -> bool:
    """Whether the one lies below the other, or is it."""
    return bool(
        await ctx.fetchval(
            """WITH RECURSIVE line AS (
                 SELECT id, parent_id FROM billing_accounts WHERE tenant_id = $1 AND id = $2
                 UNION
                 SELECT b.id, b.parent_id FROM billing_accounts b JOIN line ON b.id = line.parent_id
                  WHERE b.tenant_id = $1)
               SELECT EXISTS (SELECT FROM line WHERE id = $3)""",
            ctx.tenant_id,
            lower,
            upper,
        )
    )


async def tree_of(ctx: Context, top: UUID, most: int) -> list[Branch]:
    """The billing account and those below it, nearest first."""
    rows = await ctx.fetch(
        """WITH RECURSIVE tree AS (
             SELECT id, name, parent_id, 0 AS depth FROM billing_accounts
              WHERE tenant_id = $1 AND id = $2
             UNION ALL
             SELECT b.id, b.name, b.parent_id, tree.depth + 1
               FROM billing_accounts b JOIN tree ON b.parent_id = tree.id WHERE b.tenant_id = $1)
           SELECT id, name, parent_id, depth FROM tree ORDER BY depth, name, id LIMIT $3""",
        ctx.tenant_id,
        top,
        most,
    )
    return [Branch(**dict(row)) for row in rows]


async def invoiced_to(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Billing account → the one at which its invoices arrive: the first upwards that does not bill
    to its parent."""
    rows = await ctx.fetch(
        """WITH RECURSIVE line AS (
             SELECT id AS payer, id, parent_id, bills_to_parent FROM billing_accounts
              WHERE tenant_id = $1 AND id = ANY ($2)
             UNION ALL
             SELECT line.payer, b.id, b.parent_id, b.bills_to_parent
               FROM billing_accounts b JOIN line ON b.id = line.parent_id
              WHERE b.tenant_id = $1 AND line.bills_to_parent)
           SELECT payer, id FROM line WHERE NOT bills_to_parent""",
        ctx.tenant_id,
        list(ids),
    )
    return {row["payer"]: row["id"] for row in rows}


async def own_billing_account(ctx: Context, customer: Customer) -> UUID | None:
    """The customer's default billing account, else the eldest that is not closed."""
    column, value = _named(customer)
    found: UUID | None = await ctx.fetchval(
        f"""SELECT id FROM billing_accounts
            WHERE tenant_id = $1 AND {column} = $2 AND state <> 'closed'
            ORDER BY is_default DESC, created_at, id LIMIT 1""",
        ctx.tenant_id,
        value,
    )
    return found


async def hold_customer(ctx: Context, customer: Customer) -> None:
    """Let what is arranged for a customer change one at a time."""
    column, value = _named(customer)
    table = "accounts" if column == "account_id" else "consumers"
    await ctx.fetchval(
        f"SELECT 1 FROM {table} WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        ctx.tenant_id,
        value,
    )


def _named(customer: Customer) -> tuple[str, UUID | None]:
    account_id, consumer_id = customer
    return ("account_id", account_id) if account_id else ("consumer_id", consumer_id)
