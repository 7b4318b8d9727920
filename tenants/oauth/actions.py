"""Registering programs, and ending what they were given."""

from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Fault, Forbidden, Invalid
from infra.kernel.ids import uuid7
from tenants import tokens
from tenants.credentials.queries import revoke_of_client
from tenants.credentials.scopes import covers, scope_faults
from tenants.oauth.models import ClientKind, OAuthClient
from tenants.oauth.resources import oauth_clients

GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token")
Word = Annotated[str, MinLen(1), MaxLen(120)]
Uri = Annotated[str, MinLen(1), MaxLen(500)]


class PublicClient(Conflict):
    """A public client has no secret."""

    type, title = "public-client", "A public client has no secret to rotate"


class NewClient(BaseModel):
    """A client, and its secret for the only time."""

    id: UUID
    client_id: str
    client_secret: str | None
    name: str


@action(oauth_clients, audiences=("staff",), on="collection", name="create")
async def create(
    ctx: Context,
    *,
    name: Annotated[str, MinLen(1), MaxLen(200)],
    kind: ClientKind,
    redirect_uris: Annotated[list[Uri], MaxLen(20)] | None = None,
    grant_types: Annotated[list[Word], MaxLen(3)] | None = None,
    scopes: Annotated[list[Word], MaxLen(200)] | None = None,
    roles: Annotated[list[Word], MaxLen(50)] | None = None,
) -> NewClient:
    """Register a program; a confidential one is told its secret once."""
    client = OAuthClient(
        id=uuid7(),
        name=name,
        kind=kind,
        redirect_uris=redirect_uris or [],
        grant_types=grant_types or _usual(kind),
        scopes=list(dict.fromkeys(scopes or [])),
        roles=list(dict.fromkeys(roles or [])),
        user_id=ctx.caller.user_id,
        profile_id=ctx.caller.profile_id,
    )
    _require_sound(ctx, client)
    if excess := set(client.roles) - ctx.caller.roles:
        raise Forbidden(f"you do not have {', '.join(sorted(excess))}")
    return await _secreted(ctx, client)


@action(oauth_clients, audiences=("staff",), name="update")
async def update(ctx: Context, client: OAuthClient, **values: Any) -> None:
    """Change a program's name, addresses or scopes, or switch it off with all its tokens."""
    for name, value in values.items():
        setattr(client, name, value)
    _require_sound(ctx, client)
    await ctx.save(client)
    if not client.active:
        await revoke_of_client(ctx, client.id)


@action(oauth_clients, audiences=("staff",), name="delete")
async def delete(ctx: Context, client: OAuthClient) -> None:
    """Remove a program; every token that it holds ends."""
    await revoke_of_client(ctx, client.id)
    await ctx.delete(client)


@action(oauth_clients, audiences=("staff",))
async def rotate_secret(ctx: Context, client: OAuthClient) -> NewClient:
    """Give a confidential program a new secret; the old one no longer works."""
    if client.kind == ClientKind.PUBLIC:
        raise PublicClient
    return await _secreted(ctx, client)


async def _secreted(ctx: Context, client: OAuthClient) -> NewClient:
    secret = None
    if client.kind == ClientKind.CONFIDENTIAL:
        secret = tokens.mint("oauth_client", ctx.tenant_id, client.id)
        client.secret_hash = tokens.digest(secret)
    await ctx.save(client)
    return NewClient(
        id=client.id,
        client_id=tokens.public_id("oauth_client", ctx.tenant_id, client.id),
        client_secret=secret,
        name=client.name,
    )


def _usual(kind: ClientKind) -> list[str]:
    if kind == ClientKind.CONFIDENTIAL:
        return ["client_credentials"]
    return ["authorization_code", "refresh_token"]


def _require_sound(ctx: Context, client: OAuthClient) -> None:
    faults = scope_faults(ctx.services.registry, client.scopes)
    faults += [
        Fault(f"/grant_types/{position}", "unknown", f"must be one of {', '.join(GRANT_TYPES)}")
        for position, name in enumerate(client.grant_types)
        if name not in GRANT_TYPES
    ]
    faults += [
        Fault(f"/redirect_uris/{position}", "uri", fault)
        for position, uri in enumerate(client.redirect_uris)
        if (fault := redirect_fault(uri, production=ctx.services.settings.is_production))
    ]
    if "authorization_code" in client.grant_types and not client.redirect_uris:
        faults.append(
            Fault("/redirect_uris", "missing", "this grant needs an address to return to")
        )
    if client.kind == ClientKind.PUBLIC and "client_credentials" in client.grant_types:
        faults.append(Fault("/grant_types", "secret", "a public client cannot prove who it is"))
    if faults:
        raise Invalid(faults)
    if not covers(ctx.caller.scopes, client.scopes):
        raise Forbidden("a client cannot have wider scopes than the key that registers it")


def redirect_fault(uri: str, *, production: bool) -> str | None:
    """Why an answer may not be sent to this address; None where it may."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return "is no address"
    local = host in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and (local or not production)):
        return "must begin with https://"
    if not host or parts.fragment or "#" in uri or "@" in parts.netloc or "\\" in uri:
        return "must have a host and no fragment or user name"
    if not uri.isascii() or any(sign <= " " for sign in uri) or "*" in uri:
        return "must be one exact address"
    return None
