"""The state of sign-ins that are on their way to a provider and back."""

from typing import Any
from uuid import UUID

from infra.kernel.context import Context


async def add_state(
    ctx: Context,
    state_id: UUID,
    *,
    state_hash: bytes,
    browser_hash: bytes,
    provider_id: UUID,
    nonce: str,
    verifier: str,
    next_path: str,
    invitation_id: UUID | None,
) -> None:
    """Remember a sign-in for ten minutes."""
    await ctx.execute(
        """INSERT INTO oidc_states (tenant_id, id, state_hash, browser_hash, provider_id, nonce,
             verifier, next_path, invitation_id, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
             clock_timestamp() + interval '10 minutes')""",
        ctx.tenant_id,
        state_id,
        state_hash,
        browser_hash,
        provider_id,
        nonce,
        verifier,
        next_path,
        invitation_id,
    )


async def take_state(ctx: Context, state_id: UUID) -> Any | None:
    """What was remembered; it is gone with this, so that no answer counts twice."""
    return await ctx.fetchrow(
        """DELETE FROM oidc_states WHERE tenant_id = $1 AND id = $2
             AND expires_at > clock_timestamp()
           RETURNING state_hash, browser_hash, provider_id, nonce, verifier, next_path,
             invitation_id""",
        ctx.tenant_id,
        state_id,
    )
