"""The directory of tenants: reference tables that operators write and everybody reads."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.database import Database

_COLUMNS = "id, slug, name, state, plan, created_at, updated_at"


async def tenant_row(database: Database, key: str | UUID) -> Any | None:
    """A tenant by id or slug."""
    column = "id" if isinstance(key, UUID) else "slug"
    async with database.transaction(None, read_only=True) as connection:
        return await connection.fetchrow(f"SELECT {_COLUMNS} FROM tenants WHERE {column} = $1", key)


async def tenant_rows(database: Database, after: UUID | None = None, most: int = 1000) -> list[Any]:
    """Tenants in the order in which they were made."""
    async with database.transaction(None, read_only=True) as connection:
        rows: list[Any] = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM tenants WHERE $1::uuid IS NULL OR id > $1
                ORDER BY id LIMIT $2""",
            after,
            most,
        )
    return rows


async def site_row(ctx: Context) -> Any | None:
    """The tenant's name, state and slug, and the verified host that it has had longest."""
    return await ctx.fetchrow(
        """SELECT t.slug, t.name, t.state, (SELECT h.host FROM tenant_hosts h
             WHERE h.tenant_id = t.id AND h.verified_at IS NOT NULL AND h.released_at IS NULL
             ORDER BY h.verified_at LIMIT 1) AS host
           FROM tenants t WHERE t.id = $1""",
        ctx.tenant_id,
    )


async def add_tenant(ctx: Context, slug: str, name: str, plan: str) -> None:
    """The rows without which nothing of a tenant works."""
    await ctx.execute(
        "INSERT INTO tenants (id, slug, name, plan) VALUES ($1, $2, $3, $4)",
        ctx.tenant_id,
        slug,
        name,
        plan,
    )
    await ctx.execute("INSERT INTO tenant_state (tenant_id, id) VALUES ($1, $1)", ctx.tenant_id)


async def set_state(ctx: Context, before: tuple[str, ...], state: str) -> bool:
    """Move the tenant on, and let every cached caller of it be looked up anew."""
    moved = await ctx.fetchval(
        """UPDATE tenants SET state = $3, updated_at = clock_timestamp()
           WHERE id = $1 AND state = ANY ($2) RETURNING 1""",
        ctx.tenant_id,
        list(before),
        state,
    )
    if moved is None:
        return False
    await ctx.execute(
        "UPDATE tenant_state SET config_version = config_version + 1 WHERE tenant_id = $1",
        ctx.tenant_id,
    )
    return True


async def host_rows(database: Database, tenant_id: UUID) -> list[Any]:
    """The hosts of a tenant that it has not given up."""
    async with database.transaction(None, read_only=True) as connection:
        rows: list[Any] = await connection.fetch(
            """SELECT host, verified_at, challenge, created_at FROM tenant_hosts
               WHERE tenant_id = $1 AND released_at IS NULL ORDER BY host""",
            tenant_id,
        )
    return rows


async def claim_host(ctx: Context, host: str, challenge: str) -> bool:
    """Take a host that is free, or whose former owner gave it up long enough ago."""
    taken = await ctx.fetchval(
        """INSERT INTO tenant_hosts (host, tenant_id, challenge) VALUES ($1, $2, $3)
           ON CONFLICT (host) DO UPDATE SET tenant_id = EXCLUDED.tenant_id,
             challenge = EXCLUDED.challenge, verified_at = NULL, released_at = NULL
           WHERE tenant_hosts.released_at IS NOT NULL
             AND (tenant_hosts.tenant_id = EXCLUDED.tenant_id
               OR tenant_hosts.released_at < clock_timestamp() - interval '30 days')
           RETURNING 1""",
        host,
        ctx.tenant_id,
        challenge,
    )
    return taken is not None


async def verify_host(ctx: Context, host: str) -> bool:
    """The tenant has proved that the host is its own."""
    done = await ctx.fetchval(
        """UPDATE tenant_hosts SET verified_at = clock_timestamp()
           WHERE host = $1 AND tenant_id = $2 AND released_at IS NULL RETURNING 1""",
        host,
        ctx.tenant_id,
    )
    return done is not None


async def release_host(ctx: Context, host: str) -> bool:
    """Give a host up; nobody else can have it for thirty days."""
    done = await ctx.fetchval(
        """UPDATE tenant_hosts SET released_at = clock_timestamp(), verified_at = NULL
           WHERE host = $1 AND tenant_id = $2 AND released_at IS NULL RETURNING 1""",
        host,
        ctx.tenant_id,
    )
    return done is not None


async def add_proof(
    ctx: Context, proof_id: UUID, slug: str, at: datetime, counts: dict[str, int], digest: bytes
) -> None:
    """Record that a tenant was erased, and what of it."""
    await ctx.execute(
        """INSERT INTO erasure_proofs (id, erased_tenant, slug, erased_at, counts, digest)
           VALUES ($1, $2, $3, $4, $5::text::jsonb, $6)""",
        proof_id,
        ctx.tenant_id,
        slug,
        at,
        json.dumps(counts),
        digest,
    )


async def close_tenant(ctx: Context) -> None:
    """Leave of an erased tenant its id and its slug, which nobody else may ever have."""
    await ctx.execute(
        """UPDATE tenant_hosts SET released_at = clock_timestamp(), verified_at = NULL
           WHERE tenant_id = $1""",
        ctx.tenant_id,
    )
    await ctx.execute(
        """UPDATE tenants SET state = 'erased', name = '', updated_at = clock_timestamp()
           WHERE id = $1""",
        ctx.tenant_id,
    )
