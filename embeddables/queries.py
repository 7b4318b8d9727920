"""What the doors of external sites read and write by hand. Every statement names its tenant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from embeddables.models import Algorithm
from embeddables.options import effective
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.ids import uuid7


@dataclass(frozen=True)
class Site:
    """A module as its pages meet it; `components` holds what is in force, shared and own."""

    tenant_id: UUID
    id: UUID
    key: str
    name: str
    origins: frozenset[str]
    algorithm: Algorithm
    secrets: list[dict[str, Any]]
    public_keys: list[str]
    locale: str
    theme: dict[str, Any]
    labels: dict[str, Any]
    components: dict[str, dict[str, Any]]


async def site_of(connection: Connection, tenant_id: UUID, module_id: UUID) -> Site | None:
    """The module, while it and its tenant are in service."""
    row = await connection.fetchrow(
        """SELECT m.id, m.key, m.name, m.origins, m.algorithm, m.secrets::text AS secrets,
             m.public_keys, m.locale, m.theme::text AS theme, m.labels::text AS labels,
             m.components::text AS components,
             (SELECT coalesce(jsonb_object_agg(c.kind, c.options), '{}')::text
                FROM module_components c WHERE c.tenant_id = m.tenant_id AND c.id::text IN (
                  m.components #>> '{knowledge_search,component_id}',
                  m.components #>> '{case_create,component_id}',
                  m.components #>> '{chat,component_id}',
                  m.components #>> '{survey,component_id}')) AS shared
           FROM modules m JOIN tenants t ON t.id = m.tenant_id AND t.state = 'active'
           WHERE m.tenant_id = $1 AND m.id = $2 AND m.active""",
        tenant_id,
        module_id,
    )
    if row is None:
        return None
    own, shared = orjson.loads(row["components"]), orjson.loads(row["shared"])
    return Site(
        tenant_id=tenant_id,
        id=row["id"],
        key=row["key"],
        name=row["name"],
        origins=frozenset(row["origins"]),
        algorithm=Algorithm(row["algorithm"]),
        secrets=orjson.loads(row["secrets"]),
        public_keys=list(row["public_keys"]),
        locale=row["locale"],
        theme={k: v for k, v in orjson.loads(row["theme"]).items() if v is not None},
        labels=orjson.loads(row["labels"]),
        components={
            kind: effective(options, shared.get(kind) if options.get("component_id") else None)
            for kind, options in own.items()
            if options is not None
        },
    )


async def is_listed(connection: Connection, tenant_id: UUID, origin: str) -> bool:
    """Whether a page of this origin belongs to any of the tenant's sites."""
    found: bool = await connection.fetchval(
        """SELECT EXISTS (SELECT FROM modules
             WHERE tenant_id = $1 AND active AND $2 = ANY (origins))""",
        tenant_id,
        origin,
    )
    return found


async def end_sessions(ctx: Context, module_id: UUID) -> None:
    """End every session of the module's pages."""
    await ctx.execute(
        """UPDATE credentials SET revoked_at = clock_timestamp(), stamp = stamp + 1
           WHERE tenant_id = $1 AND module_id = $2 AND kind = 'module_session'
             AND revoked_at IS NULL""",
        ctx.tenant_id,
        module_id,
    )


async def take_proof(ctx: Context, module_id: UUID, token_hash: bytes, until: datetime) -> bool:
    """Note that an identity token was shown; False where it had been before."""
    taken = await ctx.fetchval(
        """INSERT INTO module_proofs (tenant_id, id, module_id, token_hash, expires_at)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT module_proofs_once DO NOTHING RETURNING 1""",
        ctx.tenant_id,
        uuid7(),
        module_id,
        token_hash,
        until,
    )
    return taken is not None


async def lock_subject(ctx: Context, module_id: UUID, subject: str) -> None:
    """Let one page at a time introduce this person."""
    await ctx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{module_id}:{subject}"
    )


async def known_as(ctx: Context, module_id: UUID, subject: str) -> Any | None:
    """Whom the site has named so before: `profile_id` or `consumer_id`."""
    return await ctx.fetchrow(
        """SELECT profile_id, consumer_id FROM module_identities
           WHERE tenant_id = $1 AND module_id = $2 AND subject = $3""",
        ctx.tenant_id,
        module_id,
        subject,
    )


async def customers_with(ctx: Context, email: str) -> list[UUID]:
    """Profiles of contacts and consumers whose person has this address; two are enough to know."""
    rows = await ctx.fetch(
        """SELECT p.id FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
           WHERE p.tenant_id = $1 AND u.email = $2 AND p.kind IN ('contact', 'consumer')
             AND p.state = 'active' LIMIT 2""",
        ctx.tenant_id,
        email,
    )
    return [row["id"] for row in rows]


async def profile_row(ctx: Context, profile_id: UUID) -> Any | None:
    """A customer's profile with its person, while both may act."""
    return await ctx.fetchrow(
        """SELECT p.id, p.user_id, p.roles, u.name, u.locale FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
           WHERE p.tenant_id = $1 AND p.id = $2 AND p.state = 'active'
             AND p.kind IN ('contact', 'consumer') AND u.state IN ('active', 'invited')""",
        ctx.tenant_id,
        profile_id,
    )


async def consumer_row(ctx: Context, consumer_id: UUID) -> Any | None:
    """A consumer who is known to a site only."""
    return await ctx.fetchrow(
        """SELECT id, name, locale FROM consumers
           WHERE tenant_id = $1 AND id = $2 AND state = 'active'""",
        ctx.tenant_id,
        consumer_id,
    )


async def stranger_with(ctx: Context, email: str) -> UUID | None:
    """A consumer whom nobody has vouched for and who wrote under this address before."""
    found: UUID | None = await ctx.fetchval(
        """SELECT c.id FROM consumers c WHERE c.tenant_id = $1 AND c.email = $2
             AND c.user_id IS NULL AND c.state = 'active'
             AND NOT EXISTS (SELECT FROM module_identities i
               WHERE i.tenant_id = c.tenant_id AND i.consumer_id = c.id)
           ORDER BY c.created_at LIMIT 1""",
        ctx.tenant_id,
        email,
    )
    return found


async def sweep(ctx: Context) -> None:
    """Forget sessions and identity tokens that ended a day ago."""
    await ctx.execute(
        """DELETE FROM credentials WHERE tenant_id = $1 AND kind = 'module_session'
             AND expires_at < clock_timestamp() - interval '1 day'""",
        ctx.tenant_id,
    )
    await ctx.execute(
        """DELETE FROM module_proofs WHERE tenant_id = $1
             AND expires_at < clock_timestamp() - interval '1 day'""",
        ctx.tenant_id,
    )
