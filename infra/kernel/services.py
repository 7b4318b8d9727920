"""What a process holds, put together at its composition root and passed on by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
from redis.asyncio import Redis

from infra.kernel.access import Caller, system_caller
from infra.kernel.config import Settings
from infra.kernel.context import Context
from infra.kernel.custom.customs import Customs
from infra.kernel.database import Connection, Database, Finishing, ProofFailed
from infra.kernel.errors import Unauthorized
from infra.kernel.listing import ListCompiler
from infra.kernel.numbering import Numbers
from infra.kernel.planning import Plans
from infra.kernel.refusals import is_transient, learn_constraints, refusal
from infra.kernel.registry import Registry
from infra.kernel.telemetry import span

T = TypeVar("T")
_TRIES = 3


class Callers(Protocol):
    """Where callers come from; the tenants' floor supplies it."""

    async def reload(self, caller: Caller) -> Caller:
        """The caller afresh after its proof failed; raises Unauthorized if it is gone."""

    async def of_profile(
        self, tenant_id: UUID, profile_id: UUID, *, invited: bool = False
    ) -> Caller:
        """The caller that a profile would be; raises NotFound, and Unauthorized where its person
        has no access, or was only `invited` and that is not asked for."""

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Caller:
        """The caller that a person, invited or not, would be with the profile they start with;
        raises NotFound, Unauthorized."""


class CallerChanged(Exception):
    """The caller was reloaded and may do other things than before; the plan no longer holds."""

    def __init__(self, caller: Caller) -> None:
        super().__init__("the caller changed")
        self.caller = caller


class _NoCallers:
    async def reload(self, caller: Caller) -> Caller:
        raise Unauthorized

    async def of_profile(
        self, tenant_id: UUID, profile_id: UUID, *, invited: bool = False
    ) -> Caller:
        raise Unauthorized

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Caller:
        raise Unauthorized


def _quiet(_tenant: UUID, _at: datetime | None) -> None:
    """No worker is to be told."""


@dataclass
class Services:
    """Settings, registry, database and Redis, and what is built on them."""

    settings: Settings
    registry: Registry
    database: Database
    redis: Redis
    callers: Callers = field(default_factory=_NoCallers)
    announce: Callable[[UUID, datetime | None], None] = _quiet
    plans: Plans = field(init=False)
    lists: ListCompiler = field(init=False)
    numbers: Numbers = field(init=False)
    customs: Customs = field(default_factory=Customs)
    _parts: dict[type, Any] = field(default_factory=dict)
    _systems: dict[UUID, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plans = Plans(self.registry)
        self.lists = ListCompiler(self.registry)
        self.numbers = Numbers(self.database)

    @classmethod
    async def open(cls, settings: Settings, registry: Registry) -> "Services":
        """Connect; raises UnsafeRole for a database role that could see past a tenant."""
        database = await Database.connect(settings)
        await database.map(registry.model_modules)
        async with database.transaction(None) as connection:
            await learn_constraints(connection)
        redis: Redis = Redis.from_url(
            settings.redis_url, socket_timeout=2, socket_connect_timeout=1
        )
        return cls(settings=settings, registry=registry, database=database, redis=redis)

    async def close(self) -> None:
        await self.database.close()
        await self.redis.aclose()

    def provide(self, part: Any, *, as_type: type | None = None) -> None:
        """Make a part available to `get` under its type."""
        self._parts[as_type or type(part)] = part

    def get(self, kind: type[T]) -> T:
        """The part of this type; raises LookupError where none was provided."""
        try:
            part: T = self._parts[kind]
        except KeyError:
            raise LookupError(f"no {kind.__name__} was provided") from None
        return part

    def system_of(self, tenant_id: UUID) -> Caller:
        """The service acting in the tenant."""
        if tenant_id not in self._systems:
            self._systems[tenant_id] = system_caller(tenant_id)
        return self._systems[tenant_id]

    @asynccontextmanager
    async def system(
        self,
        tenant_id: UUID,
        *,
        reason: str,
        actor: Mapping[str, Any] | None = None,
        request_id: str = "",
        finishing: Finishing | None = None,
        durable: bool = True,
    ) -> AsyncIterator[Context]:
        """A transaction in which the service itself acts; commits at exit."""
        caller = system_caller(tenant_id, reason)
        try:
            async with self.database.transaction(
                tenant_id, finishing=finishing, durable=durable
            ) as connection:
                ctx = Context(self, connection, caller, actor=actor or None, request_id=request_id)
                yield ctx
                await ctx.flush()
        except asyncpg.PostgresError as error:
            raise refusal(error) or error from error
        ctx.committed()

    async def transact(
        self,
        caller: Caller,
        work: Callable[[Connection, Caller], Awaitable[T]],
        *,
        read_only: bool = False,
    ) -> T:
        """Run `work` in one transaction of the caller's tenant, with the caller proven in BEGIN.

        A failed proof reloads the caller, a deadlock runs the work again; either is safe because
        nothing of the first run was committed and nothing leaves the database before commit.
        """
        for tried in range(1, _TRIES + 1):
            try:
                with span("transaction"):
                    async with self.database.transaction(
                        caller.tenant_id, proof=caller.proof, read_only=read_only
                    ) as connection:
                        return await work(connection, caller)
            except ProofFailed:
                if tried == _TRIES:
                    raise Unauthorized from None
                caller = await self.callers.reload(caller)
            except asyncpg.PostgresError as error:
                if is_transient(error) and tried < _TRIES:
                    await asyncio.sleep(0.01 * tried)
                    continue
                raise refusal(error) or error from error
        raise Unauthorized
