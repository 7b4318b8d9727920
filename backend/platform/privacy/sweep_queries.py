"""Emptying fields and taking words out of rows, in every table that the catalog knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.platform.privacy.queries import IDENTITY
from backend.platform.privacy.rules import ERASED_NAME, Spared
from infra.kernel.context import Context

SWEPT_MOST = 2_000


LEFT = frozenset((*IDENTITY, "audit_entries", "audit_heads", "search_entries", "schema_migrations"))
"""Tables that a sweep leaves: other people's own names, and what is redacted in its own way."""
DERIVED = {"chunks": ("embedding", "model")}
"""Columns that are emptied with any word of their row, for they are made again from the rest."""


@dataclass(frozen=True)
class Sheet:
    """A table as a sweep sees it."""

    name: str
    texts: tuple[str, ...]
    lists: tuple[str, ...]
    documents: tuple[str, ...]
    ids: tuple[str, ...]
    columns: frozenset[str]
    required: frozenset[str]
    unique: frozenset[str]

    @property
    def stamps(self) -> str:
        """What a change of a row sets besides."""
        parts = ", version = x.version + 1" if "version" in self.columns else ""
        return parts + "".join(f', "{column}" = NULL' for column in DERIVED.get(self.name, ()))


async def sheets(ctx: Context) -> dict[str, Sheet]:
    """Every table of the tenant whose rows the application may change."""
    rows = await ctx.fetch(
        """SELECT c.relname::text AS name, a.attname::text AS column_name, a.attnotnull AS required,
             format_type(a.atttypid, NULL) AS type,
             EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique
                      AND a.attnum = ANY (x.indkey::int2[])) AS is_unique
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             AND a.attgenerated = ''
           WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'citus:%'
             AND has_table_privilege(c.oid, 'UPDATE') ORDER BY c.relname, a.attnum"""
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row)
    return {
        name: Sheet(
            name=name,
            texts=tuple(
                c["column_name"]
                for c in columns
                if c["type"] == "text" and c["column_name"] not in DERIVED.get(name, ())
            ),
            lists=tuple(c["column_name"] for c in columns if c["type"] == "text[]"),
            documents=tuple(c["column_name"] for c in columns if c["type"] == "jsonb"),
            ids=tuple(c["column_name"] for c in columns if c["type"] == "uuid"),
            columns=frozenset(c["column_name"] for c in columns),
            required=frozenset(c["column_name"] for c in columns if c["required"]),
            unique=frozenset(c["column_name"] for c in columns if c["is_unique"]),
        )
        for name, columns in found.items()
        if {"tenant_id", "id"} <= {c["column_name"] for c in columns}
    }


def _matching(sheet: Sheet) -> dict[str, str]:
    """Column → the condition that it names the person; $2 is the pattern."""
    found = {c: f'x."{c}" ~* $2' for c in sheet.texts}
    found |= {c: f'x."{c}"::text ~* $2' for c in sheet.documents}
    return found | {c: f"array_to_string(x.\"{c}\", ' ') ~* $2" for c in sheet.lists}


def _cleaned(sheet: Sheet) -> str:
    parts = []
    for column in sheet.texts:
        put = "'[erased]'"
        if column in sheet.unique:
            put = "'[erased ' || left(md5(x.id::text), 10) || ']'"
        parts.append(f'"{column}" = regexp_replace(x."{column}", $2, {put}, \'gi\')')
    parts += [f'"{c}" = app_redacted(x."{c}", $2)' for c in sheet.documents]
    parts += [
        f"""\"{c}\" = (SELECT coalesce(array_agg(regexp_replace(e, $2, '[erased]', 'gi')), '{{}}')
              FROM unnest(x."{c}") e)"""
        for c in sheet.lists
    ]
    return ", ".join(parts)


def _keeping(sheet: Sheet, days: int | None) -> str:
    """Rows that name a held record ($5), or are too young to go."""
    tests = [f'x."{c}" = ANY ($5::uuid[])' for c in sheet.ids if c != "tenant_id"]
    if days is not None and "created_at" in sheet.columns:
        tests.append(f"x.created_at > now() - {int(days)} * interval '1 day'")
    return f"coalesce({' OR '.join(tests)}, false)"


