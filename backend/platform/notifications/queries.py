"""Who is told how, and what waits for the daily letter."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context

_WISHES = """
SELECT DISTINCT ON (u.id) u.id, u.name, u.email, coalesce(own.shown, rest.shown, true) AS shown,
       coalesce(own.mail, rest.mail, 'none') AS mail
  FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
  LEFT JOIN notification_preferences own
         ON own.tenant_id = u.tenant_id AND own.user_id = u.id AND own.topic = $3
  LEFT JOIN notification_preferences rest
         ON rest.tenant_id = u.tenant_id AND rest.user_id = u.id AND rest.topic = ''
 WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND p.state = 'active' AND u.state = 'active'
 ORDER BY u.id
"""
_DUE = """
WITH chosen AS (
  SELECT n.id FROM notifications n
   WHERE n.tenant_id = $1 AND n.mail = 'due' ORDER BY n.user_id, n.id LIMIT $2
   FOR UPDATE SKIP LOCKED
), sent AS (
  UPDATE notifications n SET mail = 'sent', updated_at = $3, version = n.version + 1
    FROM chosen c WHERE n.tenant_id = $1 AND n.id = c.id
  RETURNING n.user_id, n.id, n.title, n.created_at
)
SELECT s.user_id, u.email, array_agg(s.title ORDER BY s.created_at, s.id) AS titles
  FROM sent s
  JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id AND u.state = 'active'
 GROUP BY s.user_id, u.email ORDER BY s.user_id
"""
_READ = """
UPDATE notifications SET read_at = $3, updated_at = $3, version = version + 1
 WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL
"""


async def wishes(ctx: Context, profiles: list[UUID], topic: str) -> list[Any]:
    """The people behind the profiles that are active, and how they want to hear of the topic."""
    return await ctx.fetch(_WISHES, ctx.tenant_id, profiles, topic)


async def take_due(ctx: Context, most: int) -> list[Any]:
    """What waits for the daily letter, by reader, and no longer waits."""
    return await ctx.fetch(_DUE, ctx.tenant_id, most, ctx.now)


async def read_all_of(ctx: Context, user_id: UUID) -> int:
    """Everything unread of a person is read now; how much that was."""
    return int((await ctx.execute(_READ, ctx.tenant_id, user_id, ctx.now)).split()[-1])
