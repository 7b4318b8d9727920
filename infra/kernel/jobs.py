"""Work that happens after the answer: declared by domains, stored as rows, done at least once.

A plain job runs inside one transaction and marks itself done in it, so its effect in the database
happens exactly once. A network job has no transaction of its own: what it does outside may happen
twice, and its id is the idempotency key that it hands on.
"""

import inspect
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, create_model

from infra.kernel.errors import Conflict, NotFound
from infra.kernel.events import Event

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

BACKOFF_SECONDS = 2.0
BACKOFF_SECONDS_MAX = 3600.0
PERIOD_SECONDS_MAX = 86_400


class JobNotDead(Conflict):
    type, title = "job-not-dead", "Only a dead or cancelled job can be queued again"


class JobNotQueued(Conflict):
    type, title = "job-not-queued", "Only a job that waits can be cancelled"


class GiveUp(Exception):
    """Raised by a job that no retry can help: it is dead at once, with this reason."""


class Fenced(Exception):
    """Somebody else holds this job by now; whatever this run wanted to write is rolled back."""


@dataclass(frozen=True)
class JobDefinition:
    """A named piece of work; `function` is called with a Context, or with a JobRun if `network`."""

    name: str
    function: Callable[..., Any]
    attempts_max: int = 8
    timeout_seconds: float = 30.0
    network: bool = False

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The keyword-only parameters as a model; a row that does not fit it is a fault."""
        hints = get_type_hints(self.function, include_extras=True)
        wanted: dict[str, Any] = {}
        for name, parameter in list(inspect.signature(self.function).parameters.items())[1:]:
            default = ... if parameter.default is parameter.empty else parameter.default
            wanted[name] = (hints.get(name, Any), default)
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
        return create_model(f"{self.name} arguments", __config__=config, **wanted)

    def parse(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a row as Python values; raises pydantic's ValidationError."""
        parsed = self.arguments.model_validate(raw)
        return {name: getattr(parsed, name) for name in type(parsed).model_fields}


@dataclass(frozen=True)
class ReactionDefinition:
    """What a domain does on an event of a lower one."""

    types: tuple[str, ...]
    function: Callable[..., Any]
    name: str
    attempts_max: int = 12
    timeout_seconds: float = 30.0

    @property
    def job_name(self) -> str:
        return f"reaction:{self.name}"


@dataclass(frozen=True)
class PeriodicDefinition:
    """Work for every active tenant, once a period."""

    name: str
    function: Callable[..., Any]
    every_seconds: int
    attempts_max: int = 3
    timeout_seconds: float = 60.0

    @property
    def job_name(self) -> str:
        return f"periodic:{self.name}"


def job(
    name: str, *, attempts_max: int = 8, timeout_seconds: float = 30.0, network: bool = False
) -> Callable[[F], F]:
    """Declare `async def f(ctx, *, ...)`, or `f(run, *, ...)` with `network=True`, as a job."""

    def attach(function: F) -> F:
        definition = JobDefinition(name, function, attempts_max, timeout_seconds, network)
        function.__atrium_job__ = definition  # type: ignore[attr-defined]
        return function

    return attach


def reaction(*types: str | type[Event], attempts_max: int = 12) -> Callable[[F], F]:
    """Declare `async def f(ctx, event)` to run once for each event of these types."""
    names = tuple(given if isinstance(given, str) else given.type for given in types)

    def attach(function: F) -> F:
        owner = [*function.__module__.split(".")][-2:][0]
        name = f"{owner}.{function.__name__}"
        definition = ReactionDefinition(names, function, name, attempts_max)
        function.__atrium_reaction__ = definition  # type: ignore[attr-defined]
        return function

    return attach


def periodic(name: str, *, every_seconds: int) -> Callable[[F], F]:
    """Declare `async def f(ctx)` to run for every active tenant, once a period of a day or less."""
    if not 1 <= every_seconds <= PERIOD_SECONDS_MAX:
        raise ValueError(f"{name}: a period has 1 to {PERIOD_SECONDS_MAX} seconds")

    def attach(function: F) -> F:
        definition = PeriodicDefinition(name, function, every_seconds)
        function.__atrium_periodic__ = definition  # type: ignore[attr-defined]
        return function

    return attach


def job_of(function: Callable[..., Any]) -> JobDefinition:
    """What `@job` attached; raises ValueError for a function without it."""
    return _attached(function, "job", JobDefinition)


def reaction_of(function: Callable[..., Any]) -> ReactionDefinition:
    """What `@reaction` attached; raises ValueError for a function without it."""
    return _attached(function, "reaction", ReactionDefinition)