async def next_rows(ctx: Context, table: str, after: UUID | None) -> list[UUID]:
    """The next rows of a table in the order of their ids."""
    rows = await ctx.fetch(
        f"""SELECT id FROM "{table}" WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2)
            ORDER BY id LIMIT {SWEPT_MOST}""",
        ctx.tenant_id,
        after,
    )
    return [row["id"] for row in rows]


async def sweep(
    ctx: Context, sheet: Sheet, pattern: str, ids: Sequence[UUID], kept: Spared, days: int | None
) -> tuple[list[Any], list[Any]]:
    """Take the person's words out of these rows; answers those changed and those spared, each with
    the columns in which the person was named."""
    matching = _matching(sheet)
    if not matching or not ids:
        return [], []
    named = ", ".join(f"CASE WHEN {test} THEN '{c}' END" for c, test in matching.items())
    listed = f"array_remove(ARRAY[{named}]::text[], NULL)"
    where = f"""x.tenant_id = $1 AND x.id >= $3 AND x.id <= $4
                AND ({" OR ".join(matching.values())})"""
    keeping = _keeping(sheet, days)
    values = (ctx.tenant_id, pattern, ids[0], ids[-1], list(kept.held))
    spared_rows = await ctx.fetch(
        f"""SELECT x.id, {listed} AS columns FROM "{sheet.name}" x
            WHERE {where} AND {keeping}""",
        *values,
    )
    changed = await ctx.fetch(
        f"""WITH found AS (SELECT x.id, {listed} AS columns FROM "{sheet.name}" x
                            WHERE {where} AND NOT {keeping} FOR UPDATE)
            UPDATE "{sheet.name}" x SET {_cleaned(sheet)} {sheet.stamps} FROM found
             WHERE x.tenant_id = $1 AND x.id = found.id RETURNING x.id, found.columns""",
        *values,
    )
    return list(changed), list(spared_rows)


async def erase_columns(
    ctx: Context,
    sheet: Sheet,
    columns: Sequence[str],
    by: str,
    ids: Sequence[UUID],
    kept: Spared,
    days: int | None,
) -> tuple[list[UUID], list[UUID]]:
    """Empty columns of rows whose `by` is one of the ids; answers those emptied and spared."""
    sets = []
    for column in columns:
        if column == "name":
            sets.append(f"\"name\" = '{ERASED_NAME}'")
        elif column not in sheet.required:
            sets.append(f'"{column}" = NULL')
        elif column in sheet.unique:
            sets.append(f"\"{column}\" = 'erased-' || x.id::text || '@erased.invalid'")
        elif column in sheet.texts:
            sets.append(f"\"{column}\" = '[erased]'")
        elif column in sheet.documents or column in sheet.lists:
            sets.append(f"\"{column}\" = '{{}}'")
    keeping = _keeping(sheet, days).replace("$5", "$3")
    where = f'x.tenant_id = $1 AND x."{by}" = ANY ($2)'
    values = (ctx.tenant_id, list(ids), list(kept.held))
    spared_rows = await ctx.fetch(
        f'SELECT x.id FROM "{sheet.name}" x WHERE {where} AND {keeping}', *values
    )
    if not sets:
        return [], [row["id"] for row in spared_rows]
    changed = await ctx.fetch(
        f"""UPDATE "{sheet.name}" x SET {", ".join(sets)} {sheet.stamps}
            WHERE {where} AND NOT {keeping} RETURNING x.id""",
        *values,
    )
    return [row["id"] for row in changed], [row["id"] for row in spared_rows]


async def reindex(
    ctx: Context, table: str, kind: str, columns: Sequence[str], ids: Sequence[UUID]
) -> None:
    """Let search know these rows by what they hold now, word by word as it was."""
    told = ", ".join(f'x."{column}"::text' for column in columns)
    await ctx.execute(
        f"""UPDATE search_entries s SET words = to_tsvector('simple',
              array_to_string(regexp_split_to_array(lower(concat_ws(' ', {told})), '[\\W_]+'), ' '))
            FROM "{table}" x WHERE s.tenant_id = $1 AND s.kind = $2 AND s.id = ANY ($3)
              AND x.tenant_id = $1 AND x.id = s.id""",
        ctx.tenant_id,
        kind,
        list(ids),
    )
