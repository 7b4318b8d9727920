"""Data in bulk: customers, cases by the million, tenants by the thousand.

Loaded by the superuser of the bench's own servers, without triggers and with the secondary indexes
built afterwards, because the loading itself is not what is measured.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid5

import asyncpg

from tenants import tokens

REGIONS, LEAVES, CONTACTS, AGENTS = 12, 25, 20, 500
NARROW = "narrow"

_ACCOUNTS = """
INSERT INTO accounts (tenant_id, id, number, name, code, parent_id, path, created_at, updated_at)
SELECT $1, a.id, a.number, a.name, a.code, a.parent_id, a.path, now(), now()
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
    AS a (id, number, name, code, parent_id, path)
"""
# Two in five cases are of companies, the busiest of which have most; nine in ten are over; who has
# touched a case is one of the agents. The narrow caller's are thirty whatever the number. The first
# answer takes from a minute to sixteen hours, the resolution from seven minutes to five days.
_CASES = """
INSERT INTO cases (tenant_id, id, number, state, priority, subject, description, category, channel,
                   customer_kind, account_id, contact_id, consumer_id, product_model_id,
                   assigned_to_id, opened_by_id, opened_at, due_at, first_responded_at,
                   resolved_at, closed_at, reopened_at, rating, rated_at,
                   resolution, resolution_code, entitlement_status, created_at, updated_at)
SELECT $1, uuidv7(make_interval(secs => -30 * ($2::int - i))), 'CSB' || i, state,
       1 + (d * 4)::int % 4, 'Line ' || i || ' drops in the evening',
       repeat('The connection is gone for some minutes, then it is back. ', 3),
       (ARRAY['internet', 'phone', 'billing', 'hardware'])[1 + (d * 40)::int % 4],
       (ARRAY['portal', 'email', 'phone', 'widget', 'chat'])[1 + (d * 500)::int % 5],
       CASE WHEN business THEN 'business' ELSE 'consumer' END,
       CASE WHEN mine = 0 THEN $3::uuid WHEN business THEN ($5::uuid[])[leaf] END,
       CASE WHEN mine = 0 THEN $4::uuid
            WHEN business
            THEN ($6::uuid[])[(leaf - 1) * $11::int + 1 + (e * $11::int)::int % $11::int] END,
       CASE WHEN NOT business THEN md5('consumer' || (e * 50000)::int)::uuid END,
       $7::uuid,
       CASE WHEN mine = 1 THEN $8::uuid WHEN state <> 'new'
            THEN ($9::uuid[])[1 + (c * $12::int)::int % $12::int] END,
       CASE WHEN mine = 2 THEN $8::uuid WHEN e < 0.3
            THEN ($9::uuid[])[1 + (d * $12::int)::int % $12::int] END,
       opened_at, opened_at + interval '8 hours',
       CASE WHEN state <> 'new' THEN opened_at + make_interval(secs => exp(4 + 7 * e)) END,
       CASE WHEN state IN ('resolved', 'closed') THEN resolved_at END,
       CASE WHEN state = 'closed' THEN resolved_at + interval '3 days' END,
       CASE WHEN d < 0.05 AND state <> 'new' THEN opened_at + interval '1 day' END,
       CASE WHEN e < 0.2 AND state = 'closed' THEN 1 + floor(c * 5)::int END,
       CASE WHEN e < 0.2 AND state = 'closed' THEN resolved_at + interval '6 hours' END,
       CASE WHEN state IN ('resolved', 'closed') THEN 'The line card was exchanged.' END,
       CASE WHEN state IN ('resolved', 'closed') THEN 'solved' END,
       'none', opened_at, opened_at
  FROM (SELECT i, mine, c, d, e, mine = 0 OR (a < 0.4 AND mine > 2) AS business,
               1 + floor(power(b, 1.5) * $10::float8)::int AS leaf,
               now() - make_interval(secs => 30 * ($2::int - i)) AS opened_at,
               now() + make_interval(secs => exp(6 + 7 * c) - 30 * ($2::int - i)) AS resolved_at,
               CASE WHEN s < 0.80 THEN 'closed' WHEN s < 0.90 THEN 'resolved'
                    WHEN s < 0.95 THEN 'in_progress' WHEN s < 0.97 THEN 'waiting_customer'
                    ELSE 'new' END AS state
          FROM (SELECT i, i % ($2::int / 10) AS mine, random() AS a, random() AS b, random() AS c,
                       random() AS d, random() AS e, random() AS s
                  FROM generate_series(1, $2::int) i OFFSET 0) drawn) made
