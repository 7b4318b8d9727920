"""From a site's word to a session: whose it is, and how little it may do.

A session lives for a quarter of an hour and is good only at the doors of this package. Whatever is
amiss with an identity (a wrong key, another tenant's, shown before, of somebody suspended), the
session is a stranger's, and the answer says no more than that.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from embeddables import queries
from embeddables.identity import Vouched, read_identity
from embeddables.keys import bound_to, open_secrets
from embeddables.models import Algorithm, ModuleIdentity
from embeddables.queries import Site
from infra.kernel.context import Context
from infra.kernel.errors import Conflict, Problem
from infra.kernel.ids import uuid7
from infra.kernel.model import Record
from infra.kernel.services import Services
from tenants.credentials.queries import issue
from tenants.emails import is_address, require_address
from tenants.people.resources import profiles

LIFETIME = timedelta(minutes=15)
_READER = ("articles:read", "articles:feedback", "knowledge_bases:read", "product_models:read")
_CUSTOMER = (*_READER, "cases:read", "cases:create", "sold_products:read")
_ASKED = ("survey_invitations:read", "survey_invitations:answer")
_TALKER = (
    "interactions:read", "interactions:start_chat", "interactions:say", "interactions:close",
    "messages:read",
)  # fmt: skip
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Person:
    """As whom a session acts."""

    name: str
    roles: tuple[str, ...]
    profile_id: UUID | None = None
    user_id: UUID | None = None
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A session as its page gets it."""

    token: str
    identified: bool
    name: str | None


async def open_session(
    services: Services, site: Site, identity: str | None, visitor_id: UUID | None = None
) -> Opened:
    """A session of whoever the identity vouches for, or else of a stranger, who may have been here
    before as this visitor."""
    vouched = vouched_for(services, site, identity) if identity else None
    # Two pages of a newcomer may come at once: the second finds what the first has made.
    for _ in range(2 if vouched else 0):
        try:
            return await _open(services, site, vouched, visitor_id)
        except Conflict:
            continue
        except Problem as refused:
            _log.info("widget identity refused", module=str(site.id), reason=refused.type)
            break
    return await _open(services, site, None, visitor_id)


def vouched_for(services: Services, site: Site, identity: str) -> Vouched | None:
    """Whom the identity names, if one of the module's keys signed it."""
    now = services.database.now()
    keys = site.public_keys
    if site.algorithm is Algorithm.HS256:
        keys = open_secrets(
            site.secrets,
            secret_key=services.settings.secret_key,
            bound=bound_to(site.tenant_id, site.id),
            now=now,
        )
    return read_identity(identity, algorithm=site.algorithm, keys=keys, audience=site.key, now=now)


async def _open(
    services: Services, site: Site, vouched: Vouched | None, visitor_id: UUID | None
) -> Opened:
    async with services.system(site.tenant_id, reason=f"widget session: {site.name}") as ctx:
        person = await _person(ctx, site, vouched) if vouched else None
        claims = {"visitor_id": str(visitor_id or uuid7()), "locale": site.locale}
        bearer = person or Person("Visitor", ("visitor",), claims=claims)
        issued = await issue(
            ctx,
            "module_session",
            lifetime=LIFETIME,
            name=bearer.name,
            user_id=bearer.user_id,
            profile_id=bearer.profile_id,
            module_id=site.id,
            scopes=_scopes(site, is_known=person is not None),
            roles=bearer.roles,
            claims=bearer.claims,
        )
    return Opened(issued.token, person is not None, person.name if person else None)


def _scopes(site: Site, *, is_known: bool) -> tuple[str, ...]:
    """As little as the site's components need."""
    chat = site.components.get("chat")
    talks = chat is not None and (is_known or bool(chat.get("anonymous")))
    asked = is_known and site.components.get("survey") is not None
    return (
        *(_CUSTOMER if is_known else _READER),
        *(_TALKER if talks else ()),
        *(_ASKED if asked else ()),
    )


async def _person(ctx: Context, site: Site, vouched: Vouched) -> Person | None:
    """Whom the site means; None for a token shown before and for somebody who may not act."""
    if not await queries.take_proof(ctx, site.id, vouched.token_hash, vouched.expires_at):
        return None
    await queries.lock_subject(ctx, site.id, vouched.subject)
    known = await queries.known_as(ctx, site.id, vouched.subject)
    if known is not None:
        return await _as(ctx, known["profile_id"], known["consumer_id"])
    if vouched.has_unverified_email or (vouched.email and not is_address(vouched.email)):
        return None
    link = ModuleIdentity(module_id=site.id, subject=vouched.subject)
    if vouched.email is None:
        link.consumer_id = await _enter(ctx, vouched)
    else:
        link.profile_id = await _by_address(ctx, vouched, require_address(vouched.email))
    await ctx.save(link)
    return await _as(ctx, link.profile_id, link.consumer_id)


async def _by_address(ctx: Context, vouched: Vouched, email: str) -> UUID:
    """The one customer with this address; a new consumer where there is none, or more than one."""
    found = await queries.customers_with(ctx, email)
    if len(found) == 1:
        return found[0]
    consumer_id = await _enter(ctx, vouched, email)
    profile = await ctx.every(profiles).filter(consumer_id=consumer_id).first()
    if profile is None:
        raise RuntimeError("a consumer was entered without a profile")
    profile_id: UUID = profile.id
    return profile_id


async def _enter(ctx: Context, vouched: Vouched, email: str | None = None) -> UUID:
    """A new consumer; one with an address is tied to their person."""
    values = {"name": vouched.name or email or vouched.subject[:200]}
    if email:
        values["email"] = email
    entering = ctx.services.registry.actions["consumers.create"].function
    consumer: Record = await entering(ctx, **values)
    return consumer.id


async def _as(ctx: Context, profile_id: UUID | None, consumer_id: UUID | None) -> Person | None:
    if profile_id is not None:
        row = await queries.profile_row(ctx, profile_id)
        return row and Person(row["name"], tuple(row["roles"]), row["id"], row["user_id"])
    if consumer_id is None:
        return None
    row = await queries.consumer_row(ctx, consumer_id)
    claims = {"audience": "customer", "consumer_id": str(consumer_id)}
    return row and Person(row["name"], ("consumer",), claims=claims | {"locale": row["locale"]})
