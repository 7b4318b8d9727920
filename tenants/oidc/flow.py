"""Signing in with a provider, there and back.

Who somebody is to us is decided by (tenant, provider, issuer, subject) and by nothing else. An
address that a provider asserts never joins an identity to a person who exists already: only an
invitation, opened in the same browser, does that.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Forbidden, NotFound, Unauthorized
from infra.kernel.ids import uuid7
from infra.kernel.services import Services
from tenants import emails, tokens
from tenants.directory.addresses import site_url
from tenants.oidc import queries
from tenants.oidc.models import ExternalIdentity, IdentityProvider
from tenants.oidc.provider import Providers
from tenants.oidc.resources import external_identities, identity_providers
from tenants.people.directory import add_profile, add_user, user_by_email
from tenants.people.invitations import open_invitation
from tenants.people.models import Invitation, ProfileKind, User, UserState
from tenants.people.resources import invitations, users
from tenants.redirects import local_path
from tenants.sealing import SealBroken, unseal
from tenants.signin.queries import signed_in
from tenants.signin.sessions import Session, open_session

REFUSED = "this sign-in is not valid, or no longer; start again"


@dataclass(frozen=True)
class Arrived:
    """A sign-in that has come back and holds."""

    session: Session
    next_path: str


async def start(
    services: Services,
    tenant_id: UUID,
    name: str,
    *,
    browser: str,
    next_path: str,
    invitation: str = "",
) -> str:
    """Where to send the browser, once what must come back is remembered for it alone."""
    state_id = uuid7()
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    secret = secrets.token_urlsafe(32)
    state = f"{state_id.hex}.{secret}"
    async with services.system(tenant_id, reason="oidc") as ctx:
        provider = await _provider(ctx, name)
        invited = await _invited(ctx, invitation) if invitation else None
        await queries.add_state(
            ctx,
            state_id,
            state_hash=tokens.digest(state),
            browser_hash=tokens.digest(browser),
            provider_id=provider.id,
            nonce=nonce,
            verifier=verifier,
            next_path=local_path(next_path),
            invitation_id=invited.id if invited else None,
        )
        redirect_uri = await callback_url(ctx, name)
    return await services.get(Providers).start_url(
        provider, redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier
    )


async def finish(
    services: Services,
    tenant_id: UUID,
    name: str,
    *,
    browser: str | None,
    state: str,
    code: str,
    issuer: str | None = None,
) -> Arrived:
    """A session for whoever the provider proves; raises Unauthorized for every other answer."""
    remembered, provider, redirect_uri = await _take(services, tenant_id, name, browser, state)
    if issuer is not None and issuer.rstrip("/") != provider.issuer:
        raise Unauthorized(REFUSED)
    try:
        bound_to = f"{tenant_id}:{provider.id}"
        sealed = provider.client_secret
        secret = unseal(services.settings.secret_key, sealed, bound_to=bound_to) if sealed else ""
    except SealBroken:
        raise Forbidden("an admin must enter this provider's secret again") from None
    claims = await services.get(Providers).identity(
        provider,
        secret,
        code=code,
        redirect_uri=redirect_uri,
        nonce=remembered["nonce"],
        verifier=remembered["verifier"],
    )
    async with services.system(tenant_id, reason="oidc") as ctx:
        user = await _person(ctx, provider, claims, remembered["invitation_id"])
        if user.state != UserState.ACTIVE:
            raise Unauthorized("this person may not come in")
        await signed_in(ctx, user.id)
        session = await open_session(ctx, user.id)
    return Arrived(session, remembered["next_path"])


async def callback_url(ctx: Context, name: str) -> str:
    """Where the provider sends people back to, from configuration and verified hosts only."""
    return f"{await site_url(ctx)}/auth/oidc/{name}/callback"


async def _take(
    services: Services, tenant_id: UUID, name: str, browser: str | None, state: str
) -> tuple[Any, IdentityProvider, str]:
    head = state.partition(".")[0]
    if len(state) > 200 or len(head) != 32 or not all(c in "0123456789abcdef" for c in head):
        raise Unauthorized(REFUSED)
    async with services.system(tenant_id, reason="oidc") as ctx:
        remembered = await queries.take_state(ctx, UUID(hex=head))
        provider = await _provider(ctx, name)
        redirect_uri = await callback_url(ctx, name)
    if remembered is None or not tokens.same(remembered["state_hash"], state):
        raise Unauthorized(REFUSED)
    # The answer must come back to the browser that left, to the provider it left for.
    mine = hmac.compare_digest(bytes(remembered["browser_hash"]), tokens.digest(browser or ""))
    if not mine or remembered["provider_id"] != provider.id:
        raise Unauthorized(REFUSED)
    return remembered, provider, redirect_uri


async def _provider(ctx: Context, name: str) -> IdentityProvider:
    found: IdentityProvider | None = (
        await ctx.every(identity_providers).filter(name=name, active=True).first()
    )
    if found is None:
        raise NotFound("there is no such identity provider")
    return found


async def _invited(ctx: Context, text: str) -> Invitation:
    parsed = tokens.parse(text, "invitation")
    same_tenant = parsed is not None and parsed.tenant_id == ctx.tenant_id
    found: Invitation | None = None
    if parsed is not None and same_tenant:
        found = await open_invitation(ctx, parsed)
    if found is None:
        raise Unauthorized(REFUSED)
    return found


async def _person(
    ctx: Context, provider: IdentityProvider, claims: dict[str, Any], invitation_id: UUID | None
) -> User:
    subject = claims["sub"]
    known = (
        await ctx.every(external_identities)
        .filter(provider_id=provider.id, issuer=provider.issuer, subject=subject)
        .first()
    )
    if known is not None:
        user: User = await ctx.find(users, known.user_id)
        return user
    if invitation_id is not None:
        user = await _bound_by_invitation(ctx, invitation_id)
    else:
        user = await _provisioned(ctx, provider, claims)
    await ctx.save(
        ExternalIdentity(
            provider_id=provider.id, issuer=provider.issuer, subject=subject, user_id=user.id
        )
    )
    return user


async def _bound_by_invitation(ctx: Context, invitation_id: UUID) -> User:
    invitation: Invitation | None = await ctx.find(invitations, invitation_id, lock=True)
    if (
        invitation is None
        or invitation.accepted_at
        or invitation.revoked_at
        or invitation.expires_at <= ctx.now
    ):
        raise Unauthorized(REFUSED)
    user: User = await ctx.find(users, invitation.user_id, lock=True)
    if user.state != UserState.INVITED:
        raise Unauthorized(REFUSED)
    invitation.accepted_at = ctx.now
    user.state, user.email_verified_at = UserState.ACTIVE, ctx.now
    await ctx.save(invitation)
    await ctx.save(user)
    return user


async def _provisioned(ctx: Context, provider: IdentityProvider, claims: dict[str, Any]) -> User:
    """A new person, where the provider may bring people in. Never one who exists already."""
    names = {"name": "name", "email": "email", "locale": "locale"} | provider.claims
    email = claims.get(names["email"])
    if not provider.provision_kind:
        raise Forbidden("you have no account here; ask for an invitation")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        raise Forbidden("the identity provider does not vouch for your address")
    address = emails.require_address(email)
    if provider.provision_domains and address.rpartition("@")[2] not in provider.provision_domains:
        raise Forbidden("people with your address do not come in this way")
    if await user_by_email(ctx, address) is not None:
        # Joining them here would let whoever runs the provider become any colleague.
        raise Forbidden("there is an account with your address; sign in to it, or be invited")
    name = claims.get(names["name"])
    user = await add_user(
        ctx,
        email=address,
        name=str(name)[:200] if name else address,
        locale=str(claims.get(names["locale"]) or "en")[:35],
        verified_at=ctx.now,
    )
    kind = ProfileKind(provider.provision_kind)
    await add_profile(ctx, user, kind, roles=list(provider.provision_roles) or None)
    return user
