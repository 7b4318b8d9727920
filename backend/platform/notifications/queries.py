"""Who is told how, and what waits for the daily letter."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context

_WISHES = """
SELECT p.id, u.name, u.email, u.locale, coalesce(own.shown, rest.shown, true) AS shown,
       coalesce(own.mail, rest.mail, 'none') AS mail
  FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
  LEFT JOIN notification_preferences own
         ON own.tenant_id = p.tenant_id AND own.profile_id = p.id AND own.topic = $3
  LEFT JOIN notification_preferences rest
         ON rest.tenant_id = p.tenant_id AND rest.profile_id = p.id AND rest.topic = ''
 WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND p.state = 'active' AND u.state = 'active'
 ORDER BY p.id
"""
_DUE = """
WITH chosen AS (
  SELECT n.id, n.profile_id FROM notifications n
   WHERE n.tenant_id = $1 AND n.mail = 'due' ORDER BY n.profile_id, n.id LIMIT $2
   FOR UPDATE SKIP LOCKED
), sent AS (
  UPDATE notifications n SET mail = 'sent', updated_at = $3, version = n.version + 1
    FROM chosen c WHERE n.tenant_id = $1 AND n.id = c.id
  RETURNING n.profile_id, n.id, n.title, n.created_at
)
SELECT s.profile_id, u.email, u.name,
       array_agg(s.title ORDER BY s.created_at, s.id) AS titles
  FROM sent s
  JOIN profiles p ON p.tenant_id = $1 AND p.id = s.profile_id AND p.state = 'active'
  JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id AND u.state = 'active'
 GROUP BY s.profile_id, u.email, u.name ORDER BY s.profile_id
"""
_READ = """
UPDATE notifications SET read_at = $3, updated_at = $3, version = version + 1
 WHERE tenant_id = $1 AND profile_id = $2 AND read_at IS NULL
"""


async def wishes(ctx: Context, profiles: list[UUID], topic: str) -> list[Any]:
    """Of the profiles that are active: name, address, and how they want to hear of the topic."""
    return await ctx.fetch(_WISHES, ctx.tenant_id, profiles, topic)


async def take_due(ctx: Context, most: int) -> list[Any]:
    """What waits for the daily letter, by reader, and no longer waits."""
    return await ctx.fetch(_DUE, ctx.tenant_id, most, ctx.now)


async def read_all_of(ctx: Context, profile_id: UUID) -> int:
    """Everything unread of a profile is read now; how much that was."""
    return int((await ctx.execute(_READ, ctx.tenant_id, profile_id, ctx.now)).split()[-1])
