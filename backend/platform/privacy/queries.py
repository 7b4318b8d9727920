"""Who a person is and where they are named: asked of the schema itself, so nothing is left out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.privacy.rules import ERASED_NAME, Person, Spared
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

SWEPT_MOST = 2_000
IDENTITY = ("users", "contacts", "consumers")
LEFT = frozenset((*IDENTITY, "audit_entries", "audit_heads", "search_entries", "schema_migrations"))
"""Tables that a sweep leaves: other people's own names, and what is redacted in its own way."""


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


# ── The schema ───────────────────────────────────────────────────────────────────────────────


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
        return parts + (", embedding = NULL, model = NULL" if self.name == "chunks" else "")


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
            texts=tuple(c["column_name"] for c in columns if c["type"] == "text"),
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


# ── Erasing ──────────────────────────────────────────────────────────────────────────────────


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


async def close_doors(ctx: Context, person: Person) -> None:
    """Nobody signs in as the person any more."""
    users, profiles = list(person.users), list(person.profiles)
    await ctx.execute(
        """UPDATE users SET state = 'suspended', password_hash = NULL,
             auth_version = auth_version + 1 WHERE tenant_id = $1 AND id = ANY ($2)""",
        ctx.tenant_id,
        users,
    )
    await ctx.execute(
        """UPDATE profiles SET state = 'inactive', title = '', version = version + 1
           WHERE tenant_id = $1 AND id = ANY ($2)""",
        ctx.tenant_id,
        profiles,
    )
    await ctx.execute(
        """DELETE FROM credentials WHERE tenant_id = $1
            AND (user_id = ANY ($2) OR profile_id = ANY ($3))""",
        ctx.tenant_id,
        users,
        profiles,
    )
    for table in ("external_identities", "invitations", "password_resets", "oauth_codes"):
        await ctx.execute(
            f"DELETE FROM {table} WHERE tenant_id = $1 AND user_id = ANY ($2)",
            ctx.tenant_id,
            users,
        )


async def stop_use(ctx: Context, person: Person) -> None:
    """The person's records are in use no longer; nothing of them is changed besides."""
    for table in ("contacts", "consumers"):
        await ctx.execute(
            f"""UPDATE {table} SET state = 'inactive', version = version + 1, updated_at = $3
                WHERE tenant_id = $1 AND id = ANY ($2)""",
            ctx.tenant_id,
            list(person.records[table]),
            ctx.now,
        )


async def forget_derived(ctx: Context, person: Person) -> None:
    """What was made from the person's records goes whole: search, advice, keys, undo, suspicions,
    remembered answers."""
    ids = person.ids
    for statement in (
        "DELETE FROM search_entries WHERE tenant_id = $1 AND id = ANY ($2)",
        "DELETE FROM chunks WHERE tenant_id = $1 AND record_id = ANY ($2)",
        "DELETE FROM match_keys WHERE tenant_id = $1 AND record_id = ANY ($2)",
        "DELETE FROM merge_rows WHERE tenant_id = $1 AND row_id = ANY ($2)",
        """DELETE FROM duplicate_candidates WHERE tenant_id = $1
            AND (record_id = ANY ($2) OR other_id = ANY ($2))""",
        """UPDATE merges SET state = 'final' WHERE tenant_id = $1 AND state = 'applied'
            AND (record_id = ANY ($2) OR merged_ids && $2)""",
        """UPDATE events SET payload = '{"changes": {}}' WHERE tenant_id = $1
            AND record_id = ANY ($2)""",
        f"""UPDATE activity_entries SET author_name = '{ERASED_NAME}'
            WHERE tenant_id = $1 AND author_profile_id = ANY ($2)""",
    ):
        await ctx.execute(statement, ctx.tenant_id, ids)
    await ctx.execute("DELETE FROM idempotency_keys WHERE tenant_id = $1", ctx.tenant_id)


