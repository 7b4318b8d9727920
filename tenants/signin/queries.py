"""What signing in reads and writes by hand."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.database import Database

_TOUCH_SECONDS = 300


async def load_caller(
    database: Database, tenant_id: UUID, credential_id: UUID
) -> tuple[bytes, dict[str, Any]] | None:
    """The stored digest and everything known of the credential's bearer, in one round trip."""
    async with database.transaction(tenant_id) as connection:
        row = await connection.fetchrow(
            """SELECT c.secret_hash, c.caller, t.plan, s.settings::text AS settings
               FROM app_caller($1) c LEFT JOIN tenants t ON t.id = $2
               LEFT JOIN tenant_state s ON s.tenant_id = $2""",
            credential_id,
            tenant_id,
        )
        if row is None:
            return None
        facts: dict[str, Any] = json.loads(row["caller"])
        facts |= {"tenant_plan": row["plan"], "settings": json.loads(row["settings"] or "{}")}
        if facts["alive"] and facts["idle_seconds"] > _TOUCH_SECONDS:
            await connection.execute(
                """UPDATE credentials SET last_used_at = clock_timestamp()
                   WHERE tenant_id = $1 AND id = $2""",
                tenant_id,
                credential_id,
            )
    return row["secret_hash"], facts


async def load_profile(
    database: Database, tenant_id: UUID, profile_id: UUID
) -> dict[str, Any] | None:
    """Everything known of whoever acts as this profile; None where there is none."""
    async with database.transaction(tenant_id, read_only=True) as connection:
        row = await connection.fetchrow(
            """SELECT c.caller, s.settings::text AS settings
               FROM app_caller(NULL, $1) c LEFT JOIN tenant_state s ON s.tenant_id = $2""",
            profile_id,
            tenant_id,
        )
    if row is None:
        return None
    facts: dict[str, Any] = json.loads(row["caller"])
    return facts | {"settings": json.loads(row["settings"] or "{}")}


async def load_profiles(ctx: Context, profiles: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The same of many profiles, as it stands inside an open transaction."""
    rows = await ctx.fetch(
        """SELECT p.id, c.caller, s.settings::text AS settings
           FROM unnest($2::uuid[]) p (id) CROSS JOIN LATERAL app_caller(NULL, p.id) c
           LEFT JOIN tenant_state s ON s.tenant_id = $1""",
        ctx.tenant_id,
        list(profiles),
    )
    return {
        row["id"]: json.loads(row["caller"]) | {"settings": json.loads(row["settings"] or "{}")}
        for row in rows
    }


async def sign_in_row(ctx: Context, email: str) -> Any | None:
    """What a sign-in has to know of the person with this address."""
    return await ctx.fetchrow(
        """SELECT u.id, u.password_hash, u.state,
             (SELECT p.id FROM profiles p WHERE p.tenant_id = u.tenant_id AND p.user_id = u.id
                AND p.state = 'active' ORDER BY p.is_default DESC, p.created_at LIMIT 1)
             AS profile_id
           FROM users u WHERE u.tenant_id = $1 AND u.email = $2""",
        ctx.tenant_id,
        email,
    )


async def start_profile(ctx: Context, user_id: UUID) -> UUID | None:
    """The profile with which a person starts: the default, or else the eldest active one."""
    found: UUID | None = await ctx.fetchval(
        """SELECT id FROM profiles WHERE tenant_id = $1 AND user_id = $2 AND state = 'active'
           ORDER BY is_default DESC, created_at LIMIT 1""",
        ctx.tenant_id,
        user_id,
    )
    return found


async def signed_in(ctx: Context, user_id: UUID, password_hash: str | None = None) -> None:
    """Note the moment, and the hash under today's parameters where the stored one was older."""
    await ctx.execute(
        """UPDATE users SET last_sign_in_at = clock_timestamp(),
             password_hash = coalesce($3, password_hash) WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        user_id,
        password_hash,
    )


async def open_reset(ctx: Context, reset_id: UUID) -> Any | None:
    """An unused reset that has not expired, locked."""
    return await ctx.fetchrow(
        """SELECT id, user_id, token_hash FROM password_resets WHERE tenant_id = $1 AND id = $2
             AND used_at IS NULL AND expires_at > clock_timestamp() FOR UPDATE""",
        ctx.tenant_id,
        reset_id,
    )


async def add_reset(ctx: Context, reset_id: UUID, user_id: UUID, token_hash: bytes) -> None:
    """Store a reset for an hour; those before it no longer open."""
    await use_resets(ctx, user_id)
    await ctx.execute(
        """INSERT INTO password_resets (tenant_id, id, user_id, token_hash, expires_at)
           VALUES ($1, $2, $3, $4, clock_timestamp() + interval '1 hour')""",
        ctx.tenant_id,
        reset_id,
        user_id,
        token_hash,
    )


async def use_resets(ctx: Context, user_id: UUID) -> None:
    """Whatever resets a person has open no longer open."""
    await ctx.execute(
        """UPDATE password_resets SET used_at = clock_timestamp()
           WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL""",
        ctx.tenant_id,
        user_id,
    )
