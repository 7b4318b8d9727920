"""One statement for everything a transaction has to write.

Rows, audit entries, events, jobs and search entries queue up while an action runs and leave
together, as data-modifying CTEs of a single statement: one round trip, whatever the action did.
The text depends only on which tables and columns are written, so it is prepared once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from pgvector import HalfVector
from tortoise import fields

from infra.kernel.custom.indexing import TYPES
from infra.kernel.ids import uuid7
from infra.kernel.model import HalfVectorField, Record, columns
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.sheaves import ROWS_LEAST, types_of, unnested

_BOOKKEEPING = frozenset({"tenant_id", "version", "updated_at", "created_at"})
HIDDEN = "(not shown)"


def dumps(value: Any) -> str:
    """JSON text for a jsonb parameter."""
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    return value


def _chosen(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _json(value: Any) -> Any:
    return None if value is None else dumps(value)


def _vector(value: Any) -> Any:
    return value if value is None or isinstance(value, HalfVector) else HalfVector(value)


@cache
def writers_of(model: type[Record]) -> dict[str, Callable[[Any], Any]]:
    """Column → what turns its value into what the driver takes; all columns but the tenant's."""
    found: dict[str, Callable[[Any], Any]] = {}
    for name in columns(model):
        mapped = model._meta.fields_map[name]  # noqa: SLF001
        if name == "tenant_id":
            continue
        if isinstance(mapped, fields.JSONField):
            found[name] = _json
        elif isinstance(mapped, HalfVectorField):
            found[name] = _vector
        else:
            is_number = isinstance(mapped, (fields.UUIDField, fields.DatetimeField))
            found[name] = _plain if is_number else _chosen
    return found


@cache
def _columns_listed(model: type[Record]) -> str:
    return ", ".join(f'"{name}"' for name in writers_of(model))


def shown_changes(resource: Resource | None, row: Record) -> dict[str, list[Any]]:
    """What changed, as audit and events tell it; columns that staff may not read are not told."""
    view = resource.view("staff") if resource else None
    told = frozenset(view.read) if view else frozenset(columns(type(row)))
    found: dict[str, list[Any]] = {}
    for name, (before, after) in row.changes().items():
        if name == CUSTOM and resource is not None and resource.is_customizable:
            _custom_changes(found, before or {}, after or {}, is_told=name in told)
        elif name not in _BOOKKEEPING:
            found[name] = [before, after] if name in told else [HIDDEN, HIDDEN]
    return found


def _custom_changes(
    found: dict[str, list[Any]],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    is_told: bool,
) -> None:
    """One change a field that the tenant added, as `custom.color`: each has its own readers."""
    for key in sorted({*before, *after}):
        pair = [before.get(key), after.get(key)]
        if pair[0] != pair[1]:
            found[f"{CUSTOM}.{key}"] = pair if is_told else [HIDDEN, HIDDEN]


