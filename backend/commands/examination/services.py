"""The servers: that they answer, that the role is safe, that the database is of this version."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
from redis import asyncio as redis

from backend.commands.examination import Finding
from infra.embedded.binaries import REDIS_MINIMUM
from infra.kernel import config
from infra.kernel.database import Database, UnsafeRole
from infra.migrations import runner

CLOCK_SECONDS_MAX = 2.0
POSTGRES_MINIMUM = 180000
EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin")
CONNECT_SECONDS_MAX = 5


def examine() -> list[Finding]:
    """Look at the servers that the environment names."""
    return asyncio.run(collect())


async def collect() -> list[Finding]:
    found = [each async for each in examine_owner()]
    return [*found, await examine_application(), await examine_redis()]


async def examine_owner() -> AsyncIterator[Finding]:
    """What only the owner of the tables can tell; without its DSN migrations are another's task."""
    dsn = os.environ.get("ATRIUM_OWNER_DSN")
    if not dsn:
        yield Finding(
            "database", "poor", "ATRIUM_OWNER_DSN is not set", "`atrium migrate` needs it."
        )
        return
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS_MAX)
    except (OSError, asyncpg.PostgresError, ValueError) as fault:
        mend = "Check ATRIUM_OWNER_DSN, that the server runs, and that it lets this role in."
        yield Finding("database", "broken", f"the owner cannot connect: {fault}", mend)
        return
    try:
        yield await version(connection)
        yield await extensions(connection)
        yield await clock(connection)
    finally:
        await connection.close()
    yield await migrations(dsn)


async def version(connection: asyncpg.Connection) -> Finding:
    number = int(await connection.fetchval("SHOW server_version_num"))
    found = f"PostgreSQL {await connection.fetchval('SHOW server_version')}"
    if number < POSTGRES_MINIMUM:
        return Finding("database", "broken", found, "Atrium needs PostgreSQL 18 or later.")
    return Finding("database", "good", found)


async def extensions(connection: asyncpg.Connection) -> Finding:
    rows = await connection.fetch("SELECT extname FROM pg_extension")
    missing = [name for name in EXTENSIONS if name not in {row["extname"] for row in rows}]
    if missing:
        made = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        mend = f"As a superuser, in this database: {made}"
        return Finding("extensions", "broken", f"missing: {', '.join(missing)}", mend)
    return Finding("extensions", "good", ", ".join(EXTENSIONS))


async def clock(connection: asyncpg.Connection) -> Finding:
    asked = time.monotonic()
    theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    travel = time.monotonic() - asked
    seconds = abs((datetime.now(UTC) - theirs).total_seconds()) - travel
    if seconds > CLOCK_SECONDS_MAX:
        found = f"{seconds:.0f} s between this machine and the database"
        mend = "Run a time service on both; sign-ins and signatures depend on it."
        return Finding("clock", "broken", found, mend)
    return Finding("clock", "good", "agrees with the database")


async def migrations(dsn: str) -> Finding:
    try:
        waiting = await runner.pending(dsn)
    except runner.MigrationRefused as refusal:
        return Finding("migrations", "broken", str(refusal), "Deploy the matching version.")
    if waiting:
        return Finding("migrations", "broken", f"to apply: {', '.join(waiting)}", "atrium migrate")
    return Finding("migrations", "good", "all applied")


async def examine_application() -> Finding:
    """Whether the role that serves requests is one that the tenants' policies bind."""
    try:
        database = await Database.connect(config.load(), size_max=1)
    except UnsafeRole as refusal:
        mend = "Serve with app_rw, which the first migration makes; nothing else isolates tenants."
        return Finding("role", "broken", str(refusal), mend)
    except (OSError, asyncpg.PostgresError, ValueError) as fault:
        mend = "Check ATRIUM_APP_DSN. The role comes with the first migration: atrium migrate"
        return Finding("role", "broken", f"the application cannot connect: {fault}", mend)
    await database.close()
    return Finding("role", "good", "bound by the tenants' policies, and every table has them")


async def examine_redis() -> Finding:
    url = os.environ.get("ATRIUM_REDIS_URL", "")
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS_MAX)
        try:
            told = await client.info("server")
        finally:
            await client.aclose()
    except (OSError, ValueError, redis.RedisError) as fault:
        mend = "Check ATRIUM_REDIS_URL and that the server runs."
        return Finding("redis", "broken", f"does not answer: {fault}", mend)
    text = str(told["redis_version"])
    if tuple(map(int, text.split(".")[:2])) < REDIS_MINIMUM:
        return Finding("redis", "broken", f"Redis {text}", "Atrium needs 6.2 or later.")
    return Finding("redis", "good", f"Redis {text}")
