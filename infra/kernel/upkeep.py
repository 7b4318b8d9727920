"""What is forgotten, and when. The audit chain, dead jobs and dead deliveries are not here: they
stay until somebody looks.

Each kind goes in batches out of its own index, for a few seconds an hour: a tenant with much to
forget takes several hours over it and delays nobody.
"""

import time
from typing import Any

from infra.kernel.jobs import periodic

BATCH = 5_000
SECONDS_MAX = 20.0
EVENT_DAYS = 30

# The log loses its beginning and never a piece of its middle: whoever resumes can tell by the one
# position that follows its own whether it has missed anything.
_EVENTS = """
WITH oldest AS (
  SELECT id, position, at FROM events WHERE tenant_id = $1 AND position IS NOT NULL
   ORDER BY position LIMIT $2
)
DELETE FROM events USING oldest
 WHERE events.tenant_id = $1 AND events.id = oldest.id
   AND oldest.position < coalesce(
     (SELECT min(position) FROM oldest WHERE at >= now() - $3 * interval '1 day'),
     9223372036854775807)
"""
_AGED = """
DELETE FROM {table} WHERE tenant_id = $1 AND id IN (
  SELECT id FROM {table}
   WHERE tenant_id = $1 AND {which} AND {since} < now() - $3 * interval '1 day'
   ORDER BY {since} LIMIT $2)
"""
_FORGOTTEN = (
    (_EVENTS, EVENT_DAYS),
    *(
        (_AGED.format(table=table, which=which, since=since), days)
        for table, which, since, days in (
            ("jobs", "state IN ('done', 'cancelled')", "finished_at", 7),
            ("idempotency_keys", "true", "created_at", 1),
            ("webhook_deliveries", "state = 'delivered'", "delivered_at", 30),
            ("outbound_mails", "state = 'sent'", "sent_at", 90),
        )
    ),
)


@periodic("upkeep.prune", every_seconds=3600)
async def prune(ctx: Any) -> None:
    """Forget what has had its time: events, finished jobs, deliveries, letters, answers to POST."""
    end = time.monotonic() + SECONDS_MAX
    for statement, days in _FORGOTTEN:
        while time.monotonic() < end:
            tag = await ctx.execute(statement, ctx.tenant_id, BATCH, days)
            if int(tag.rpartition(" ")[2]) < BATCH:
                break
