"""Which sealed entries name a person, and taking words out of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.privacy.queries import IDENTITY
from backend.platform.privacy.rules import Person
from infra.kernel.context import Context


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