async def files_of(ctx: Context, person: Person, kept: Spared) -> list[Any]:
    """Files about the person or sent by them, other than those of held records."""
    return await ctx.fetch(
        """SELECT id, storage_key FROM attachments WHERE tenant_id = $1
            AND (record_id = ANY ($2) OR created_by = ANY ($3))
            AND kind IS DISTINCT FROM 'subject_requests'
            AND NOT coalesce(record_id = ANY ($4), false)""",
        ctx.tenant_id,
        person.ids,
        list(person.profiles),
        list(kept.held),
    )


async def drop_files(ctx: Context, ids: Sequence[UUID]) -> None:
    """The rows of files that are about to go."""
    await ctx.execute(
        "DELETE FROM attachments WHERE tenant_id = $1 AND id = ANY ($2)", ctx.tenant_id, list(ids)
    )


async def copies_of(ctx: Context, person: Person) -> list[Any]:
    """Copies of the person's data that were made for them earlier."""
    return await ctx.fetch(
        """SELECT a.id, a.storage_key FROM attachments a JOIN subject_requests r
             ON r.tenant_id = a.tenant_id AND r.id = a.record_id
           WHERE a.tenant_id = $1 AND a.kind = 'subject_requests' AND r.subject_id = ANY ($2)""",
        ctx.tenant_id,
        person.ids,
    )


async def empty_mails(ctx: Context, person: Person) -> list[UUID]:
    """Letters to the person lose what they said."""
    rows = await ctx.fetch(
        """UPDATE outbound_mails SET recipient = 'erased@erased.invalid', subject = '',
             text_body = '', html_body = NULL, headers = '{}', version = version + 1
           WHERE tenant_id = $1 AND lower(recipient) = ANY ($2) RETURNING id""",
        ctx.tenant_id,
        list(person.emails),
    )
    return [row["id"] for row in rows]


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


# ── The audit ────────────────────────────────────────────────────────────────────────────────


async def unsealed_naming(ctx: Context, person: Person, pattern: str, since: datetime) -> bool:
    """Whether entries from before the erasure, or that name the person, wait to be sealed."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM audit_entries WHERE tenant_id = $1 AND seq IS NULL
                AND ((record_id = ANY ($3) AND at < $4)
                  OR changes::text ~* $2 OR actor::text ~* $2))""",
            ctx.tenant_id,
            pattern,
            person.ids,
            since,
        )
    )


AUDIT_COLUMNS = (
    "id, at, actor::text AS actor, action, kind, record_id, changes::text AS changes, "
    "request_id, origin"
)


async def audit_naming(
    ctx: Context, person: Person, pattern: str, span: tuple[int, int], since: datetime
) -> list[Any]:
    """Sealed entries about the person, or that name them; not those about their namesakes."""
    return await ctx.fetch(
        f"""SELECT {AUDIT_COLUMNS}, kind = ANY ($6) AND record_id = ANY ($3) AS whole
            FROM audit_entries WHERE tenant_id = $1 AND seq > $4 AND seq <= $5
             AND action <> 'audit_entries.redact'
             AND ((record_id = ANY ($3) AND at < $7)
               OR (kind <> ALL ($6) AND changes::text ~* $2)
               OR actor::text ~* $2)""",
        ctx.tenant_id,
        pattern,
        person.ids,
        *span,
        list(IDENTITY),
        since,
    )


async def audit_rows(ctx: Context, ids: Sequence[UUID]) -> list[Any]:
    """Entries as they are now."""
    return await ctx.fetch(
        f"SELECT {AUDIT_COLUMNS} FROM audit_entries WHERE tenant_id = $1 AND id = ANY ($2)",
        ctx.tenant_id,
        list(ids),
    )


async def last_sealed(ctx: Context) -> int:
    """The number of the last sealed entry."""
    found = await ctx.fetchval(
        "SELECT max(seq) FROM audit_entries WHERE tenant_id = $1", ctx.tenant_id
    )
    return int(found or 0)


