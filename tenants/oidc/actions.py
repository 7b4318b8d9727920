"""Setting up the tenant's own providers."""

import re
from typing import Annotated, Any, Literal

from annotated_types import MaxLen, MinLen

from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.egress import url_fault
from infra.kernel.errors import Duplicate, Fault, Invalid
from infra.kernel.ids import uuid7
from tenants.oidc.models import IdentityProvider
from tenants.oidc.resources import identity_providers
from tenants.people.escalation import require_grantable
from tenants.people.models import ProfileKind
from tenants.sealing import seal

_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
Secret = Annotated[str, MinLen(1), MaxLen(500)]


@action(identity_providers, audiences=("staff",), on="collection", name="create")
async def create(
    ctx: Context,
    *,
    client_secret: Secret | None = None,
    provision_kind: Literal["staff", "consumer"] | None = None,
    **values: Any,
) -> IdentityProvider:
    """Let people sign in with an OpenID Connect provider of the tenant's own."""
    provider = IdentityProvider(id=uuid7(), provision_kind=provision_kind)
    values.pop("provision_kind", None)
    values.setdefault("scopes", ["openid", "email", "profile"])
    values["issuer"] = values["issuer"].rstrip("/")
    if await ctx.every(identity_providers).filter(name=values["name"]).exists():
        raise Duplicate(f"there is a provider {values['name']!r} already")
    await _apply(ctx, provider, values, client_secret)
    return provider


@action(identity_providers, audiences=("staff",), name="update")
async def update(
    ctx: Context,
    provider: IdentityProvider,
    *,
    client_secret: Secret | None = None,
    **values: Any,
) -> None:
    """Change a provider; its issuer stays, for identities are named by it."""
    await _apply(ctx, provider, values, client_secret)


@action(identity_providers, audiences=("staff",), name="delete")
async def delete(ctx: Context, provider: IdentityProvider) -> None:
    """Remove a provider; whom it vouched for can no longer come in by it."""
    await ctx.delete(provider)


async def _apply(
    ctx: Context, provider: IdentityProvider, values: dict[str, Any], client_secret: str | None
) -> None:
    for name, value in values.items():
        setattr(provider, name, value)
    faults = _faults(ctx, provider)
    if faults:
        raise Invalid(faults)
    if provider.provision_kind:
        kind = ProfileKind(provider.provision_kind)
        await require_grantable(ctx, provider.provision_roles, kind, "/provision_roles")
    if client_secret is not None:
        key = ctx.services.settings.secret_key
        bound_to = f"{ctx.tenant_id}:{provider.id}"
        provider.client_secret = seal(key, client_secret, bound_to=bound_to)
    await ctx.save(provider)


def _faults(ctx: Context, provider: IdentityProvider) -> list[Fault]:
    faults = []
    if not _NAME.fullmatch(provider.name):
        faults.append(Fault("/name", "name", "must have lower-case letters, digits and hyphens"))
    if fault := url_fault(provider.issuer, ctx.services.settings):
        faults.append(Fault("/issuer", "address", fault))
    if "?" in provider.issuer or "#" in provider.issuer:
        faults.append(Fault("/issuer", "address", "must have no query and no fragment"))
    if "openid" not in provider.scopes:
        faults.append(Fault("/scopes", "missing", "must hold openid"))
    faults += [
        Fault(f"/scopes/{position}", "scope", "must be one word")
        for position, scope in enumerate(provider.scopes)
        if not re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}", scope)
    ]
    faults += [
        Fault(f"/provision_domains/{position}", "domain", "must be a lower-case domain name")
        for position, domain in enumerate(provider.provision_domains)
        if not _DOMAIN.fullmatch(domain)
    ]
    if not isinstance(provider.claims, dict) or not all(
        key in {"name", "email", "locale"} and isinstance(value, str)
        for key, value in provider.claims.items()
    ):
        faults.append(Fault("/claims", "claims", "may say which claims are name, email, locale"))
    return faults
