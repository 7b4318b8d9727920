"""How a worker holds jobs: claimed in batches, by the database's clock, with a fencing number each.

Whoever claims a job raises its fence, and every later write names the fence, so a worker that was
frozen past its lease changes nothing when it wakes. A job whose worker vanished is suspected of
having killed it: it is claimed alone from then on, so that its neighbours do not die with it.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.kernel.database import Database
from infra.kernel.jobs import backoff_seconds

LOST = "lost: its worker vanished in the middle of it"
ERROR_CHARS_MAX = 4000
PRIORITIES = "generate_series(0, 9)"
"""0 is most urgent. Each is searched by itself, so that work for later costs the search nothing."""

TOLERANCE = "interval '50 milliseconds'"
"""`run_at` is written by a process that estimates the database's clock: due now is due now."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker holds."""

    tenant_id: UUID
    id: UUID
    name: str
    arguments: Mapping[str, Any]
    actor: Mapping[str, Any]
    attempt: int
    attempts_max: int
    fence: int
    request_id: str
    due_at: float
    """When it was due, on this process's monotonic clock."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a tenant has left to do."""

    ready: bool
    suspect: bool
    untold: bool
    next_seconds: float | None
    epoch_seconds: float

    @property
    def now(self) -> bool:
        return self.ready or self.suspect or self.untold


class Leases:
    """The statements by which one worker holds jobs."""

    def __init__(self, database: Database, worker: str, seconds: float) -> None:
        self._database = database
        self._worker = worker
        self._length = timedelta(seconds=seconds)

    async def claim(self, tenant_id: UUID, most: int, *, suspect: bool = False) -> list[Claimed]:
        """Take due jobs, most urgent first; the suspects after putting back whose lease ran out."""
        suspected = "IS TRUE" if suspect else "IS NOT TRUE"
        async with self._database.transaction(tenant_id) as connection:
            if suspect:
                await connection.execute(_RECLAIM, tenant_id, LOST, backoff_seconds(1))
            rows = await connection.fetch(
                _CLAIM.format(suspected=suspected), tenant_id, most, self._length, self._worker
            )
        return [_claimed(tenant_id, row) for row in rows]

    async def finish(self, tenant_id: UUID, jobs: Sequence[Claimed]) -> None:
        """Mark jobs done that are still ours."""
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(
                """UPDATE jobs SET state = 'done', finished_at = now(), updated_at = now(),
                     lease_until = NULL, error = NULL
                   FROM unnest($2::uuid[], $3::bigint[]) AS mine (id, fence)
                   WHERE jobs.tenant_id = $1 AND jobs.id = mine.id AND jobs.fence = mine.fence
                     AND jobs.state = 'running'""",
                tenant_id,
                *_pairs(jobs),
            )

    async def fail(self, job: Claimed, error: str, *, final: bool) -> bool:
        """Note a failed attempt: again after a pause, or dead; whether the job is dead now."""
        dead = final or job.attempt >= job.attempts_max
        async with self._database.transaction(job.tenant_id) as connection:
            await connection.execute(
                """UPDATE jobs SET state = CASE WHEN $4 THEN 'dead' ELSE 'queued' END,
                     finished_at = CASE WHEN $4 THEN now() END, dedupe_key = NULL,
                     run_at = CASE WHEN $4 THEN run_at
                                   ELSE now() + $5::float8 * interval '1 second' END,
                     error = $6, lease_until = NULL, updated_at = now()
                   WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND state = 'running'""",
                job.tenant_id,
                job.id,
                job.fence,
                dead,
                backoff_seconds(job.attempt),
                error.replace("\0", "").encode(errors="replace").decode()[:ERROR_CHARS_MAX],
            )
        return dead

    async def release(self, tenant_id: UUID, jobs: Sequence[Claimed]) -> None:
        """Put jobs back that were not done, as if they had never been taken."""
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(
                """UPDATE jobs SET state = 'queued', attempts = attempts - 1, dedupe_key = NULL,
                     lease_until = NULL, updated_at = now()
                   FROM unnest($2::uuid[], $3::bigint[]) AS mine (id, fence)
                   WHERE jobs.tenant_id = $1 AND jobs.id = mine.id AND jobs.fence = mine.fence
                     AND jobs.state = 'running'""",
                tenant_id,
                *_pairs(jobs),
            )

    async def renew(self, tenant_id: UUID, jobs: Sequence[Claimed]) -> None:
        """Hold jobs longer; one whose row is locked is about to be finished and is left alone."""
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(
                """WITH held AS (
                     SELECT jobs.id FROM jobs
                       JOIN unnest($2::uuid[], $3::bigint[]) AS mine (id, fence)
                         ON jobs.id = mine.id AND jobs.fence = mine.fence
                      WHERE jobs.tenant_id = $1 AND jobs.state = 'running'
                        FOR UPDATE OF jobs SKIP LOCKED)
                   UPDATE jobs SET lease_until = now() + $4 FROM held
                   WHERE jobs.tenant_id = $1 AND jobs.id = held.id""",
                tenant_id,
                *_pairs(jobs),
                self._length,
            )

    async def outlook(self, tenant_id: UUID) -> Outlook:
        """What is left: due now, and when the next thing is due."""
        connection: Any
        async with self._database.transaction(tenant_id) as connection:
            row = await connection.fetchrow(_OUTLOOK, tenant_id)
        return Outlook(*row)


