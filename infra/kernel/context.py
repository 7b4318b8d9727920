"""The transaction as an action sees it: who asks, when, one door to read and one to write."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import asyncpg
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from infra.kernel.access import Caller, Plan
from infra.kernel.custom import indexing
from infra.kernel.custom.accepting import defaults
from infra.kernel.custom.customs import Customization
from infra.kernel.custom.fields import NO_FIELDS
from infra.kernel.database import Connection
from infra.kernel.errors import NotFound
from infra.kernel.events import Event
from infra.kernel.ids import parse, uuid7
from infra.kernel.model import Record
from infra.kernel.paths import PathCompiler
from infra.kernel.refusals import ConcurrentChange
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.sql import Literals
from infra.kernel.writing import HIDDEN, Writes, compose, event_row, shown_changes

if TYPE_CHECKING:
    from infra.kernel.services import Services

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Mark:
    """A place in the queue of writes."""

    flushes: int
    lengths: tuple[int, ...]
    calls: int


class _Mapper(TransactionWrapper):
    """Lets queued writes go out before a mapped query reads."""

    context: "Context"

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        await self.context.flush()
        return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Any:
        await self.context.flush()
        return await super().execute_query_dict(query, values)


class Context:
    """One caller, one tenant, one transaction."""

    def __init__(
        self,
        services: "Services",
        connection: Connection,
        caller: Caller,
        *,
        action: str = "",
        request_id: str = "",
        origin: str = "",
        actor: Mapping[str, Any] | None = None,
    ) -> None:
        self.services = services
        self.caller = caller
        self.tenant_id: UUID = caller.tenant_id
        self.now: datetime = services.database.now()
        self.action = action
        self.request_id = request_id
        self.origin = origin
        self.actor: Mapping[str, Any] = actor or caller.actor
        self.wakes_at: datetime | None = None
        self._connection = connection
        self._writes = Writes()
        self._after_commit: list[Callable[[], None]] = []
        self._flushes = 0
        self.memory: dict[Any, Any] = {}
        """What this transaction has learned and made; forgotten where a part of it is undone."""
        self._wrapper: _Mapper | None = None
        self._customization: Customization | None = None
        self.has_news = False

    @property
    def connection(self) -> Connection:
        """The kernel's own way to the database; domains read and write through what follows."""
        return self._connection

    # ── Reading ──────────────────────────────────────────────────────────────────────────────

    def plan(self, resource: Resource) -> Plan:
        """What this caller may do with the resource."""
        return self.services.plans.of(self.caller, resource)

    def may(self, resource: Resource, verb: str) -> bool:
        """Whether the caller has the verb on any row."""
        return self.plan(resource).may(verb)

    async def customization(self) -> Customization:
        """The fields and lists of choices that the tenant added."""
        if self._customization is None:
            found = await self.services.customs.of(self._connection, self.caller)
            self._customization = found
        return self._customization

    async def get(
        self, resource: Resource, key: UUID | str, *, verb: str = "read", lock: bool = False
    ) -> Any:
        """The row by id or number, as far as the caller has the verb on it; raises NotFound."""
        row = await self._one(resource, self.plan(resource), key, verb, lock)
        if row is None:
            raise NotFound(f"no such {resource.title}")
        return row

    async def find(self, resource: Resource, key: UUID | str | None, *, lock: bool = False) -> Any:
        """What the domain itself must know: any row of the tenant, or None."""
        if key is None:
            return None
        plan = self.services.plans.of(self.services.system_of(self.tenant_id), resource)
        return await self._one(resource, plan, key, "read", lock)

    async def _one(
        self, resource: Resource, plan: Plan, key: UUID | str, verb: str, lock: bool
    ) -> Any:
        found = key if isinstance(key, UUID) else parse(key)
        by: str = "id"
        if found is None:
            if not resource.number or len(str(key)) > 40 or not str(key).isalnum():
                return None
            by = "number"
        await self.flush()
        statement = self.services.lists.one(plan, verb, resource.columns, by, lock)
        values = statement.values(
            self.caller.attributes, {"tenant_id": self.tenant_id, "key": found or str(key)}
        )
        record = await self._connection.fetchrow(statement.text, *values)
        return resource.model._init_from_db(**dict(record)) if record else None  # noqa: SLF001

    async def many(
        self, resource: Resource, ids: Sequence[UUID], *, verb: str = "read", lock: bool = False
    ) -> dict[UUID, Any]:
        """Those of the rows on which the caller has the verb, by id, in one question."""
        plan = self.plan(resource)
        if not ids or not plan.may(verb):
            return {}
        await self.flush()
        statement = self.services.lists.several(plan, verb, resource.columns, lock)
        values = statement.values(
            self.caller.attributes, {"tenant_id": self.tenant_id, "ids": list(ids)}
        )
        records = await self._connection.fetch(statement.text, *values)
        model = resource.model
        return {r["id"]: model._init_from_db(**dict(r)) for r in records}  # noqa: SLF001

    def rows(self, resource: Resource) -> QuerySet[Any]:
        """The mapper's query over the rows that the caller may read."""
        plan = self.plan(resource)
        query = self.every(resource)
        if not plan.may("read"):
            return query.filter(id__isnull=True)
        if plan.is_total("read"):
            return query
        slots = {"tenant_id": self.tenant_id}
        literals = Literals(self.caller.attributes, slots)
        compiler = PathCompiler(self.services.registry, literals)
        test = compiler.reaches(plan, "read", f'"{resource.table}"')
        return query.annotate(_reached=RawSQL(test)).filter(_reached=True)

    def every(self, resource: Resource) -> QuerySet[Any]:
        """The mapper's query over all rows of the tenant: for what the domain itself must know."""
        return resource.model.filter(tenant_id=self.tenant_id).using_db(self._mapped())

    def _mapped(self) -> TransactionWrapper:
        if self._wrapper is None:
            plain = self.services.database.mapper(self._connection)
            self._wrapper = _Mapper(plain._parent)  # noqa: SLF001
            self._wrapper._connection = self._connection  # noqa: SLF001
            self._wrapper.context = self
        return self._wrapper

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Hand-written SQL; belongs in a `queries.py`, and names the tenant itself."""
        await self.flush()
        rows: list[asyncpg.Record] = await self._connection.fetch(sql, *values)
        return rows

    async def fetchrow(self, sql: str, *values: Any) -> asyncpg.Record | None:
        """The first row of hand-written SQL."""
        await self.flush()
        return await self._connection.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        """The first value of hand-written SQL."""
        await self.flush()
        return await self._connection.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> str:
        """Runs hand-written SQL; answers its command tag."""
        await self.flush()
        tag: str = await self._connection.execute(sql, *values)
        return tag

    # ── Writing ──────────────────────────────────────────────────────────────────────────────

    async def save(self, row: Record) -> None:
        """The one write door. The row is queued and goes out before the next read or at commit."""
        resource = self.services.registry.resource_of(type(row))
        if row.is_new:
            row.tenant_id = self.tenant_id
            if resource and resource.number and getattr(row, "number", None) is None:
                number = await self.services.numbers.take(self.tenant_id, resource.number)
                object.__setattr__(row, "number", number)
            if self.caller.is_system and resource and resource.is_customizable:
                # What nobody filled in begins as the tenant said; bodies were completed before.
                known = (await self.customization()).fields_of(resource.name)
                setattr(row, CUSTOM, defaults(known) | getattr(row, CUSTOM))
            self._writes.rows[id(row)] = ("insert", row, resource)
        elif row.changes():
            self._writes.rows[id(row)] = ("update", row, resource)

    async def delete(self, row: Record) -> None:
        """Queue the row's removal; raises StillReferenced at flush where others depend on it."""
        resource = self.services.registry.resource_of(type(row))
        self._writes.rows[id(row)] = ("delete", row, resource)

    def emit(self, event: Event) -> None:
        """Put an event in the outbox of this transaction."""
        self._writes.events.append(
            event_row(
                event.kind, event.type, event.record_id, event.payload(), self.now, self.actor,
                self.request_id,
            )
        )  # fmt: skip

    def enqueue(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        run_at: datetime | None = None,
        key: str | None = None,
        priority: int = 5,
        attempts_max: int | None = None,
        queue: str = "default",
        earliest: bool = False,
    ) -> UUID:
        """Put a job in this transaction; with a key it is not queued twice, but with `earliest` it
        is brought forward if it waits for later. Priority 0 goes first, 9 last."""
        definition = self.services.registry.jobs.get(name)
        if definition is None:
            raise ValueError(f"no job is called {name!r}")
        if not 0 <= priority <= 9:
            raise ValueError("a priority is 0 to 9")
        job_id = uuid7()
        moment = run_at or self.now
        if run_at is not None and (self.wakes_at is None or moment < self.wakes_at):
            self.wakes_at = moment
        queued = self._writes.moved_jobs if earliest else self._writes.jobs
        queued.append(
            {
                "id": job_id, "name": name, "queue": queue, "arguments": dict(arguments or {}),
                "actor": self.actor, "dedupe_key": key, "priority": priority, "run_at": moment,
                "attempts_max": attempts_max or definition.attempts_max,
                "request_id": self.request_id,
            }
        )  # fmt: skip
        return job_id

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run once the transaction has committed: wake-ups only, nothing that may be missed."""
        self._after_commit.append(call)

    def note(self, action: str, kind: Resource | str, record_id: UUID, changes: Any) -> None:
        """An audit entry for what is no change of a row: a sign-in, an export, a refusal."""
        name = kind if isinstance(kind, str) else kind.name
        self._audit(action, name, record_id, changes)

    def changed(
        self, resource: Resource, record_id: UUID, changes: Mapping[str, Any], verb: str = "updated"
    ) -> None:
        """Audit and tell what hand-written SQL changed in a row, as `save` would have."""
        view = resource.view("staff")
        told = view.read if view else ()
        shown = {c: pair if c in told else [HIDDEN, HIDDEN] for c, pair in changes.items()}
        if resource.audited:
            self._audit(self.action or f"{resource.name}.{verb}", resource.name, record_id, shown)
        if resource.emits:
            self._writes.events.append(
                event_row(
                    resource.name, f"{resource.name}.{verb}", record_id, {"changes": shown},
                    self.now, self.actor, self.request_id,
                )
            )  # fmt: skip

    def _audit(self, action: str, kind: str, record_id: UUID, changes: Any) -> None:
        self._writes.audit.append(
            {
                "id": uuid7(), "at": self.now, "actor": self.actor, "action": action, "kind": kind,
                "record_id": record_id, "changes": changes, "request_id": self.request_id,
                "origin": self.origin,
            }
        )  # fmt: skip

    def mark(self) -> Mark:
        """Where the queue stands, to come back to by `undo`."""
        return Mark(self._flushes, self._writes.lengths(), len(self._after_commit))

    def undo(self, mark: Mark) -> bool:
        """Forget what was queued since; False, and nothing done, where some of it has gone out."""
        if mark.flushes != self._flushes:
            return False
        self._writes.cut(mark.lengths)
        self.memory.clear()
        del self._after_commit[mark.calls :]
        return True

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that leaves nothing behind where it raises."""
        await self.flush()
        calls = len(self._after_commit)
        await self._connection.execute("SAVEPOINT part")
        try:
            yield
            await self.flush()
        except Exception:
            self._writes = Writes()
            self.memory.clear()
            del self._after_commit[calls:]
            await self._connection.execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            raise
        await self._connection.execute("RELEASE SAVEPOINT part")

    async def refresh(self, row: Record) -> None:
        """Queue what indexes hold of a record as it is now, after SQL that passed by `save`."""
        resource = self.services.registry.resource_of(type(row))
        if resource is None:
            return
        known = NO_FIELDS
        if resource.is_customizable:
            known = (await self.customization()).fields_of(resource.name)
            indexing.keep(self._writes, known, "refresh", row)
        if resource.search:
            self._writes.search += indexing.search_rows(resource, known, row)

    async def flush(self) -> None:
        """Write what is queued, in one statement."""
        writes = self._writes
        if not writes:
            return
        self._writes = Writes()
        self._flushes += 1
        if any(on and indexing.concerns(on, kind, row) for kind, row, on in writes.rows.values()):
            await self.customization()
        for kind, row, resource in writes.rows.values():
            self._describe(writes, kind, row, resource)
        writes.audit += self._writes.audit
        self._writes.audit = []
        statement = compose(writes, self.tenant_id, self.now)
        counts = await self._connection.fetchrow(statement.text(), *statement.values)
        for position, (_, expected) in enumerate(statement.checks):
            if counts[position] != expected:
                raise ConcurrentChange
        self.has_news = self.has_news or bool(
            writes.events or writes.jobs or writes.moved_jobs or writes.audit
        )
        for kind, row, _ in writes.rows.values():
            if kind != "delete":
                row.mark_stored()

    def _describe(self, writes: Writes, kind: str, row: Record, resource: Resource | None) -> None:
        """Audit, generic event and search entry of one row's change."""
        name = resource.name if resource else type(row)._meta.db_table  # noqa: SLF001
        verb = {"insert": "created", "update": "updated", "delete": "deleted"}[kind]
        changes = shown_changes(resource, row) if kind != "delete" else {}
        if resource is None or resource.audited:
            self._audit(self.action or f"{name}.{verb}", name, row.id, changes)
        if resource is None:
            return
        if resource.emits:
            payload = {"changes": changes}
            writes.events.append(
                event_row(
                    name, f"{name}.{verb}", row.id, payload, self.now, self.actor, self.request_id
                )
            )
        known = self._customization.fields_of(name) if self._customization else NO_FIELDS
        if known:
            indexing.keep(writes, known, kind, row)
        if resource.search:
            indexing.keep_words(writes, resource, known, kind, row, changes)

    def committed(self) -> None:
        """Called once the transaction has committed: runs what waited for that, tells a worker."""
        for call in self._after_commit:
            call()
        if self.has_news:
            self.services.announce(self.tenant_id, self.wakes_at)