"""
_PROMISES = """
INSERT INTO task_slas (tenant_id, id, kind, record_id, target, target_minutes, warning_percent,
                       started_at, warn_at, due_at, breached_at, stopped_at, state, created_at,
                       updated_at)
SELECT tenant_id, uuidv7(), 'cases', id, 'resolution', 1440, 75, opened_at,
       opened_at + interval '18 hours', opened_at + interval '1 day',
       CASE WHEN resolved_at > opened_at + interval '1 day' THEN opened_at + interval '1 day' END,
       resolved_at,
       CASE WHEN resolved_at > opened_at + interval '1 day' THEN 'breached' ELSE 'met' END,
       opened_at, resolved_at
  FROM cases WHERE tenant_id = $1 AND resolved_at IS NOT NULL
"""


def key(tenant_id: UUID, name: str) -> UUID:
    """The id of what the seeds call by this name, known without looking it up."""
    return uuid5(tenant_id, name)


def leaf_path(number: int) -> str:
    """The path of the leaf account with this number, from 0."""
    region = number // LEAVES
    return f"R/R{region:02}/R{region:02}L{number % LEAVES:02}/"


@asynccontextmanager
async def bulk(superuser_dsn: str, *tables: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection whose writes fire no triggers; plain indexes are built at the end."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; "
            "SET max_parallel_maintenance_workers = 2; SET statement_timeout = 0"
        )
        dropped = await _drop_indexes(connection, tables)
        yield connection
        for definition in dropped:
            await connection.execute(definition)
        for table in tables:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


async def _drop_indexes(connection: asyncpg.Connection, tables: Sequence[str]) -> list[str]:
    rows = await connection.fetch(
        """SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
             FROM pg_index i WHERE i.indrelid = ANY ($1::text[]::regclass[])
              AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
        list(tables),
    )
    for row in rows:
        await connection.execute(f"DROP INDEX {row['name']}")
    return [row["definition"] for row in rows]


