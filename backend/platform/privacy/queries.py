"""Who a person is, what may not be erased now, and how far a request is."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.platform.privacy.rules import Person, Spared
from infra.kernel.context import Context

IDENTITY = ("users", "contacts", "consumers")


async def person_of(ctx: Context, kind: str, record_id: UUID) -> Person | None:
    """Every record of the person behind this one, also those that were merged into it."""
    user = await ctx.fetchval(
        f"""SELECT {"id" if kind == "users" else "user_id"} FROM "{kind}"
            WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        record_id,
    )
    known = await ctx.fetchval(
        f'SELECT 1 FROM "{kind}" WHERE tenant_id = $1 AND id = $2', ctx.tenant_id, record_id
    )
    if known is None:
        return None
    contacts = await _records(ctx, "contacts", user, record_id)
    consumers = await _records(ctx, "consumers", user, record_id)
    people = await ctx.fetch(
        """SELECT id FROM profiles WHERE tenant_id = $1
            AND (user_id = $2 OR contact_id = ANY ($3) OR consumer_id = ANY ($4))""",
        ctx.tenant_id,
        user,
        [row["id"] for row in contacts],
        [row["id"] for row in consumers],
    )
    own = await ctx.fetch(
        "SELECT id, name, email FROM users WHERE tenant_id = $1 AND id = $2", ctx.tenant_id, user
    )
    every = [*own, *contacts, *consumers]
    told = [row.get(column) for row in (*contacts, *consumers) for column in ("phone", "mobile")]
    return Person(
        users=tuple(row["id"] for row in own),
        contacts=tuple(row["id"] for row in contacts),
        consumers=tuple(row["id"] for row in consumers),
        profiles=tuple(row["id"] for row in people),
        accounts=tuple({row["account_id"] for row in contacts}),
        names=tuple(sorted({row["name"] for row in every if row["name"]})),
        emails=tuple(sorted({row["email"] for row in every if row["email"]})),
        phones=tuple(sorted({phone for phone in told if phone})),
    )


async def _records(ctx: Context, table: str, user: UUID | None, record_id: UUID) -> list[Any]:
    company = ", account_id" if table == "contacts" else ""
    return await ctx.fetch(
        f"""WITH RECURSIVE line AS (
              SELECT id FROM {table} WHERE tenant_id = $1 AND (id = $3 OR user_id = $2)
              UNION
              SELECT t.id FROM {table} t JOIN line ON t.merged_into_id = line.id
               WHERE t.tenant_id = $1)
            SELECT id, name, email, phone, mobile{company} FROM {table}
             WHERE tenant_id = $1 AND id IN (SELECT id FROM line) ORDER BY id""",
        ctx.tenant_id,
        user,
        record_id,
    )


async def holds_on(ctx: Context, ids: Sequence[UUID]) -> list[Any]:
    """The holds in force on any of these records."""
    return await ctx.fetch(
        """SELECT id, kind, record_id, reason FROM legal_holds
           WHERE tenant_id = $1 AND record_id = ANY ($2) AND released_at IS NULL""",
        ctx.tenant_id,
        list(ids),
    )


async def spared(ctx: Context) -> Spared:
    """What no erasure may touch now."""
    holds = await ctx.fetch(
        "SELECT record_id FROM legal_holds WHERE tenant_id = $1 AND released_at IS NULL",
        ctx.tenant_id,
    )
    rules = await ctx.fetch(
        "SELECT resource, keep_days, reason FROM retention_rules WHERE tenant_id = $1",
        ctx.tenant_id,
    )
    return Spared(
        tuple(row["record_id"] for row in holds),
        {row["resource"]: (row["keep_days"], row["reason"]) for row in rules},
    )


async def erased_columns(ctx: Context) -> dict[str, list[str]]:
    """Resource → the columns whose class says that they go with the person."""
    rows = await ctx.fetch(
        """SELECT f.resource, array_agg(f.field ORDER BY f.field) AS columns
           FROM field_classifications f
           JOIN data_classes c ON c.tenant_id = f.tenant_id AND c.id = f.data_class_id
           WHERE f.tenant_id = $1 AND c.on_erasure = 'erase' GROUP BY f.resource""",
        ctx.tenant_id,
    )
    return {row["resource"]: list(row["columns"]) for row in rows}


async def put_progress(ctx: Context, request_id: UUID, progress: Mapping[str, Any]) -> None:
    """Remember how far a request is; no news to anybody, and nothing for the audit."""
    await ctx.execute(
        "UPDATE subject_requests SET progress = $3::text::jsonb WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        request_id,
        json.dumps(progress, default=str),
    )
