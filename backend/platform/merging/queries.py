"""Which columns name a record, read from the schema itself, and moving them set-wise."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.custom.indexing import staff_kind
from infra.kernel.ids import uuid7
from infra.kernel.resource import Resource

HISTORY = frozenset(
    (
        "audit_entries", "events", "merges", "merge_rows", "match_keys", "match_locks",
        "duplicate_candidates", "search_entries", "chunks", "idempotency_keys", "jobs",
        "erasure_entries", "erasure_certificates",
    )
)  # fmt: skip
"""Tables that tell what was, or are made anew from the records: nothing in them moves."""


@dataclass(frozen=True)
class Unique:
    """A unique index: its expressions, and the condition on the rows that it holds for."""

    name: str
    keys: tuple[str, ...]
    predicate: str | None


@dataclass(frozen=True)
class Table:
    """A table as far as moving and restoring its rows goes."""

    name: str
    columns: tuple[str, ...]
    booleans: frozenset[str]
    uniques: tuple[Unique, ...]
    needed: frozenset[str] = frozenset()
    """Columns that are never empty."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of columns that may not name the same record."""

    def stamps(self, now: str) -> str:
        """What a change of a row sets besides."""
        parts = []
        if "version" in self.columns:
            parts.append(", version = x.version + 1")
        if "updated_at" in self.columns:
            parts.append(f", updated_at = {now}")
        return "".join(parts)


@dataclass(frozen=True)
class Reference:
    """A column that names records; with `kind_column`, only where that says which kind."""

    table: str
    column: str
    kind_column: str | None = None


Twins = tuple[UUID, UUID | None]
"""A row that would double another, and that other; none where it would stand beside itself."""


@dataclass(frozen=True)
class Snapshot:
    """A row before and after one step."""

    table: str
    row_id: UUID
    before: str | None
    after: str | None


async def references_to(ctx: Context, table: str) -> list[Reference]:
    """Every column whose foreign key is this table, and every (kind, id) pair of columns; a row
    whose own id is the record's is a part of it and cannot move."""
    keys = await ctx.fetch(
        """SELECT c.relname::text AS name, a.attname::text AS column_name FROM pg_constraint k
           JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
           CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u (own, theirs)
           JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
           JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.theirs
           WHERE k.contype = 'f' AND k.confrelid = to_regclass($1) AND f.attname = 'id'
             AND a.attname <> 'id'""",
        f"public.{table}",
    )
    pairs = await ctx.fetch(
        r"""SELECT c.relname::text AS name, a.attname::text AS column_name, b.attname::text AS kind
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = 'uuid'::regtype
             AND NOT a.attisdropped AND a.attnum > 0
           JOIN pg_attribute b ON b.attrelid = c.oid AND b.atttypid = 'text'::regtype
             AND NOT b.attisdropped
             AND ((a.attname = 'record_id' AND b.attname IN ('kind', 'resource'))
               OR (a.attname LIKE '%\_id'
                 AND b.attname = regexp_replace(a.attname, '_id$', '_kind')))
           WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND has_column_privilege(c.oid, a.attnum, 'UPDATE')"""
    )
    holders = await ctx.fetch(
        """SELECT c.relname::text AS name, a.attname::text AS column_name FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'holder_id'
           WHERE c.relkind = 'r'"""
    )
    found = [Reference(row["name"], row["column_name"]) for row in (*keys, *holders)]
    found += [Reference(row["name"], row["column_name"], row["kind"]) for row in pairs]
    return [reference for reference in found if reference.table not in HISTORY]


