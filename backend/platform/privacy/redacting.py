"""Taking an erased person's words out of the sealed audit, so that its chain still verifies.

The digest over which the chain was closed stays beside an entry. A new entry, which the chain
seals in its turn, tells which entries were redacted and what the digest of the rest is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.privacy import audit_queries
from backend.platform.privacy.rules import Person
from infra.kernel.audit_chain import entry_of
from infra.kernel.audit_verify import REDACTING, content_digest
from infra.kernel.context import Context

SPAN = 5_000
WAITS_MOST = 50


async def redact_some(
    ctx: Context, request_id: UUID, progress: dict[str, Any], person: Person, pattern: str
) -> None:
    """Redact a span of the chain; at its end wait for what is not sealed yet."""
    last, after = await audit_queries.last_sealed(ctx), int(progress["seq"])
    since = datetime.fromisoformat(progress["since"])
    if after >= last:
        waited = int(progress.get("waited", 0))
        if waited < WAITS_MOST and await audit_queries.unsealed_naming(ctx, person, pattern, since):
            progress["waited"] = waited + 1
            return
        progress["phase"] = "proof"
        return
    until = min(last, after + SPAN)
    rows = await audit_queries.audit_naming(ctx, person, pattern, (after, until), since)
    if rows:
        entries = [
            (row["id"], content_digest(entry_of(ctx.tenant_id, row)), bool(row["whole"]))
            for row in rows
        ]
        await audit_queries.redact_audit(ctx, request_id, entries, pattern)
        left = await audit_queries.audit_rows(ctx, [row["id"] for row in rows])
        told = {str(row["id"]): content_digest(entry_of(ctx.tenant_id, row)).hex() for row in left}
        ctx.note(REDACTING, "audit_entries", request_id, {"redacted": told})
    progress["seq"] = until
