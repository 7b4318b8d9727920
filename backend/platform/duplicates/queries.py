"""Finding likely twins by the keys they share; each look-up is bounded, however big the tenant."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.ids import uuid7

SHARING_MOST = 60
"""Of records with one key in common so many are compared, the newest ones."""

_TRAITS = {
    "accounts": "name, email, phone, NULL AS mobile",
    "contacts": "name, email, phone, mobile",
    "consumers": "name, email, phone, mobile",
}
_OWNER = {"accounts": "account_id", "consumers": "consumer_id"}


async def active_rules(ctx: Context, resource: str) -> list[Any]:
    """The rules that an entry of this kind is held against, read once a transaction."""
    if (active_rules, resource) not in ctx.memory:
        ctx.memory[active_rules, resource] = await ctx.fetch(
            """SELECT id, name, conditions::text AS conditions, threshold, action, country
               FROM duplicate_rules WHERE tenant_id = $1 AND resource = $2 AND active
               ORDER BY id""",
            ctx.tenant_id,
            resource,
        )
    found: list[Any] = ctx.memory[active_rules, resource]
    return found


async def put_keys(ctx: Context, resource: str, keys: Mapping[UUID, Sequence[str]]) -> None:
    """Let these keys, and no others, be those of the records."""
    pairs = [(record, key) for record, own in keys.items() for key in own]
    records, values = [p[0] for p in pairs], [p[1] for p in pairs]
    await ctx.execute(
        """DELETE FROM match_keys k WHERE k.tenant_id = $1 AND k.resource = $2
             AND k.record_id = ANY ($3) AND NOT EXISTS (
               SELECT FROM unnest($4::uuid[], $5::text[]) AS n (record_id, key)
                WHERE n.record_id = k.record_id AND n.key = k.key)""",
        ctx.tenant_id,
        resource,
        list(keys),
        records,
        values,
    )
    await ctx.execute(
        """INSERT INTO match_keys (tenant_id, id, resource, record_id, key)
           SELECT $1, n.id, $2, n.record_id, n.key
             FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS n (id, record_id, key)
           ON CONFLICT (tenant_id, resource, record_id, key) DO NOTHING""",
        ctx.tenant_id,
        resource,
        [uuid7() for _ in pairs],
        records,
        values,
    )


async def hold_keys(ctx: Context, resource: str, keys: Iterable[str]) -> None:
    """Wait for whoever is entering a record with one of these keys at this moment."""
    named = sorted({f"{resource} {key}" for key in keys})
    await ctx.execute(
        """INSERT INTO match_locks (tenant_id, id, key)
           SELECT $1, n.id, n.key FROM unnest($2::uuid[], $3::text[]) AS n (id, key) ORDER BY n.key
           ON CONFLICT (tenant_id, key) DO UPDATE SET key = EXCLUDED.key""",
        ctx.tenant_id,
        [uuid7() for _ in named],
        named,
    )


async def sharing(ctx: Context, resource: str, keys: Sequence[str]) -> list[UUID]:
    """Records with one of the keys."""
    rows = await ctx.fetch(
        f"""SELECT DISTINCT m.record_id FROM unnest($3::text[]) AS k (key)
            CROSS JOIN LATERAL (
              SELECT s.record_id FROM match_keys s WHERE s.tenant_id = $1 AND s.resource = $2
                 AND s.key = k.key ORDER BY s.record_id DESC LIMIT {SHARING_MOST}) m""",
        ctx.tenant_id,
        resource,
        list(keys),
    )
    return [row["record_id"] for row in rows]


async def pairs_of(ctx: Context, resource: str, records: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """These records beside older ones that share a key with them."""
    rows = await ctx.fetch(
        f"""SELECT DISTINCT k.record_id, m.record_id AS other_id FROM match_keys k
            CROSS JOIN LATERAL (
              SELECT s.record_id FROM match_keys s WHERE s.tenant_id = $1 AND s.resource = $2
                 AND s.key = k.key AND s.record_id < k.record_id
               ORDER BY s.record_id DESC LIMIT {SHARING_MOST}) m
            WHERE k.tenant_id = $1 AND k.resource = $2 AND k.record_id = ANY ($3)""",
        ctx.tenant_id,
        resource,
        list(records),
    )
    return [(row["record_id"], row["other_id"]) for row in rows]


async def trait_rows(ctx: Context, resource: str, ids: Sequence[UUID]) -> list[Any]:
    """What identifies these records; those that were merged into others are none."""
    return await ctx.fetch(
        f"""SELECT id, number, {_TRAITS[resource]} FROM "{resource}"
            WHERE tenant_id = $1 AND id = ANY ($2) AND merged_into_id IS NULL""",
        ctx.tenant_id,
        list(ids),
    )


async def address_rows(ctx: Context, resource: str, ids: Sequence[UUID]) -> list[Any]:
    """Their addresses, a few of each."""
    if resource not in _OWNER:
        return []
    owner = _OWNER[resource]
    return await ctx.fetch(
        f"""SELECT l.owner, l.line1, l.postal_code, l.city, l.country
            FROM unnest($2::uuid[]) AS o (id) CROSS JOIN LATERAL (
              SELECT {owner} AS owner, line1, coalesce(postal_code, '') AS postal_code, city,
                     country
                FROM locations WHERE tenant_id = $1 AND {owner} = o.id ORDER BY name, id LIMIT 8) l
        """,
        ctx.tenant_id,
        list(ids),
    )


async def ids_after(ctx: Context, resource: str, after: UUID | None, most: int) -> list[UUID]:
    """The next records in the order of their ids."""
    rows = await ctx.fetch(
        f"""SELECT id FROM "{resource}" WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2)
            ORDER BY id LIMIT $3""",
        ctx.tenant_id,
        after,
        most,
    )
    return [row["id"] for row in rows]


async def keep_pairs(
    ctx: Context, resource: str, found: Sequence[tuple[UUID, UUID, UUID, int, Sequence[str]]]
) -> list[Any]:
    """Write suspected pairs (older, newer, rule, score, reasons); what was judged stays judged."""
    if not found:
        return []
    return await ctx.fetch(
        """INSERT INTO duplicate_candidates
             (tenant_id, id, resource, record_id, other_id, rule_id, score, reasons, created_at,
              updated_at)
           SELECT $1, n.id, $2, n.record_id, n.other_id, n.rule_id, n.score,
                  string_to_array(n.reasons, ','), $9, $9
             FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::text[])
               AS n (id, record_id, other_id, rule_id, score, reasons)
           ON CONFLICT (tenant_id, resource, record_id, other_id) DO NOTHING
           RETURNING id, record_id, other_id, score""",
        ctx.tenant_id,
        resource,
        [uuid7() for _ in found],
        [pair[0] for pair in found],
        [pair[1] for pair in found],
        [pair[2] for pair in found],
        [pair[3] for pair in found],
        [",".join(pair[4]) for pair in found],
        ctx.now,
    )


async def mark_scanned(ctx: Context, rule_id: UUID) -> None:
    """The whole base was held against the rule."""
    await ctx.execute(
        "UPDATE duplicate_rules SET scanned_at = $3 WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        rule_id,
        ctx.now,
    )


async def settle_pairs(ctx: Context, resource: str, ids: Sequence[UUID]) -> None:
    """The pairs among records that were merged are no question any more."""
    await ctx.execute(
        """UPDATE duplicate_candidates SET state = 'merged', updated_at = $4, version = version + 1
           WHERE tenant_id = $1 AND resource = $2 AND state = 'open'
             AND record_id = ANY ($3) AND other_id = ANY ($3)""",
        ctx.tenant_id,
        resource,
        list(ids),
        ctx.now,
    )
