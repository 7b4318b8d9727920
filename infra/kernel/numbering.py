"""Numbers people say aloud (`CS0001026`), leased from a per-tenant counter in blocks.

A counter bumped in the business transaction would make a tenant's writers wait on each other's
commits. A process therefore leases a block in a transaction of its own: one number at a time for a
quiet tenant, whose numbers then follow each other, and more at a time for a busy one. What a
process leased and did not use is skipped: numbers are unique and rising, not gapless.
"""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from infra.kernel.database import Database
from infra.kernel.ids import uuid7

FIRST = 1001
_BLOCK_MOST = 256
_BUSY_SECONDS = 1.0


@dataclass
class _Lease:
    next: int = 0
    end: int = 0
    size: int = 1
    at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Numbers:
    """Gives out numbers per tenant and counter."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._leases: dict[tuple[UUID, str], _Lease] = {}

    async def take(self, tenant_id: UUID, prefix: str) -> str:
        """The next number: the prefix and at least seven digits."""
        lease = self._leases.setdefault((tenant_id, prefix), _Lease())
        async with lease.lock:
            if lease.next >= lease.end:
                await self._renew(lease, tenant_id, prefix)
            value = lease.next
            lease.next += 1
        return f"{prefix}{value:07d}"

    async def _renew(self, lease: _Lease, tenant_id: UUID, prefix: str) -> None:
        now = time.monotonic()
        busy = now - lease.at < _BUSY_SECONDS
        lease.size = min(lease.size * 4, _BLOCK_MOST) if busy else 1
        lease.at = now
        async with self._database.aside(tenant_id) as connection:
            end = await connection.fetchval(
                """INSERT INTO counters AS c (tenant_id, id, name, value)
                   VALUES ($1, $2, $3, $4::bigint)
                   ON CONFLICT (tenant_id, name) DO UPDATE SET value = c.value + $5::bigint
                   RETURNING value""",
                tenant_id, uuid7(), prefix, FIRST + lease.size, lease.size,
            )  # fmt: skip
        lease.next, lease.end = end - lease.size, end
