"""The one place where a transaction opens and is bound to a tenant.

`BEGIN`, the tenant, and the proof that the caller is still who this process remembers travel in one
message, so that isolation and instant revocation cost no round trip of their own. Outside such a
transaction the application's role sees no tenant's rows at all.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

import asyncpg
from asyncpg import Connection as Connection
from pgvector.asyncpg import register_vector
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.context import TortoiseContext

from infra.kernel.config import Settings
from infra.kernel.errors import Unavailable

CREDENTIAL_GONE = "AT401"
CONFIGURATION_CHANGED = "AT409"
JOB_FENCED = "AT410"
_CLOCK_SYNC_SECONDS = 10.0
_CLOCK_READINGS_MAX = 4
_CLOCK_SURE_SECONDS = 0.005
"""A reading is off by half the time that it took at the most; one this quick is good enough."""


class UnsafeRole(RuntimeError):
    """The database role could see past the tenants' policies; the service refuses to start."""


class ProofFailed(Exception):
    """What the process remembers of a caller no longer holds; `sqlstate` says which part."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@dataclass(frozen=True, slots=True)
class Proof:
    """What a cached caller rests on, checked again inside each `BEGIN`."""

    credential_id: UUID
    stamp: int
    config_version: int

    def sql(self) -> str:
        return (
            f"SELECT app_assert('{self.credential_id}', {int(self.stamp)}, "
            f"{int(self.config_version)});"
        )


@dataclass(frozen=True, slots=True)
class Finishing:
    """A job that its own transaction marks done as it commits, as far as it is held until then."""

    job_id: UUID
    fence: int

    def sql(self) -> str:
        return f"SELECT app_finish_job('{UUID(str(self.job_id))}', {int(self.fence)});"


def _tenant_sql(tenant_id: UUID) -> str:
    return f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}';"


async def _keep(_connection: Connection) -> None:
    """Nothing to reset: only SET LOCAL is ever used, and it ends with its transaction."""


class _Mapping:
    """Which models Tortoise knows in this process."""

    modules: ClassVar[set[str]] = set()
    context: ClassVar[TortoiseContext | None] = None


_UNUSED = {
    "engine": "tortoise.backends.asyncpg",
    "credentials": {"host": "", "port": 0, "user": "", "password": "", "database": ""},
}


class Database:
    """A pool of connections under the application's role."""

    def __init__(self, pool: asyncpg.Pool, settings: Settings) -> None:
        self.pool = pool
        self._settings = settings
        self._clock_base = datetime.now(UTC)
        self._clock_mark = 0.0
        self._mapper: AsyncpgDBClient | None = None
        self._side: asyncpg.Pool | None = None

    @classmethod
    async def connect(cls, settings: Settings, *, size_max: int | None = None) -> "Database":
        """Open the pool; raises UnsafeRole if the role owns tables or bypasses policies."""
        pool = await asyncpg.create_pool(
            settings.app_dsn,
            min_size=1,
            max_size=size_max or settings.pool_size_max,
            init=register_vector,
            reset=_keep,
            statement_cache_size=2048,
            max_cached_statement_lifetime=0,
            server_settings={
                "statement_timeout": f"{settings.statement_seconds_max}s",
                "idle_in_transaction_session_timeout": "30s",
                "lock_timeout": "10s",
                "jit": "off",
                "application_name": "atrium",
            },
        )
        database = cls(pool, settings)
        try:
            await database.refuse_unsafe_role()
            await database._sync_clock()
        except BaseException:
            await pool.close()
            raise
        return database

    async def close(self) -> None:
        for pool in (self.pool, self._side):
            if pool is None:
                continue
            try:
                await asyncio.wait_for(pool.close(), 10)
            except TimeoutError:
                pool.terminate()

    @asynccontextmanager
    async def aside(self, tenant_id: UUID) -> AsyncIterator[Connection]:
        """A short transaction beside the one that is open, on a connection kept for that, so that
        requests holding every other connection never wait on each other."""
        if self._side is None:
            self._side = await asyncpg.create_pool(
                self._settings.app_dsn, min_size=0, max_size=2, reset=_keep,
                server_settings={"statement_timeout": "5s", "application_name": "atrium aside"},
            )  # fmt: skip
        async with self._bound(self._side, f"BEGIN;{_tenant_sql(tenant_id)}") as connection:
            yield connection

    async def refuse_unsafe_role(self) -> None:
        """Raise UnsafeRole naming every way in which the role could pass a tenant's policy."""
        async with self.pool.acquire() as connection:
            row = await connection.fetchrow(
                """SELECT current_user AS name, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
                     (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                         AND pg_has_role(c.relowner, 'USAGE')) AS owned,
                     (SELECT count(*) FROM pg_roles o WHERE (o.rolsuper OR o.rolbypassrls)
                         AND pg_has_role(o.oid, 'MEMBER')) AS powerful,
                     (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                         AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'citus:%'
                         AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                                     AND a.attname = 'tenant_id')) AS unguarded
                   FROM pg_roles r WHERE r.rolname = current_user"""
            )
        reasons = [
            text
            for wrong, text in (
                (row["rolsuper"], "is a superuser"),
                (row["rolbypassrls"], "bypasses row-level security"),
                (row["rolcreaterole"], "may create roles"),
                (row["owned"], f"owns {row['owned']} tables"),
                (row["powerful"], "is a member of a role that bypasses row-level security"),
                (row["unguarded"], f"finds {row['unguarded']} tables without forced policies"),
            )
            if wrong
        ]
        if reasons:
            raise UnsafeRole(f"database role {row['name']!r} {', '.join(reasons)}")

    async def _sync_clock(self) -> None:
        """Read the database's clock, on a busy machine by the quickest of a few readings."""
        readings: list[tuple[float, float, datetime]] = []
        async with self.pool.acquire() as connection:
            while len(readings) < _CLOCK_READINGS_MAX:
                sent = time.monotonic()
                now = await connection.fetchval("SELECT clock_timestamp()")
                readings.append((time.monotonic() - sent, sent, now))
                if readings[-1][0] <= _CLOCK_SURE_SECONDS:
                    break
        took, sent, now = min(readings)
        self._clock_base, self._clock_mark = now - timedelta(seconds=took / 2), sent

    def now(self) -> datetime:
        """The database's clock, carried between readings by this machine's monotonic one."""
        return self._clock_base + timedelta(seconds=time.monotonic() - self._clock_mark)

    @asynccontextmanager
    async def transaction(
        self,
        tenant_id: UUID | None,
        *,
        proof: Proof | None = None,
        read_only: bool = False,
        finishing: Finishing | None = None,
        durable: bool = True,
    ) -> AsyncIterator[Connection]:
        """A transaction bound to the tenant; None binds none, and then no tenant's row is seen.

        One that is not durable commits without waiting for the disk: for what a job does again
        where a server that died has lost it.

        Raises ProofFailed if the proof no longer holds, Unavailable if the database is out of
        reach or every connection stays busy.
        """
        begin = "BEGIN READ ONLY;" if read_only else "BEGIN;"
        if tenant_id is not None:
            begin += _tenant_sql(tenant_id)
        if proof is not None:
            begin += proof.sql()
        if not durable:
            begin += "SET LOCAL synchronous_commit = off;"
        commit = "COMMIT" if finishing is None else f"{finishing.sql()}COMMIT"
        await self._keep_time()
        async with self._bound(self.pool, begin, commit) as connection:
            yield connection

    @asynccontextmanager
    async def _bound(
        self, pool: asyncpg.Pool, begin: str, commit: str = "COMMIT"
    ) -> AsyncIterator[Connection]:
        connection = await self._guarded(pool.acquire(timeout=self._settings.pool_wait_seconds_max))
        clean = False
        try:
            try:
                await connection.execute(begin)
            except asyncpg.PostgresError as error:
                if isinstance(error, _LOST):
                    raise
                await connection.execute("ROLLBACK")
                clean = True
                if error.sqlstate in {CREDENTIAL_GONE, CONFIGURATION_CHANGED}:
                    raise ProofFailed(error.sqlstate) from None
                raise
            try:
                yield connection
                await connection.execute(commit)
            except (Exception, asyncio.CancelledError) as error:
                if isinstance(error, _LOST):
                    raise
                await connection.execute("ROLLBACK")
                clean = True
                raise
            clean = True
        except (asyncpg.InterfaceError, OSError, *_LOST) as error:
            if not _is_gone(connection) and not isinstance(error, _LOST):
                raise  # not the database's: what the action itself met or did
            raise Unavailable("the database is out of reach") from error
        finally:
            if not clean and not _is_gone(connection):
                connection.terminate()
            await pool.release(connection)

    async def _keep_time(self) -> None:
        if time.monotonic() - self._clock_mark > _CLOCK_SYNC_SECONDS:
            # Marked first, so that one request pays for it and not each that is waiting.
            self._clock_base, self._clock_mark = self.now(), time.monotonic()
            await self._guarded(self._sync_clock())

    @staticmethod
    async def _guarded(waiting: Any) -> Any:
        try:
            return await waiting
        except TimeoutError:
            raise Unavailable("every database connection is busy", retry_after=1) from None
        except (OSError, asyncpg.InterfaceError, *_LOST) as error:
            raise Unavailable("the database is out of reach") from error

    async def map(self, modules: Iterable[str]) -> None:
        """Let Tortoise map the models of these modules; it opens no connection of its own.

        The mapping is the process's, since the models are: a second database adds to it.
        """
        if not _Mapping.modules.issuperset(modules):
            _Mapping.modules |= set(modules)
            if _Mapping.context is not None:
                await _Mapping.context.close_connections()
            _Mapping.context = await Tortoise.init(
                config={
                    "connections": {"default": _UNUSED},
                    "apps": {"atrium": {"models": sorted(_Mapping.modules)}},
                    "use_tz": True,
                },
                _enable_global_fallback=True,
            )
        if _Mapping.context is None:
            raise RuntimeError("there are no models to map")
        self._mapper = cast("AsyncpgDBClient", _Mapping.context.connections.get("default"))

    def mapper(self, connection: Connection) -> TransactionWrapper:
        """What Tortoise's queries run on inside one of our transactions."""
        if self._mapper is None:
            raise RuntimeError("map() was not called")
        wrapper = TransactionWrapper(self._mapper)
        wrapper._connection = connection  # noqa: SLF001
        return wrapper


_LOST = (
    # The server has said goodbye to an idle connection whose end has not arrived yet.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def _is_gone(connection: Connection) -> bool:
    """Whether the connection is closed; the pool may have taken it back the moment it broke."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that a refused statement broke."""
    return getattr(error, "constraint_name", None)