def periodic_of(function: Callable[..., Any]) -> PeriodicDefinition:
    """What `@periodic` attached; raises ValueError for a function without it."""
    return _attached(function, "periodic", PeriodicDefinition)


D = TypeVar("D")


def _attached(function: Callable[..., Any], word: str, kind: type[D]) -> D:
    found = getattr(function, f"__atrium_{word}__", None)
    if not isinstance(found, kind):
        raise ValueError(f"{function.__module__}.{function.__qualname__} is no @{word}")
    return found


@dataclass(frozen=True)
class JobRun:
    """One attempt at a network job: it opens transactions of its own, as short as it can."""

    services: Any
    tenant_id: UUID
    id: UUID
    name: str
    attempt: int
    attempts_max: int
    fence: int
    actor: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""

    @property
    def is_last_attempt(self) -> bool:
        return self.attempt >= self.attempts_max

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[Any]:
        """A Context whose writes count only while this run still holds the job.

        The row is locked at the end, not at the start: the check costs others nothing meanwhile.
        Raises Fenced, and rolls back, once the job has passed to another worker. What the next
        run does again, had a dying server lost it, need not be durable before others see it.
        """
        async with self.services.system(
            self.tenant_id,
            reason=f"job {self.name}",
            actor=self.actor,
            request_id=self.request_id,
            durable=durable,
        ) as ctx:
            yield ctx
            await ctx.flush()
            await self.require_held(ctx)

    async def acting(self, caller: Any, work: Callable[[Any, Any], Awaitable[T]]) -> T:
        """`work(connection, caller)` in a transaction of the caller, as `transaction` is ours."""

        async def held(connection: Any, caller: Any) -> T:
            result = await work(connection, caller)
            await self.require_held(connection)
            return result

        done: T = await self.services.transact(caller, held)
        return done

    async def require_held(self, connection: Any) -> None:
        """Raise Fenced once the job has passed to another worker."""
        held = await connection.fetchval(
            """SELECT 1 FROM jobs WHERE tenant_id = $1 AND id = $2 AND fence = $3
                 AND state = 'running' FOR SHARE""",
            self.tenant_id,
            self.id,
            self.fence,
        )
        if held is None:
            raise Fenced(self.name)

    async def progress(self, **told: Any) -> None:
        """Leave word of how far the work is, for whoever looks at the job."""
        async with self.services.database.transaction(self.tenant_id) as connection:
            await connection.execute(
                """UPDATE jobs SET progress = $4::text::jsonb, updated_at = now()
                   WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND state = 'running'""",
                self.tenant_id,
                self.id,
                self.fence,
                json.dumps(told, default=str),
            )


def backoff_seconds(attempt: int) -> float:
    """How long to wait after this failed attempt (from 1): doubling, and never all at once."""
    longest = min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** min(attempt - 1, 20))
    return float(longest * random.uniform(0.5, 1.0))  # noqa: S311  spreads load, hides nothing


async def requeue(ctx: Any, job_id: UUID) -> None:
    """Queue a dead or cancelled job again, with its attempts back; raises JobNotDead, NotFound."""
    done = await ctx.fetchval(
        """UPDATE jobs SET state = 'queued', run_at = now(), attempts = 0, dedupe_key = NULL,
             finished_at = NULL, lease_until = NULL, error = NULL, updated_at = now(),
             version = version + 1
           WHERE tenant_id = $1 AND id = $2 AND state IN ('dead', 'cancelled') RETURNING 1""",
        ctx.tenant_id,
        job_id,
    )
    if done is None:
        await _refuse(ctx, job_id, JobNotDead)
    ctx.has_news = True


async def cancel(ctx: Any, job_id: UUID) -> None:
    """Take a waiting job out of the queue; raises JobNotQueued, NotFound."""
    done = await ctx.fetchval(
        """UPDATE jobs SET state = 'cancelled', finished_at = now(), updated_at = now(),
             version = version + 1
           WHERE tenant_id = $1 AND id = $2 AND state = 'queued' RETURNING 1""",
        ctx.tenant_id,
        job_id,
    )
    if done is None:
        await _refuse(ctx, job_id, JobNotQueued)


async def _refuse(ctx: Any, job_id: UUID, refusal: type[Conflict]) -> None:
    state = await ctx.fetchval(
        "SELECT state FROM jobs WHERE tenant_id = $1 AND id = $2", ctx.tenant_id, job_id
    )
    raise refusal(f"the job is {state}") if state else NotFound("jobs")