async def tables_named(ctx: Context, names: Sequence[str]) -> dict[str, Table]:
    """The columns and unique indexes of tables; views and unknown names are left out."""
    columns = await ctx.fetch(
        """SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
             coalesce(array_agg(a.attname::text) FILTER (WHERE a.atttypid = 'bool'::regtype), '{}')
               AS booleans,
             array_agg(a.attname::text) FILTER (WHERE a.attnotnull) AS needed,
             array(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
                    WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             AND a.attgenerated = ''
           WHERE c.relkind IN ('r', 'p') AND c.relname = ANY ($1) GROUP BY c.oid, c.relname""",
        list(names),
    )
    indexes = await ctx.fetch(
        """SELECT t.relname::text AS name, i.relname::text AS index_name,
             pg_get_expr(x.indpred, x.indrelid) AS predicate,
             array(SELECT pg_get_indexdef(x.indexrelid, p::int, true)
                     FROM generate_series(1, x.indnkeyatts) p) AS keys
           FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
           JOIN pg_class t ON t.oid = x.indrelid
           JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
           WHERE x.indisunique AND NOT x.indisprimary AND t.relname = ANY ($1)""",
        list(names),
    )
    uniques: dict[str, list[Unique]] = {}
    for row in indexes:
        keys = tuple(key for key in row["keys"] if key != "tenant_id")
        uniques.setdefault(row["name"], []).append(
            Unique(row["index_name"], keys, row["predicate"])
        )
    return {
        row["name"]: Table(
            row["name"], tuple(row["columns"]), frozenset(row["booleans"]),
            tuple(uniques.get(row["name"], ())), frozenset(row["needed"]),
            tuple(pair for check in row["checks"] for pair in _APART.findall(check)),
        )
        for row in columns
    }  # fmt: skip


_APART = re.compile(r"^CHECK \(\((\w+) <> (\w+)\)\)$")


def _of_kind(reference: Reference, alias: str) -> str:
    """Rows that name a record of the kind in $2."""
    dot = f"{alias}." if alias else ""
    if reference.kind_column is None:
        return "$2::text IS NOT NULL"
    return f'{dot}"{reference.kind_column}" = $2'


async def count_naming(ctx: Context, reference: Reference, kind: str, ids: Sequence[UUID]) -> int:
    """How many rows name one of these records."""
    return int(
        await ctx.fetchval(
            f"""SELECT count(*) FROM "{reference.table}" x WHERE x.tenant_id = $1
                AND {_of_kind(reference, "x")} AND x."{reference.column}" = ANY ($3)""",
            ctx.tenant_id,
            kind,
            list(ids),
        )
    )


async def colliding(
    ctx: Context, reference: Reference, kind: str, unique: Unique, old: UUID, new: UUID
) -> list[Twins]:
    """Rows naming the old record that would be taken for rows naming the new one, with those."""
    others = [key for key in unique.keys if key != reference.column]
    told = "".join(f", ({key}) AS k{n}" for n, key in enumerate(others))
    same = " AND ".join(f"l.k{n} = w.k{n}" for n in range(len(others))) or "true"
    where = f"tenant_id = $1 AND {_of_kind(reference, '')} AND ({unique.predicate or 'true'})"
    rows = await ctx.fetch(
        f"""SELECT DISTINCT l.id AS gone, w.id AS kept FROM
              (SELECT id{told} FROM "{reference.table}" WHERE {where}
                  AND "{reference.column}" = $3) l
            JOIN (SELECT id{told} FROM "{reference.table}" WHERE {where}
                  AND "{reference.column}" = $4) w ON {same}""",
        ctx.tenant_id,
        kind,
        old,
        new,
    )
    return [(row["gone"], row["kept"]) for row in rows]


async def between(
    ctx: Context, table: str, column: str, other: str, old: UUID, new: UUID
) -> list[Twins]:
    """Rows that stand between the two, and would stand between the new record and itself."""
    rows = await ctx.fetch(
        f"""SELECT id FROM "{table}" WHERE tenant_id = $1 AND "{column}" = $2 AND "{other}" = $3
            ORDER BY id""",
        ctx.tenant_id,
        old,
        new,
    )
    return [(row["id"], None) for row in rows]


async def are_opposed(ctx: Context, table: Table, pairs: Sequence[Twins]) -> bool:
    """Whether two rows that would be one look from different sides."""
    if "direction" not in table.columns:
        return False
    return bool(
        await ctx.fetchval(
            f"""SELECT EXISTS (SELECT FROM unnest($2::uuid[], $3::uuid[]) AS n (gone, kept)
                  JOIN "{table.name}" l ON l.tenant_id = $1 AND l.id = n.gone
                  JOIN "{table.name}" w ON w.tenant_id = $1 AND w.id = n.kept
                 WHERE l.direction <> w.direction)""",
            ctx.tenant_id,
            [gone for gone, _ in pairs],
            [kept for _, kept in pairs],
        )
    )