async def customers(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    """A corporation of regions and leaves, and one small company beside it."""
    rows: list[tuple[str, str, str | None, str]] = [
        ("root", "R", None, "R/"),
        (NARROW, "N", None, "N/"),
    ]
    rows += [(f"region {n}", f"R{n:02}", "root", f"R/R{n:02}/") for n in range(REGIONS)]
    for leaf in range(REGIONS * LEAVES):
        path = leaf_path(leaf)
        rows.append((f"leaf {leaf}", path.split("/")[2], f"region {leaf // LEAVES}", path))
    await connection.execute(
        _ACCOUNTS,
        tenant_id,
        [key(tenant_id, name) for name, _, _, _ in rows],
        [f"ACB{n}" for n in range(len(rows))],
        [name for name, _, _, _ in rows],
        [code for _, code, _, _ in rows],
        [key(tenant_id, parent) if parent else None for _, _, parent, _ in rows],
        [path for _, _, _, path in rows],
    )


async def crowd(connection: asyncpg.Connection, tenant_id: UUID, number: int) -> None:
    """So many companies beside the corporation: in groups of a hundred, each below a top."""
    await connection.execute(
        """INSERT INTO accounts (tenant_id, id, number, name, code, parent_id, path, created_at,
                                 updated_at)
           SELECT $1, md5($1::uuid::text || 'crowd ' || i)::uuid, 'ACX' || i, 'Company ' || i,
                  'X' || i, CASE WHEN i % 100 > 0
                    THEN md5($1::uuid::text || 'crowd ' || i - i % 100)::uuid END,
                  CASE WHEN i % 100 > 0 THEN 'X' || i - i % 100 || '/' ELSE '' END
                    || 'X' || i || '/', now(), now()
             FROM generate_series(0, $2::int - 1) i""",
        tenant_id,
        number,
    )


async def tower(connection: asyncpg.Connection, tenant_id: UUID, nodes: int) -> None:
    """A subtree of so many companies, ten below each, under the first of two grounds."""
    await connection.execute(
        """WITH RECURSIVE node AS (
             SELECT 0 AS i, 'T0/T/' AS path
             UNION ALL
             SELECT node.i * 10 + n, node.path || 'T' || node.i * 10 + n || '/'
               FROM node, generate_series(1, 10) n WHERE node.i * 10 + n < $2::int)
           INSERT INTO accounts (tenant_id, id, number, name, code, parent_id, path, created_at,
                                 updated_at)
           SELECT $1, md5($1::uuid::text || 'ground ' || n)::uuid, 'ACT0' || n, 'Ground',
                  'T' || n || 'G', NULL::uuid, 'T' || n || 'G/', now(), now()
             FROM generate_series(0, 1) n
           UNION ALL
           SELECT $1, md5($1::uuid::text || 'tower ' || i)::uuid, 'ACT' || i, 'Floor ' || i,
                  CASE WHEN i = 0 THEN 'T' ELSE 'T' || i END,
                  CASE WHEN i = 0 THEN md5($1::uuid::text || 'ground 0')::uuid
                       ELSE md5($1::uuid::text || 'tower ' || (i - 1) / 10)::uuid END,
                  replace(path, 'T0/', 'T0G/'), now(), now() FROM node""",
        tenant_id,
        nodes,
    )


async def cases(
    connection: asyncpg.Connection, tenant_id: UUID, number: int, model_id: UUID
) -> None:
    """So many cases, thirty seconds apart, the latest just now."""
    leaves = range(REGIONS * LEAVES)
    people = [key(tenant_id, f"contact {leaf} {n}") for leaf in leaves for n in range(CONTACTS)]
    await connection.execute("SELECT setseed(0.42)")
    await connection.execute(
        _CASES,
        tenant_id,
        number,
        key(tenant_id, NARROW),
        key(tenant_id, f"contact {NARROW}"),
        [key(tenant_id, f"leaf {leaf}") for leaf in leaves],
        people,
        model_id,
        key(tenant_id, f"agent {NARROW}"),
        [key(tenant_id, f"agent {n}") for n in range(AGENTS)],
        float(len(leaves)) - 0.001,
        CONTACTS,
        AGENTS,
        timeout=600,
    )


async def promises(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    """A promise of a day for each resolved case, kept or broken."""
    await connection.execute(_PROMISES, tenant_id, timeout=600)


async def tenants_with_a_case(
    connection: asyncpg.Connection, number: int, model_of: UUID, case_id: UUID
) -> list[tuple[str, UUID]]:
    """So many tenants with an admin, a key and one case, copied; (token, case) of each."""
    ids = [uuid5(model_of, f"tenant {n}") for n in range(number)]
    keys = [tokens.mint("api_key", tenant, key(tenant, "key")) for tenant in ids]
    users = [key(tenant, "user") for tenant in ids]
    profiles = [key(tenant, "profile") for tenant in ids]
    await connection.execute(
        """INSERT INTO tenants (id, slug, name)
           SELECT t.id, 'bench-' || n, 'Bench' FROM unnest($1::uuid[]) WITH ORDINALITY t (id, n)""",
        ids,
    )
    await connection.execute(
        "INSERT INTO tenant_state (tenant_id, id) SELECT t, t FROM unnest($1::uuid[]) t", ids
    )
    await connection.execute(
        """INSERT INTO users (tenant_id, id, email, name)
           SELECT u.*, 'admin@example.com', 'Admin' FROM unnest($1::uuid[], $2::uuid[]) u""",
        ids,
        users,
    )
    await connection.execute(
        """INSERT INTO profiles (tenant_id, id, user_id, kind, roles, is_default)
           SELECT p.t, p.id, p.u, 'staff', '{admin}', true
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) p (t, id, u)""",
        ids,
        profiles,
        users,
    )
    await connection.execute(
        """INSERT INTO credentials (tenant_id, id, kind, secret_hash, user_id, profile_id, scopes,
                                    roles)
           SELECT c.t, c.id, 'api_key', c.hash, c.u, c.p, '{*}', '{admin}'
             FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::uuid[], $5::uuid[])
               c (t, id, hash, u, p)""",
        ids,
        [key(tenant, "key") for tenant in ids],
        [tokens.digest(text) for text in keys],
        users,
        profiles,
    )
    await connection.execute(
        """INSERT INTO cases (tenant_id, id, number, state, subject, description, channel,
                              customer_kind, opened_at, created_at, updated_at)
           SELECT t.tenant_id, t.tenant_id, 'CSB1', c.state, c.subject, c.description, c.channel,
                  c.customer_kind, c.opened_at, c.created_at, c.updated_at
             FROM cases c, unnest($1::uuid[]) t (tenant_id)
            WHERE c.tenant_id = $2 AND c.id = $3""",
        ids,
        model_of,
        case_id,
    )
    return list(zip(keys, ids, strict=True))