@dataclass
class Writes:
    """What is queued: rows by identity, in the order first saved."""

    rows: dict[int, tuple[str, Record, Resource | None]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    moved_jobs: list[dict[str, Any]] = field(default_factory=list)
    """Jobs that bring forward the one that waits under their key."""
    audit: list[dict[str, Any]] = field(default_factory=list)
    search: list[dict[str, Any]] = field(default_factory=list)
    forget: list[dict[str, Any]] = field(default_factory=list)
    indexed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Table → values of the tenant's own fields that lists look up."""
    unindexed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Table → fields and records whose values go."""

    def __bool__(self) -> bool:
        queued = self.rows or self.events or self.jobs or self.moved_jobs or self.audit
        return bool(queued or self.search or self.indexed)

    def lengths(self) -> tuple[int, ...]:
        """How much is queued of each."""
        queues = (self.rows, self.events, self.jobs, self.moved_jobs, self.audit)
        return tuple(map(len, queues))

    def cut(self, lengths: tuple[int, ...]) -> None:
        """Forget what came after the queue had these lengths."""
        rows, *others = lengths
        while len(self.rows) > rows:
            self.rows.popitem()
        queues = (self.events, self.jobs, self.moved_jobs, self.audit)
        for queued, length in zip(queues, others, strict=True):
            del queued[length:]


@dataclass
class _Statement:
    """Grows CTE by CTE; `checks` are those that must touch exactly so many rows."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    checks: list[tuple[str, int]] = field(default_factory=list)

    def add(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def cte(self, sql: str) -> str:
        name = f"w{len(self.parts)}"
        self.parts.append(f"{name} AS ({sql})")
        return name

    def text(self) -> str:
        counts = ", ".join(f"(SELECT count(*) FROM {name})" for name, _ in self.checks) or "1"
        return f"WITH {', '.join(self.parts)} SELECT {counts}"


def compose(writes: Writes, tenant_id: UUID, now: datetime) -> _Statement:
    """The statement that writes all of it."""
    statement = _Statement()
    tenant = statement.add(tenant_id)
    _inserts(statement, writes, tenant, now)
    _updates(statement, writes, tenant, now)
    for kind, row, _ in writes.rows.values():
        if kind == "delete":
            _delete(statement, row, tenant)
    _records(statement, "audit_entries", _AUDIT, writes.audit, tenant)
    _records(statement, "events", _EVENTS, writes.events, tenant)
    if writes.jobs:
        _jobs(statement, writes.jobs, tenant)
    if writes.moved_jobs:
        _moved_jobs(statement, writes.moved_jobs, tenant)
    if writes.search:
        _search(statement, writes.search, tenant)
    for table, rows in writes.indexed.items():
        _index(statement, table, rows, tenant)
    for table, rows in writes.unindexed.items():
        _unindex(statement, table, rows, tenant)
    if writes.forget:
        source = statement.add(dumps(writes.forget))
        statement.cte(
            f"DELETE FROM search_entries s USING jsonb_to_recordset({source}::text::jsonb) "
            f"AS r(kind text, id uuid) WHERE s.tenant_id = {tenant} AND s.kind = r.kind "
            f"AND s.id = r.id RETURNING 1"
        )
    return statement


def _inserts(statement: _Statement, writes: Writes, tenant: str, now: datetime) -> None:
    groups: dict[type[Record], list[Record]] = {}
    for kind, row, _ in writes.rows.values():
        if kind == "insert":
            groups.setdefault(type(row), []).append(row)
    for model, rows in groups.items():
        writers = writers_of(model)
        tuples = []
        for row in rows:
            row.created_at = getattr(row, "created_at", None) or now
            row.updated_at = now
        if len(rows) >= ROWS_LEAST and types_of(model) is not None:
            _insert_sheaf(statement, model, rows, tenant)
            continue
        for row in rows:
            first = len(statement.values) + 1
            statement.values += [write(getattr(row, name)) for name, write in writers.items()]
            given = ", ".join(f"${n}" for n in range(first, first + len(writers)))
            tuples.append(f"({tenant}, {given})")
        table = model._meta.db_table  # noqa: SLF001
        statement.cte(
            f'INSERT INTO "{table}" (tenant_id, {_columns_listed(model)}) '
            f"VALUES {', '.join(tuples)} RETURNING 1"
        )


def _insert_sheaf(
    statement: _Statement, model: type[Record], rows: Sequence[Record], tenant: str
) -> None:
    writers = writers_of(model)
    types = {name: (types_of(model) or {})[name] for name in writers}
    given = [{n: write(getattr(row, n)) for n, write in writers.items()} for row in rows]
    source, picked = unnested(types, given, statement.add, "n")
    statement.cte(
        f'INSERT INTO "{model._meta.db_table}" (tenant_id, {_columns_listed(model)}) '  # noqa: SLF001
        f"SELECT {tenant}, {', '.join(picked[name] for name in writers)} FROM {source} RETURNING 1"
    )


def _updates(statement: _Statement, writes: Writes, tenant: str, now: datetime) -> None:
    """Rows of a table that change in the same columns go together where they are many."""
    groups: dict[tuple[type[Record], tuple[str, ...]], list[tuple[Record, int]]] = {}
    for kind, row, _ in writes.rows.values():
        if kind == "update":
            before = row.version
            row.version, row.updated_at = before + 1, now
            changed = tuple(n for n in row.changes() if n not in {"tenant_id", "id"})
            groups.setdefault((type(row), changed), []).append((row, before))
    for (model, changed), rows in groups.items():
        if len(rows) >= ROWS_LEAST and types_of(model) is not None:
            _update_sheaf(statement, model, changed, rows, tenant)
            continue
        for row, before in rows:
            _update(statement, row, before, changed, tenant)


def _update_sheaf(
    statement: _Statement,
    model: type[Record],
    changed: Sequence[str],
    rows: Sequence[tuple[Record, int]],
    tenant: str,
) -> None:
    writers, known = writers_of(model), types_of(model) or {}
    types = {name: known[name] for name in changed} | {"id": "uuid", "_before": "integer"}
    given = [
        {name: writers[name](getattr(row, name)) for name in changed}
        | {"id": row.id, "_before": before}
        for row, before in rows
    ]
    source, picked = unnested(types, given, statement.add, "n")
    sets = ", ".join(f'"{name}" = {picked[name]}' for name in changed)
    name = statement.cte(
        f'UPDATE "{model._meta.db_table}" t SET {sets} FROM {source} '  # noqa: SLF001
        f'WHERE t.tenant_id = {tenant} AND t.id = n.id AND t.version = n."_before" RETURNING 1'
    )
    statement.checks.append((name, len(rows)))


def _update(
    statement: _Statement, row: Record, before: int, changed: Sequence[str], tenant: str
) -> None:
    model = type(row)
    writers = writers_of(model)
    sets = ", ".join(
        f'"{name}" = {statement.add(writers[name](getattr(row, name)))}' for name in changed
    )
    name = statement.cte(
        f'UPDATE "{model._meta.db_table}" SET {sets} WHERE tenant_id = {tenant} '  # noqa: SLF001
        f"AND id = {statement.add(row.id)} AND version = {statement.add(before)} RETURNING 1"
    )
    statement.checks.append((name, 1))


def _delete(statement: _Statement, row: Record, tenant: str) -> None:
    name = statement.cte(
        f'DELETE FROM "{type(row)._meta.db_table}" WHERE tenant_id = {tenant} '  # noqa: SLF001
        f"AND id = {statement.add(row.id)} RETURNING 1"
    )
    statement.checks.append((name, 1))


_AUDIT = {
    "id": "uuid", "at": "timestamptz", "actor": "jsonb", "action": "text", "kind": "text",
    "record_id": "uuid", "changes": "jsonb", "request_id": "text", "origin": "text",
}  # fmt: skip
_EVENTS = {
    "id": "uuid", "type": "text", "kind": "text", "record_id": "uuid", "at": "timestamptz",
    "actor": "jsonb", "payload": "jsonb", "request_id": "text",
}  # fmt: skip
_JOBS = {
    "id": "uuid", "name": "text", "queue": "text", "arguments": "jsonb", "actor": "jsonb",
    "dedupe_key": "text", "priority": "smallint", "run_at": "timestamptz",
    "attempts_max": "integer", "request_id": "text",
}  # fmt: skip


def _records(
    statement: _Statement,
    table: str,
    types: dict[str, str],
    records: Sequence[dict[str, Any]],
    tenant: str,
    tail: str = "",
) -> None:
    if not records:
        return
    source = statement.add(dumps(records))
    listed = ", ".join(types)
    shape = ", ".join(f"{name} {kind}" for name, kind in types.items())
    picked = ", ".join(f"r.{name}" for name in types)
    statement.cte(
        f"INSERT INTO {table} (tenant_id, {listed}) SELECT {tenant}, {picked} "
        f"FROM jsonb_to_recordset({source}::text::jsonb) AS r({shape}) {tail} RETURNING 1"
    )


def _jobs(statement: _Statement, jobs: Sequence[dict[str, Any]], tenant: str) -> None:
    """A job whose key is queued already is not queued twice."""
    tail = (
        "ON CONFLICT (tenant_id, dedupe_key) WHERE state = 'queued' AND dedupe_key IS NOT NULL "
        "DO NOTHING"
    )
    _records(statement, "jobs", _JOBS, jobs, tenant, tail)


def _moved_jobs(statement: _Statement, jobs: Sequence[dict[str, Any]], tenant: str) -> None:
    """The earliest job of each key. One that waits for no later time is left alone, unlocked, so
    that transactions which only confirm it never wait for each other."""
    by_key: dict[str, dict[str, Any]] = {}
    for job in sorted(jobs, key=lambda each: each["run_at"], reverse=True):
        by_key[job["dedupe_key"]] = job
    tail = (
        f"WHERE NOT EXISTS (SELECT FROM jobs q WHERE q.tenant_id = {tenant} "
        "AND q.dedupe_key = r.dedupe_key AND q.state = 'queued' AND q.run_at <= r.run_at) "
        "ON CONFLICT (tenant_id, dedupe_key) WHERE state = 'queued' AND dedupe_key IS NOT NULL "
        "DO UPDATE SET run_at = least(jobs.run_at, EXCLUDED.run_at), updated_at = now()"
    )
    _records(statement, "jobs", _JOBS, list(by_key.values()), tenant, tail)


def _search(statement: _Statement, entries: Iterable[dict[str, Any]], tenant: str) -> None:
    source = statement.add(dumps(list(entries)))
    statement.cte(
        f"INSERT INTO search_entries (tenant_id, kind, id, words) SELECT {tenant}, r.kind, r.id, "
        f"to_tsvector('simple', r.words) FROM jsonb_to_recordset({source}::text::jsonb) "
        f"AS r(kind text, id uuid, words text) "
        f"ON CONFLICT (tenant_id, kind, id) DO UPDATE SET words = EXCLUDED.words RETURNING 1"
    )


def _index(statement: _Statement, table: str, rows: list[dict[str, Any]], tenant: str) -> None:
    """Rows of an index of the tenant's own fields."""
    kind = TYPES[table]
    source = statement.add(dumps(rows))
    statement.cte(
        f"INSERT INTO {table} (tenant_id, field_id, record_id, position, value) SELECT {tenant}, "
        f"r.field_id, r.record_id, r.position, r.value "
        f"FROM jsonb_to_recordset({source}::text::jsonb) "
        f"AS r(field_id uuid, record_id uuid, position smallint, value {kind}) "
        f"ON CONFLICT (tenant_id, field_id, record_id, position) DO UPDATE "
        f"SET value = EXCLUDED.value RETURNING 1"
    )


def _unindex(statement: _Statement, table: str, rows: list[dict[str, Any]], tenant: str) -> None:
    """Takes the values after a position out of an index; after -1 all of them."""
    source = statement.add(dumps(rows))
    statement.cte(
        f"DELETE FROM {table} v USING jsonb_to_recordset({source}::text::jsonb) "
        f"AS r(field_id uuid, record_id uuid, position smallint) WHERE v.tenant_id = {tenant} "
        f"AND v.field_id = r.field_id AND v.record_id = r.record_id AND v.position > r.position "
        f"RETURNING 1"
    )


def event_row(
    kind: str, type_: str, record_id: UUID, payload: Any, now: datetime, actor: Any, request_id: str
) -> dict[str, Any]:
    """An outbox row; the relay gives it its position after commit."""
    return {
        "id": uuid7(), "type": type_, "kind": kind, "record_id": record_id, "at": now,
        "actor": actor, "payload": payload, "request_id": request_id,
    }  # fmt: skip
