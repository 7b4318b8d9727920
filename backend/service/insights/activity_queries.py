"""What agents did, out of the activity stream of cases and the work that they were given."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.service.insights.sums import NOBODY
from infra.kernel.context import Context

_KEYS = {"agent": "coalesce({agent}::text, '')", "channel": "{channel}"}


async def said_and_done(
    ctx: Context,
    by: str,
    begin: datetime,
    end: datetime,
    *,
    groups: Sequence[UUID] | None,
    agent: UUID | None,
    channel: str | None,
) -> list[Any]:
    """Rows of key, replies, notes, resolved and reopened: what colleagues wrote on cases, and what
    the stream says that they did."""
    key = _KEYS[by].format(agent="e.author_profile_id", channel="c.channel")
    return await ctx.fetch(
        f"""SELECT {key} AS key,
                   count(*) FILTER (WHERE e.entry_type IN ('comment', 'email')) AS replies,
                   count(*) FILTER (WHERE e.entry_type = 'note') AS notes,
                   count(*) FILTER (WHERE e.details ->> 'verb' = 'resolve') AS resolved,
                   count(*) FILTER (WHERE e.details ->> 'verb' = 'reopen') AS reopened
              FROM activity_entries e
              JOIN cases c ON c.tenant_id = e.tenant_id AND c.id = e.record_id
             WHERE e.tenant_id = $1 AND e.at >= $2 AND e.at < $3
               AND e.kind = 'cases' AND e.author_kind = 'staff' AND c.state <> 'draft'
               AND ($4::uuid[] IS NULL OR coalesce(c.assignment_group_id, {NOBODY}) = ANY ($4))
               AND ($5::uuid IS NULL OR e.author_profile_id = $5)
               AND ($6::text IS NULL OR c.channel = $6)
             GROUP BY 1""",
        ctx.tenant_id, begin, end, groups, agent, channel,
    )  # fmt: skip


async def handled(
    ctx: Context,
    by: str,
    begin: datetime,
    end: datetime,
    *,
    groups: Sequence[UUID] | None,
    agent: UUID | None,
    channel: str | None,
) -> list[Any]:
    """Rows of key, handled and seconds: work that was accepted and brought to its end, and how long
    that took altogether."""
    key = _KEYS[by].format(agent="w.accepted_by_id", channel="w.channel")
    return await ctx.fetch(
        f"""SELECT {key} AS key, count(*) AS handled,
                   sum(extract(epoch FROM w.finished_at - w.accepted_at))::bigint AS seconds
              FROM work_items w
             WHERE w.tenant_id = $1 AND w.finished_at >= $2 AND w.finished_at < $3
               AND w.state = 'completed' AND w.accepted_at IS NOT NULL
               AND ($4::uuid[] IS NULL OR coalesce(w.assignment_group_id, {NOBODY}) = ANY ($4))
               AND ($5::uuid IS NULL OR w.accepted_by_id = $5)
               AND ($6::text IS NULL OR w.channel = $6)
             GROUP BY 1""",
        ctx.tenant_id, begin, end, groups, agent, channel,
    )  # fmt: skip
