"""What the token endpoint reads and writes of codes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context


async def lock_code(ctx: Context, code_id: UUID) -> Any | None:
    """The authorization code, used or not, locked against its twin request."""
    return await ctx.fetchrow(
        """SELECT id, code_hash, client_id, user_id, profile_id, family_id, redirect_uri, scopes,
             code_challenge, used_at, expires_at > clock_timestamp() AS fresh
           FROM oauth_codes WHERE tenant_id = $1 AND id = $2 FOR UPDATE""",
        ctx.tenant_id,
        code_id,
    )


async def use_code(ctx: Context, code_id: UUID) -> None:
    """The code has become tokens and never will again."""
    await ctx.execute(
        """UPDATE oauth_codes SET used_at = clock_timestamp()
           WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        code_id,
    )


async def add_code(
    ctx: Context,
    code_id: UUID,
    *,
    code_hash: bytes,
    client_id: UUID,
    user_id: UUID,
    profile_id: UUID,
    family_id: UUID,
    redirect_uri: str,
    scopes: Sequence[str],
    code_challenge: str,
) -> None:
    """Store a code for one minute."""
    await ctx.execute(
        """INSERT INTO oauth_codes (tenant_id, id, code_hash, client_id, user_id, profile_id,
             family_id, redirect_uri, scopes, code_challenge, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
             clock_timestamp() + interval '60 seconds')""",
        ctx.tenant_id,
        code_id,
        code_hash,
        client_id,
        user_id,
        profile_id,
        family_id,
        redirect_uri,
        list(scopes),
        code_challenge,
    )


async def person_in_force(ctx: Context, user_id: UUID, profile_id: UUID) -> bool:
    """Whether the person and the profile may still act."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM users u JOIN profiles p
                 ON p.tenant_id = u.tenant_id AND p.user_id = u.id
               WHERE u.tenant_id = $1 AND u.id = $2 AND p.id = $3
                 AND u.state = 'active' AND p.state = 'active')""",
            ctx.tenant_id,
            user_id,
            profile_id,
        )
    )
