"""The token endpoint: codes, refresh tokens and client secrets become access tokens.

A code or a refresh token that comes a second time has leaked: everything that descends from the
same authorization ends (RFC 9700 §4.14.2), and that is committed although the request is refused.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.ids import uuid7
from infra.kernel.ratelimit import Policy, RateLimiter, address_key
from infra.kernel.services import Services
from tenants import tokens
from tenants.credentials import queries as credentials
from tenants.directory.queries import site_row
from tenants.oauth import queries
from tenants.oauth.desk import ACCESS_SECONDS, Answer, Client, Code, Decided, Desk, Refresh
from tenants.oauth.models import OAuthClient
from tenants.oauth.resources import oauth_clients

REFRESH_LIFETIME = timedelta(days=30)
TOKEN_CLIENT = Policy("oauth-client", limit=600, window_seconds=60, lease_max=1)
TOKEN_ADDRESS = Policy("oauth-address", limit=1_200, window_seconds=60, lease_max=1)


def basic(header: str | None) -> tuple[str, str] | None:
    """Client id and secret of an `Authorization: Basic` header (RFC 6749 §2.3.1), or None."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (unquote(name), unquote(secret)) if colon else None


def client_token(form: Mapping[str, str], header: str | None) -> tokens.Token | None:
    """The client that a request names, in the header or the body; None for none of ours."""
    proof = basic(header)
    return tokens.parse(
        proof[0] if proof else form.get("client_id", ""), "oauth_client", is_whole=False
    )


async def token(
    services: Services,
    form: Mapping[str, str],
    header: str | None,
    *,
    client_address: str,
    tenant_id: UUID | None,
) -> Answer:
    """The answer to a token request: status, body, headers. `tenant_id` is the host's, if any."""
    named = client_token(form, header)
    await services.get(RateLimiter).enforce(
        (str(named.row_id) if named else "nobody", TOKEN_CLIENT),
        (address_key(client_address), TOKEN_ADDRESS),
    )
    headers = {"Authorization": header} if header and basic(header) else {}
    if named is None or (tenant_id is not None and named.tenant_id != tenant_id):
        return Desk(None).ask(form, headers)
    async with services.system(named.tenant_id, reason="oauth") as ctx:
        client = await _client(ctx, named)
        desk = await _desk(ctx, client, form)
        answer = desk.ask(form, headers)
        if desk.decided.is_granted and answer[0] == 200 and client is not None:
            answer[1].update(await _issue(ctx, client, desk.decided))
        return answer


async def _client(ctx: Context, named: tokens.Token) -> Client | None:
    row: OAuthClient | None = await ctx.find(oauth_clients, named.row_id)
    if row is None or not row.active or await _tenant_is_asleep(ctx):
        return None
    return Client(row, named.text)


async def _tenant_is_asleep(ctx: Context) -> bool:
    site = await site_row(ctx)
    return site is None or site["state"] != "active"


async def _desk(ctx: Context, client: Client | None, form: Mapping[str, str]) -> Desk:
    if client is None:
        return Desk(None)
    found: Code | Refresh | None = None
    if form.get("grant_type") == "authorization_code":
        found = await _code(ctx, client, form.get("code", ""))
    elif form.get("grant_type") == "refresh_token":
        found = await _refresh(ctx, client, form.get("refresh_token", ""))
    in_force = found is not None and await queries.person_in_force(
        ctx, found.user_id, found.profile_id
    )
    return Desk(
        client,
        code=found if isinstance(found, Code) else None,
        refresh=found if isinstance(found, Refresh) else None,
        is_person_in_force=in_force,
    )


async def _code(ctx: Context, client: Client, text: str) -> Code | None:
    parsed = tokens.parse(text, "oauth_code")
    if parsed is None or parsed.tenant_id != ctx.tenant_id:
        return None
    row = await queries.lock_code(ctx, parsed.row_id)
    if row is None or not tokens.same(row["code_hash"], text):
        return None
    if row["used_at"] is not None:
        await credentials.revoke_family(ctx, row["family_id"])
        return None
    if not row["fresh"] or row["client_id"] != client.row.id:
        return None
    return Code(
        id=row["id"],
        client_id=client.public_id,
        user_id=row["user_id"],
        profile_id=row["profile_id"],
        family_id=row["family_id"],
        redirect_uri=row["redirect_uri"],
        scopes=list(row["scopes"]),
        code_challenge=row["code_challenge"],
    )