async def ids_naming(
    ctx: Context, reference: Reference, kind: str, ids: Sequence[UUID]
) -> list[UUID]:
    """The rows that name one of these records."""
    rows = await ctx.fetch(
        f"""SELECT x.id FROM "{reference.table}" x WHERE x.tenant_id = $1
            AND {_of_kind(reference, "x")} AND x."{reference.column}" = ANY ($3) ORDER BY x.id""",
        ctx.tenant_id,
        kind,
        list(ids),
    )
    return [row["id"] for row in rows]


async def move(
    ctx: Context, reference: Reference, table: Table, kind: str, old: UUID, new: UUID | None
) -> list[Snapshot]:
    """Let what names the old record name the new one, or none."""
    rows = await ctx.fetch(
        f"""UPDATE "{table.name}" x SET "{reference.column}" = $4::uuid {table.stamps("$5")}
            FROM (SELECT b.id, to_jsonb(b) AS before FROM "{table.name}" b WHERE b.tenant_id = $1
                    AND {_of_kind(reference, "b")} AND b."{reference.column}" = $3
                  FOR UPDATE OF b) b
            WHERE x.tenant_id = $1 AND x.id = b.id AND $5::timestamptz IS NOT NULL
            RETURNING x.id, b.before::text AS before, to_jsonb(x)::text AS after""",
        ctx.tenant_id,
        kind,
        old,
        new,
        ctx.now,
    )
    return [Snapshot(table.name, row["id"], row["before"], row["after"]) for row in rows]


async def demote(ctx: Context, table: Table, column: str, ids: Sequence[UUID]) -> list[Snapshot]:
    """Take the mark off rows of which only one may have it."""
    rows = await ctx.fetch(
        f"""UPDATE "{table.name}" x SET "{column}" = false {table.stamps("$3")}
            FROM (SELECT b.id, to_jsonb(b) AS before FROM "{table.name}" b
                   WHERE b.tenant_id = $1 AND b.id = ANY ($2) FOR UPDATE OF b) b
            WHERE x.tenant_id = $1 AND x.id = b.id AND $3::timestamptz IS NOT NULL
            RETURNING x.id, b.before::text AS before, to_jsonb(x)::text AS after""",
        ctx.tenant_id,
        list(ids),
        ctx.now,
    )
    return [Snapshot(table.name, row["id"], row["before"], row["after"]) for row in rows]


async def retire(ctx: Context, table: Table, ids: Sequence[UUID]) -> list[Snapshot]:
    """Rows that stay behind are in use no longer."""
    rows = await ctx.fetch(
        f"""UPDATE "{table.name}" x SET state = 'inactive' {table.stamps("$3")}
            FROM (SELECT b.id, to_jsonb(b) AS before FROM "{table.name}" b
                   WHERE b.tenant_id = $1 AND b.id = ANY ($2) FOR UPDATE OF b) b
            WHERE x.tenant_id = $1 AND x.id = b.id AND $3::timestamptz IS NOT NULL
            RETURNING x.id, b.before::text AS before, to_jsonb(x)::text AS after""",
        ctx.tenant_id,
        list(ids),
        ctx.now,
    )
    return [Snapshot(table.name, row["id"], row["before"], row["after"]) for row in rows]


async def remove(ctx: Context, table: str, ids: Sequence[UUID]) -> list[Snapshot]:
    """Delete rows that the other record has already."""
    rows = await ctx.fetch(
        f"""DELETE FROM "{table}" x WHERE x.tenant_id = $1 AND x.id = ANY ($2)
            RETURNING x.id, to_jsonb(x)::text AS before""",
        ctx.tenant_id,
        list(ids),
    )
    return [Snapshot(table, row["id"], row["before"], None) for row in rows]


