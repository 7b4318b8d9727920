"""Reads and writes about articles that a View cannot say."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context


async def unknown_models(ctx: Context, model_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the ids that are no product model's."""
    rows = await ctx.fetch(
        "SELECT id FROM product_models WHERE tenant_id = $1 AND id = ANY ($2)",
        ctx.tenant_id,
        list(model_ids),
    )
    known = {row["id"] for row in rows}
    return [each for each in model_ids if each not in known]


async def works_here(ctx: Context, profile_id: UUID) -> bool:
    """Whether the profile is a colleague's."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM profiles WHERE tenant_id = $1 AND id = $2
                                 AND kind = 'staff' AND state = 'active')""",
            ctx.tenant_id,
            profile_id,
        )
    )


async def is_active(ctx: Context, base_id: UUID) -> bool:
    """Whether a base shows what stands in it; it stays so to the end of the transaction."""
    told: bool | None = await ctx.fetchval(
        "SELECT active FROM knowledge_bases WHERE tenant_id = $1 AND id = $2 FOR SHARE",
        ctx.tenant_id,
        base_id,
    )
    return told is not False


async def open_articles(ctx: Context, base_id: UUID, *, is_open: bool) -> None:
    """Show what stands in a base to its readers, or nothing of it. The base's own change is what
    is audited; this only follows from it."""
    await ctx.execute(
        """UPDATE articles SET is_open = $3, version = version + 1, updated_at = $4
            WHERE tenant_id = $1 AND knowledge_base_id = $2 AND is_open IS DISTINCT FROM $3""",
        ctx.tenant_id,
        base_id,
        is_open,
        ctx.now,
    )


# ── What the clock brings ────────────────────────────────────────────────────────────────────


async def to_publish(ctx: Context, most: int) -> list[UUID]:
    """Articles whose moment has come; those that somebody holds come later."""
    rows = await ctx.fetch(
        """SELECT id FROM articles WHERE tenant_id = $1 AND publish_at <= $2
            ORDER BY publish_at, id LIMIT $3 FOR UPDATE SKIP LOCKED""",
        ctx.tenant_id,
        ctx.now,
        most,
    )
    return [row["id"] for row in rows]


async def to_retire(ctx: Context, most: int) -> list[UUID]:
    """Published articles that are past their day."""
    rows = await ctx.fetch(
        """SELECT id FROM articles
            WHERE tenant_id = $1 AND state = 'published' AND expires_at <= $2
            ORDER BY expires_at, id LIMIT $3 FOR UPDATE SKIP LOCKED""",
        ctx.tenant_id,
        ctx.now,
        most,
    )
    return [row["id"] for row in rows]


async def take_reminders(ctx: Context, most: int) -> list[Any]:
    """Published articles that end soon and whose owner was not told: marked, and told by owner."""
    return await ctx.fetch(
        """WITH due AS MATERIALIZED (
             SELECT a.id FROM articles a JOIN knowledge_bases b
                 ON b.tenant_id = $1 AND b.id = a.knowledge_base_id
              WHERE a.tenant_id = $1 AND a.state = 'published' AND a.expires_at > $2
                AND a.reminded_at IS NULL
                AND a.expires_at <= $2 + make_interval(days => b.reminder_days)
              ORDER BY a.expires_at, a.id LIMIT $3 FOR UPDATE OF a SKIP LOCKED
           ), told AS (
             UPDATE articles a SET reminded_at = $2, version = a.version + 1, updated_at = $2
               FROM due WHERE a.tenant_id = $1 AND a.id = due.id
             RETURNING a.owner_profile_id, a.id, a.number, a.title, a.expires_at)
           SELECT owner_profile_id, array_agg(id ORDER BY expires_at, id) AS ids,
                  array_agg(number || ' ' || title ORDER BY expires_at, id) AS titles
             FROM told GROUP BY owner_profile_id ORDER BY owner_profile_id""",
        ctx.tenant_id,
        ctx.now,
        most,
    )


async def next_moment(ctx: Context) -> datetime | None:
    """When the next article is to be published, retired, or reminded of."""
    moment: datetime | None = await ctx.fetchval(
        """SELECT least(
             (SELECT publish_at FROM articles WHERE tenant_id = $1 AND publish_at IS NOT NULL
               ORDER BY publish_at LIMIT 1),
             (SELECT expires_at FROM articles WHERE tenant_id = $1 AND state = 'published'
                 AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1),
             (SELECT min(a.expires_at - make_interval(days => b.reminder_days))
                FROM articles a JOIN knowledge_bases b
                  ON b.tenant_id = $1 AND b.id = a.knowledge_base_id
               WHERE a.tenant_id = $1 AND a.state = 'published' AND a.expires_at > $2
                 AND a.reminded_at IS NULL))""",
        ctx.tenant_id,
        ctx.now,
    )
    return moment


# ── Sets of translations ─────────────────────────────────────────────────────────────────────


async def languages_of(ctx: Context, base_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """For each base, what is tried after the reader's own language."""
    rows = await ctx.fetch(
        """SELECT id, fallback_languages || language AS languages FROM knowledge_bases
            WHERE tenant_id = $1 AND id = ANY ($2)""",
        ctx.tenant_id,
        list(base_ids),
    )
    return {row["id"]: list(row["languages"]) for row in rows}