async def redact_audit(
    ctx: Context,
    request_id: UUID,
    entries: Sequence[tuple[UUID, bytes, bool]],
    pattern: str,
) -> None:
    """Take words out of sealed entries; the chain's own digests stay."""
    await ctx.fetch(
        "SELECT app_redact_audit($1, $2, $3, $4, $5)",
        request_id,
        [entry[0] for entry in entries],
        [entry[1] for entry in entries],
        [entry[2] for entry in entries],
        pattern,
    )


async def put_progress(ctx: Context, request_id: UUID, progress: Mapping[str, Any]) -> None:
    """Remember how far a request is; no news to anybody, and nothing for the audit."""
    await ctx.execute(
        "UPDATE subject_requests SET progress = $3::text::jsonb WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        request_id,
        json.dumps(progress, default=str),
    )


# ── The proof ────────────────────────────────────────────────────────────────────────────────


async def add_entries(
    ctx: Context,
    request_id: UUID,
    collection: str,
    outcome: str,
    reason: str,
    rows: Sequence[tuple[UUID, Sequence[str]]],
) -> None:
    """Write down what became of these records."""
    if not rows:
        return
    await ctx.execute(
        """INSERT INTO erasure_entries (tenant_id, id, request_id, collection, record_id, outcome,
             columns, reason, created_at, updated_at)
           SELECT $1, n.id, $2, $3, n.record_id, $4, string_to_array(nullif(n.columns, ''), ','),
                  $5, $9, $9
             FROM unnest($6::uuid[], $7::uuid[], $8::text[]) AS n (id, record_id, columns)
           ON CONFLICT (tenant_id, request_id, collection, record_id, outcome, reason)
           DO NOTHING""",
        ctx.tenant_id,
        request_id,
        collection,
        outcome,
        reason,
        [uuid7() for _ in rows],
        [row[0] for row in rows],
        [",".join(row[1]) or "all" for row in rows],
        ctx.now,
    )


async def entries_of(ctx: Context, request_id: UUID) -> list[Any]:
    """The lines of a certificate, in an order of their own."""
    return await ctx.fetch(
        """SELECT collection, record_id::text AS record_id, outcome, columns, reason
           FROM erasure_entries WHERE tenant_id = $1 AND request_id = $2
           ORDER BY collection, record_id, outcome, reason""",
        ctx.tenant_id,
        request_id,
    )


async def entry_counts(ctx: Context, request_id: UUID) -> list[Any]:
    """How many records of what had which outcome."""
    return await ctx.fetch(
        """SELECT collection, outcome, count(DISTINCT record_id) AS count FROM erasure_entries
           WHERE tenant_id = $1 AND request_id = $2 GROUP BY collection, outcome ORDER BY 1, 2""",
        ctx.tenant_id,
        request_id,
    )


# ── The copy ─────────────────────────────────────────────────────────────────────────────────


async def rows_naming(
    ctx: Context, table: str, column: str, ids: Sequence[UUID], hidden: frozenset[str]
) -> list[Any]:
    """Rows whose column is one of the ids, as JSON without what would let somebody in."""
    return await ctx.fetch(
        f"""SELECT x.id, (to_jsonb(x) - $3::text[])::text AS told FROM "{table}" x
            WHERE x.tenant_id = $1 AND x."{column}" = ANY ($2) ORDER BY x.id""",
        ctx.tenant_id,
        list(ids),
        sorted(hidden),
    )


async def rows_reaching(
    ctx: Context, table: str, column: str, addresses: Sequence[str], hidden: frozenset[str]
) -> list[Any]:
    """Rows whose column is one of the person's addresses or numbers."""
    return await ctx.fetch(
        f"""SELECT x.id, (to_jsonb(x) - $3::text[])::text AS told FROM "{table}" x
            WHERE x.tenant_id = $1 AND lower(x."{column}") = ANY ($2) ORDER BY x.id""",
        ctx.tenant_id,
        [address.lower() for address in addresses],
        sorted(hidden),
    )
