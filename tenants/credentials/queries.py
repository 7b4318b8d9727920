"""Reads and writes of credentials: issuing, finding, stamping, revoking. Always one tenant's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.ids import uuid7
from tenants import tokens


@dataclass(frozen=True)
class Issued:
    """A new credential; `token` is shown once and kept nowhere."""

    id: UUID
    token: str


async def issue(
    ctx: Context,
    kind: str,
    *,
    lifetime: timedelta | None,
    name: str = "",
    user_id: UUID | None = None,
    profile_id: UUID | None = None,
    client_id: UUID | None = None,
    module_id: UUID | None = None,
    family_id: UUID | None = None,
    scopes: Sequence[str] = (),
    roles: Sequence[str] = (),
    claims: dict[str, Any] | None = None,
) -> Issued:
    """Store a credential of one of the kinds in `tokens.LETTERS` and hand out its token."""
    credential_id = uuid7()
    token = tokens.mint(kind, ctx.tenant_id, credential_id)
    await ctx.execute(
        """INSERT INTO credentials (tenant_id, id, kind, name, secret_hash, user_id, profile_id,
             client_id, module_id, family_id, scopes, roles, claims, expires_at, last_used_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb,
             clock_timestamp() + $14::interval, clock_timestamp())""",
        ctx.tenant_id,
        credential_id,
        kind,
        name,
        tokens.digest(token),
        user_id,
        profile_id,
        client_id,
        module_id,
        family_id,
        list(scopes),
        list(roles),
        json.dumps(claims or {}),
        lifetime,
    )
    return Issued(credential_id, token)


async def find(ctx: Context, token: tokens.Token, *, lock: bool = False) -> Any | None:
    """The stored row of this very token, revoked or not; None where it is not the one stored."""
    row = await ctx.fetchrow(
        """SELECT id, kind, secret_hash, user_id, profile_id, client_id, family_id, scopes, roles,
             revoked_at, expires_at, (revoked_at IS NULL AND (expires_at IS NULL
               OR expires_at > clock_timestamp())) AS alive
           FROM credentials WHERE tenant_id = $1 AND id = $2 AND kind = $3"""
        + (" FOR UPDATE" if lock else ""),
        ctx.tenant_id,
        token.row_id,
        token.kind,
    )
    return row if row is not None and tokens.same(row["secret_hash"], token.text) else None


async def revoke(ctx: Context, credential_id: UUID) -> bool:
    """End one credential now; False where it had ended already."""
    done = await ctx.fetchval(
        """UPDATE credentials SET revoked_at = clock_timestamp(), stamp = stamp + 1,
             updated_at = clock_timestamp()
           WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING 1""",
        ctx.tenant_id,
        credential_id,
    )
    return done is not None


async def revoke_family(ctx: Context, family_id: UUID) -> None:
    """End every token that descends from one authorization."""
    await _end(ctx, "authorizations", family_id, "family_id = $2")


SIGN_INS = ("session", "access_token", "refresh_token")
EVERYTHING = (*SIGN_INS, "api_key", "module_session")


async def revoke_of_user(
    ctx: Context,
    user_id: UUID,
    *,
    kinds: Sequence[str] = SIGN_INS,
    profile_id: UUID | None = None,
    keep: UUID | None = None,
) -> None:
    """End a person's credentials of these kinds; `keep` spares the one that asked for it."""
    which = """user_id = $2 AND kind = ANY ($3)
               AND ($4::uuid IS NULL OR profile_id = $4) AND id IS DISTINCT FROM $5"""
    await _end(ctx, "users", user_id, which, list(kinds), profile_id, keep)


async def revoke_of_client(ctx: Context, client_id: UUID) -> None:
    """End every token that an OAuth client holds."""
    await _end(ctx, "oauth_clients", client_id, "client_id = $2")


async def _end(ctx: Context, kind: str, owner: UUID, which: str, *values: Any) -> None:
    """End what is in force of these; the audit says whose and how many they were."""
    tag = await ctx.execute(
        f"""UPDATE credentials SET revoked_at = clock_timestamp(), stamp = stamp + 1
            WHERE tenant_id = $1 AND revoked_at IS NULL AND {which}""",
        ctx.tenant_id,
        owner,
        *values,
    )
    if ended := int(tag.rpartition(" ")[2]):
        ctx.note("credentials.revoke", kind, owner, {"in_force": [ended, 0]})


async def act_as(ctx: Context, credential_id: UUID, profile_id: UUID) -> None:
    """Let a session act as another profile of its person from now on."""
    await ctx.execute(
        """UPDATE credentials SET profile_id = $3, stamp = stamp + 1
           WHERE tenant_id = $1 AND id = $2 AND kind = 'session' AND revoked_at IS NULL""",
        ctx.tenant_id,
        credential_id,
        profile_id,
    )


async def sweep(ctx: Context) -> int:
    """Delete credentials and one-time keys that ended over a month ago; how many went."""
    gone = 0
    for statement in (
        """DELETE FROM credentials WHERE tenant_id = $1
             AND coalesce(revoked_at, expires_at) < clock_timestamp() - interval '31 days'""",
        "DELETE FROM oidc_states WHERE tenant_id = $1 AND expires_at < clock_timestamp()",
        """DELETE FROM oauth_codes WHERE tenant_id = $1
             AND expires_at < clock_timestamp() - interval '31 days'""",
        """DELETE FROM password_resets WHERE tenant_id = $1
             AND expires_at < clock_timestamp() - interval '31 days'""",
    ):
        status = await ctx.execute(statement, ctx.tenant_id)
        gone += int(str(status).rpartition(" ")[2] or 0)
    return gone
