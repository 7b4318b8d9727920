"""Reads and writes of the summaries that are kept."""

import json
from datetime import datetime
from uuid import UUID

import orjson

from ai.summaries import Citation, Summary, SummarySentence
from infra.kernel.context import Context
from infra.kernel.ids import uuid7


async def stored_summary(
    ctx: Context, case_id: UUID, basis: str, source_version: int
) -> Summary | None:
    """The last summary that was made of exactly these passages."""
    row = await ctx.fetchrow(
        """SELECT sentences::text AS sentences, model, made_at, fallback_reason
             FROM case_summaries WHERE tenant_id = $1 AND case_id = $2 AND basis = $3
            ORDER BY made_at DESC LIMIT 1""",
        ctx.tenant_id,
        case_id,
        basis,
    )
    if row is None:
        return None
    sentences = tuple(
        SummarySentence(
            said["text"], tuple(Citation(c["kind"], UUID(c["id"])) for c in said["citations"])
        )
        for said in orjson.loads(row["sentences"])
    )
    return Summary(sentences, row["model"], row["made_at"], source_version, row["fallback_reason"])


async def store_summary(
    ctx: Context, case_id: UUID, basis: str, summary: Summary, *, asked: bool
) -> None:
    """Keep a summary, and drop those of the case that are older than an hour."""
    await ctx.execute(
        """DELETE FROM case_summaries WHERE tenant_id = $1 AND case_id = $2
              AND made_at < now() - interval '1 hour'""",
        ctx.tenant_id,
        case_id,
    )
    sentences = [
        {
            "text": said.text,
            "citations": [{"kind": c.kind, "id": str(c.id)} for c in said.citations],
        }
        for said in summary.sentences
    ]
    await ctx.execute(
        """INSERT INTO case_summaries (tenant_id, id, case_id, basis, sentences, model, made_at,
                                       fallback_reason, asked)
           SELECT $1, $2, c.id, $4, $5::text::jsonb, $6, $7, $8, $9
             FROM cases c WHERE c.tenant_id = $1 AND c.id = $3""",
        ctx.tenant_id,
        uuid7(),
        case_id,
        basis,
        json.dumps(sentences),
        summary.model,
        summary.made_at,
        summary.fallback_reason,
        asked,
    )


async def asked_since(ctx: Context, since: datetime) -> int:
    """How often the tenant's endpoint was asked for a summary."""
    found: int = await ctx.fetchval(
        """SELECT count(*)::int FROM case_summaries
            WHERE tenant_id = $1 AND made_at >= $2 AND asked""",
        ctx.tenant_id,
        since,
    )
    return found


async def waiting_job(ctx: Context, key: str) -> UUID | None:
    """The job of this key that nobody has begun yet."""
    found: UUID | None = await ctx.fetchval(
        """SELECT id FROM jobs WHERE tenant_id = $1 AND dedupe_key = $2 AND state = 'queued'""",
        ctx.tenant_id,
        key,
    )
    return found