async def picture(ctx: Context, table: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Rows as they are now."""
    rows = await ctx.fetch(
        f"""SELECT x.id, to_jsonb(x)::text AS told FROM "{table}" x
            WHERE x.tenant_id = $1 AND x.id = ANY ($2)""",
        ctx.tenant_id,
        list(ids),
    )
    return {row["id"]: row["told"] for row in rows}


async def keep(ctx: Context, merge_id: UUID, step: int, rows: Sequence[Snapshot]) -> None:
    """Remember what a step did."""
    await ctx.execute(
        """INSERT INTO merge_rows (tenant_id, id, merge_id, step, table_name, row_id, before, after)
           SELECT $1, n.id, $2, $3, n.table_name, n.row_id, n.before::jsonb, n.after::jsonb
             FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[])
               AS n (id, table_name, row_id, before, after)
           RETURNING 1""",
        ctx.tenant_id,
        merge_id,
        step,
        [uuid7() for _ in rows],
        [row.table for row in rows],
        [row.row_id for row in rows],
        [row.before for row in rows],
        [row.after for row in rows],
    )


async def kept(ctx: Context, merge_id: UUID) -> list[tuple[int, Snapshot]]:
    """What a merge did, the last step first."""
    rows = await ctx.fetch(
        """SELECT step, table_name, row_id, before::text AS before, after::text AS after
           FROM merge_rows WHERE tenant_id = $1 AND merge_id = $2
           ORDER BY step DESC, table_name, row_id""",
        ctx.tenant_id,
        merge_id,
    )
    return [
        (row["step"], Snapshot(row["table_name"], row["row_id"], row["before"], row["after"]))
        for row in rows
    ]


async def changed_since(ctx: Context, table: str, after: Mapping[UUID, str | None]) -> list[UUID]:
    """Those of the rows that are not as the merge left them."""
    there = {key: told for key, told in after.items() if told is not None}
    rows = await ctx.fetch(
        f"""SELECT n.id FROM unnest($2::uuid[], $3::text[]) AS n (id, told)
            WHERE NOT EXISTS (SELECT FROM "{table}" x WHERE x.tenant_id = $1 AND x.id = n.id
                                AND to_jsonb(x) = n.told::jsonb)""",
        ctx.tenant_id,
        list(there),
        list(there.values()),
    )
    gone = [key for key, told in after.items() if told is None]
    back = await picture(ctx, table, gone) if gone else {}
    return [*(row["id"] for row in rows), *back]


async def lock(ctx: Context, table: str, ids: Sequence[UUID]) -> None:
    """Let nobody change these rows until the end."""
    await ctx.fetch(
        f'SELECT id FROM "{table}" WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE',
        ctx.tenant_id,
        list(ids),
    )


async def restore(ctx: Context, table: Table, rows: Sequence[Snapshot]) -> None:
    """Let rows be what they were, to the byte."""
    there = [row.before for row in rows if row.after is not None]
    gone = [row.before for row in rows if row.after is None]
    source = f"""(SELECT (jsonb_populate_record(NULL::"{table.name}", n.told::jsonb)).*
                  FROM unnest($2::text[]) AS n (told)) r"""
    if there:
        sets = ", ".join(f'"{c}" = r."{c}"' for c in table.columns if c not in {"tenant_id", "id"})
        await ctx.execute(
            f"""UPDATE "{table.name}" x SET {sets} FROM {source}
                WHERE x.tenant_id = $1 AND x.id = r.id""",
            ctx.tenant_id,
            there,
        )
    if gone:
        listed = ", ".join(f'"{c}"' for c in table.columns)
        picked = ", ".join(f'r."{c}"' for c in table.columns)
        await ctx.execute(
            f"""INSERT INTO "{table.name}" ({listed}) SELECT {picked} FROM {source}
                WHERE r.tenant_id = $1 RETURNING 1""",
            ctx.tenant_id,
            gone,
        )


async def forget_words(ctx: Context, resource: Resource, ids: Sequence[UUID]) -> None:
    """Let search find these records no more."""
    await ctx.execute(
        "DELETE FROM search_entries WHERE tenant_id = $1 AND kind = ANY ($2) AND id = ANY ($3)",
        ctx.tenant_id,
        [resource.name, staff_kind(resource)],
        list(ids),
    )


async def reindex(ctx: Context, resource: Resource, ids: Sequence[UUID]) -> None:
    """Let search and lists find these records by what they hold now."""
    for row in await ctx.every(resource).filter(id__in=list(ids)):
        await ctx.refresh(row)


async def reach_anew(ctx: Context) -> None:
    """What processes have cached of anybody may rest on what was merged."""
    await ctx.execute(
        "UPDATE tenant_state SET config_version = config_version + 1 WHERE tenant_id = $1",
        ctx.tenant_id,
    )


def difference(before: str | None, after: str | None) -> dict[str, list[Any]]:
    """Column → [before, after] between two pictures of a row."""
    old, new = json.loads(before or "{}"), json.loads(after or "{}")
    left = {"tenant_id", "version", "updated_at", "created_at", "id"}
    return {
        name: [old.get(name), new.get(name)]
        for name in {**old, **new}
        if name not in left and old.get(name) != new.get(name)
    }
