"""What the database refuses, in words the sender of the request can act on."""

import asyncpg

from infra.kernel.errors import (
    Conflict,
    Duplicate,
    Fault,
    Invalid,
    Problem,
    StillReferenced,
    Unavailable,
)

_CONSTRAINTS = r"""
SELECT k.conname AS name, array_agg(a.attname ORDER BY u.place) AS columns
  FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY u (number, place)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
  JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE n.nspname = 'public' GROUP BY k.conname
UNION ALL
SELECT i.relname, regexp_split_to_array(
         regexp_replace(
           substring(regexp_replace(pg_get_indexdef(i.oid), ' (NULLS|WHERE) .*$', '')
                     FROM 'USING \w+ \((.*)\)$'),
           'lower\(|::text|[()\s"]', '', 'g'), ',')
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace
 WHERE n.nspname = 'public' AND x.indisunique
"""

_columns_of: dict[str, tuple[str, ...]] = {}
"""Constraint → its columns. PostgreSQL keeps the details of a violation to itself where row-level
security is on, so the names have to be known beforehand: the schema's, hence the process's."""


class ConcurrentChange(Conflict):
    type, title = "concurrent-change", "Somebody changed this record at the same moment"


async def learn_constraints(connection: asyncpg.Connection) -> None:
    """Read which columns each constraint is about."""
    for row in await connection.fetch(_CONSTRAINTS):
        _columns_of[row["name"]] = tuple(c for c in row["columns"] if c != "tenant_id")


def _columns(error: asyncpg.PostgresError) -> tuple[str, ...]:
    return _columns_of.get(error.constraint_name or "", ())


def _pointers(error: asyncpg.PostgresError, code: str, message: str) -> list[Fault]:
    pointers = [Fault(f"/{name}", code, message) for name in _columns(error)]
    return pointers or [Fault("", code, message)]


def refusal(error: BaseException) -> Problem | None:
    """The problem that a database error amounts to, or None where it is the service's own fault."""
    match error:
        case asyncpg.UniqueViolationError():
            faults = _pointers(error, "duplicate", "is taken already")
            return Duplicate(
                f"{', '.join(_columns(error)) or 'a value'} is taken already", faults=faults
            )
        case asyncpg.ForeignKeyViolationError() if str(error).startswith("update or delete"):
            return StillReferenced(f"{error.table_name or 'other records'} depend on it")
        case asyncpg.ForeignKeyViolationError():
            return Invalid(_pointers(error, "not_found", "there is no such record"))
        case asyncpg.NotNullViolationError():
            return Invalid([Fault(f"/{error.column_name}", "missing", "is required")])
        case asyncpg.CheckViolationError():
            return Invalid([Fault("", "check", f"breaks the rule {error.constraint_name}")])
        case asyncpg.ExclusionViolationError():
            return Duplicate(f"overlaps another record ({error.constraint_name})")
        case asyncpg.DataError():
            return Invalid([Fault("", "invalid_value", "a value is out of range or malformed")])
        case asyncpg.LockNotAvailableError() | asyncpg.DeadlockDetectedError():
            return ConcurrentChange("try again")
        case asyncpg.SerializationError():
            return ConcurrentChange("try again")
        case asyncpg.QueryCanceledError():
            return Unavailable("the query took too long", retry_after=2)
        case asyncpg.ReadOnlySQLTransactionError() | asyncpg.DiskFullError():
            return Unavailable("the database cannot write now", retry_after=10)
        case asyncpg.OutOfMemoryError() | asyncpg.InsufficientResourcesError():
            return Unavailable("the database is overloaded", retry_after=5)
    return None


def is_transient(error: BaseException) -> bool:
    """Whether running the whole transaction again may succeed."""
    return isinstance(error, (asyncpg.DeadlockDetectedError, asyncpg.SerializationError))