def _claimed(tenant_id: UUID, row: Mapping[str, Any]) -> Claimed:
    return Claimed(
        tenant_id=tenant_id,
        id=row["id"],
        name=row["name"],
        arguments=json.loads(row["arguments"]),
        actor=json.loads(row["actor"]),
        attempt=row["attempts"],
        attempts_max=row["attempts_max"],
        fence=row["fence"],
        request_id=row["request_id"],
        due_at=time.monotonic() - row["waited"],
    )


def _pairs(jobs: Iterable[Claimed]) -> tuple[list[UUID], list[int]]:
    jobs = list(jobs)
    return [job.id for job in jobs], [job.fence for job in jobs]


_RECLAIM = """
WITH expired AS (
  SELECT id FROM jobs WHERE tenant_id = $1 AND state = 'running' AND lease_until < now()
  ORDER BY lease_until LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE jobs SET error = $2, lease_until = NULL, updated_at = now(), dedupe_key = NULL,
       state = CASE WHEN attempts >= attempts_max THEN 'dead' ELSE 'queued' END,
       finished_at = CASE WHEN attempts >= attempts_max THEN now() END,
       run_at = CASE WHEN attempts <= 1 THEN now()
                     ELSE now() + $3::float8 * least(attempts, 30) * interval '1 second' END
  FROM expired WHERE jobs.tenant_id = $1 AND jobs.id = expired.id
"""
_CLAIM = f"""
WITH due AS (
  SELECT job.id FROM {PRIORITIES} AS level, LATERAL (
    SELECT id FROM jobs
     WHERE tenant_id = $1 AND state = 'queued' AND priority = level
       AND run_at <= now() + {TOLERANCE}
       AND (error LIKE 'lost:%') {{suspected}}
     ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
  ) AS job
  WHERE EXISTS (SELECT FROM tenants WHERE id = $1 AND state IN ('active', 'erasing')) LIMIT $2
)
UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, worker = $4,
       lease_until = now() + $3, updated_at = now()
  FROM due WHERE jobs.tenant_id = $1 AND jobs.id = due.id
RETURNING jobs.id, name, arguments::text AS arguments, actor::text AS actor, attempts,
          attempts_max, fence, request_id,
          extract(epoch FROM clock_timestamp() - run_at)::float8 AS waited
"""
_OUTLOOK = f"""
SELECT EXISTS (SELECT FROM {PRIORITIES} AS level, LATERAL (SELECT 1 FROM jobs
          WHERE tenant_id = $1 AND state = 'queued' AND priority = level
       AND run_at <= now() + {TOLERANCE}
            AND (error LIKE 'lost:%') IS NOT TRUE LIMIT 1) AS due),
       EXISTS (SELECT FROM {PRIORITIES} AS level, LATERAL (SELECT 1 FROM jobs
          WHERE tenant_id = $1 AND state = 'queued' AND priority = level
       AND run_at <= now() + {TOLERANCE}
            AND error LIKE 'lost:%' LIMIT 1) AS due)
       OR EXISTS (SELECT FROM jobs
          WHERE tenant_id = $1 AND state = 'running' AND lease_until < now()),
       EXISTS (SELECT FROM events WHERE tenant_id = $1 AND position IS NULL)
       OR EXISTS (SELECT FROM audit_entries WHERE tenant_id = $1 AND seq IS NULL),
       extract(epoch FROM least(
         (SELECT min(soonest.run_at) FROM {PRIORITIES} AS level, LATERAL (SELECT run_at FROM jobs
            WHERE tenant_id = $1 AND state = 'queued' AND priority = level
              AND run_at > now() + {TOLERANCE}
            ORDER BY run_at LIMIT 1) AS soonest),
         (SELECT min(lease_until) FROM jobs WHERE tenant_id = $1 AND state = 'running')
       ) - clock_timestamp())::float8,
       extract(epoch FROM now())::float8
"""
