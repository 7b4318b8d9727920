"""What was made from a person's records, or lets somebody in as them: it goes whole."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.platform.privacy.rules import ERASED_NAME, Person, Spared
from infra.kernel.context import Context


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