async def _refresh(ctx: Context, client: Client, text: str) -> Refresh | None:
    parsed = tokens.parse(text, "refresh_token")
    if parsed is None or parsed.tenant_id != ctx.tenant_id:
        return None
    row = await credentials.find(ctx, parsed, lock=True)
    if row is None or row["client_id"] != client.row.id:
        return None
    if row["revoked_at"] is not None:
        await credentials.revoke_family(ctx, row["family_id"])
        return None
    if not row["alive"]:
        return None
    return Refresh(
        id=row["id"],
        client_id=client.public_id,
        user_id=row["user_id"],
        profile_id=row["profile_id"],
        family_id=row["family_id"],
        scopes=list(row["scopes"]),
    )


async def _issue(ctx: Context, client: Client, decided: Decided) -> dict[str, Any]:
    """Write what was decided, and hand out the tokens."""
    used = decided.used
    family = used.family_id if used else uuid7()
    if isinstance(used, Code):
        await queries.use_code(ctx, used.id)
    elif isinstance(used, Refresh):
        await credentials.revoke(ctx, used.id)
    # A program for itself has the client's roles, as far as whoever registered it still has them;
    # in a person's name it has the person's, within the scopes agreed.
    bearer: dict[str, Any] = {
        "user_id": used.user_id if used else client.row.user_id,
        "profile_id": used.profile_id if used else client.row.profile_id,
        "roles": () if used else tuple(client.row.roles) or ("-",),
        "client_id": client.row.id,
        "family_id": family,
        "scopes": decided.scopes,
        "name": client.row.name,
    }
    access = await credentials.issue(
        ctx, "access_token", lifetime=timedelta(seconds=ACCESS_SECONDS), **bearer
    )
    told: dict[str, Any] = {"access_token": access.token}
    if decided.with_refresh and used is not None:
        refresh = await credentials.issue(ctx, "refresh_token", lifetime=REFRESH_LIFETIME, **bearer)
        told["refresh_token"] = refresh.token
    ctx.note(
        f"oauth.{decided.grant_type}", oauth_clients, client.row.id, {"scopes": decided.scopes}
    )
    return told


async def revoke(
    services: Services,
    form: Mapping[str, str],
    header: str | None,
    *,
    client_address: str,
    tenant_id: UUID | None,
) -> Answer:
    """End a token and all that descends with it (RFC 7009); of an unknown token nothing is said."""
    named = client_token(form, header)
    await services.get(RateLimiter).enforce((address_key(client_address), TOKEN_ADDRESS))
    refused: Answer = (401, {"error": "invalid_client"}, [("WWW-Authenticate", "Basic")])
    if named is None or (tenant_id is not None and named.tenant_id != tenant_id):
        return refused
    async with services.system(named.tenant_id, reason="oauth") as ctx:
        client = await _client(ctx, named)
        if client is None or not _proved(client, form, header):
            return refused
        parsed = tokens.parse(form.get("token", ""), "access_token", "refresh_token")
        if parsed is not None and parsed.tenant_id == ctx.tenant_id:
            row = await credentials.find(ctx, parsed, lock=True)
            if row is not None and row["client_id"] == client.row.id:
                await credentials.revoke(ctx, row["id"])
                if row["family_id"] is not None:
                    await credentials.revoke_family(ctx, row["family_id"])
    return 200, {}, []


def _proved(client: Client, form: Mapping[str, str], header: str | None) -> bool:
    proof = basic(header)
    secret = proof[1] if proof else form.get("client_secret", "")
    if client.check_endpoint_auth_method("none", "revocation"):
        return not secret
    return client.check_client_secret(secret)
