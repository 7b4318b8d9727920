"""What the database refuses, in words the sender of the request can act on."""

import re

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

_KEY = re.compile(r"Key \((?P<columns>[^)]*)\)=")
_TABLE = re.compile(r'table "(?P<table>[^"]+)"')


class ConcurrentChange(Conflict):
    type, title = "concurrent-change", "Somebody changed this record at the same moment"


def _columns(error: asyncpg.PostgresError) -> list[str]:
    found = _KEY.search(error.detail or "")
    names = [n.strip().strip('"') for n in found["columns"].split(",")] if found else []
    return [re.sub(r"^lower\((.*?)(::text)?\)$", r"\1", n) for n in names if n != "tenant_id"]


def _pointers(error: asyncpg.PostgresError, code: str, message: str) -> list[Fault]:
    return [Fault(f"/{name}", code, message) for name in _columns(error)] or [
        Fault("", code, message)
    ]


def refusal(error: BaseException) -> Problem | None:
    """The problem that a database error amounts to, or None where it is the service's own fault."""
    match error:
        case asyncpg.UniqueViolationError():
            faults = _pointers(error, "duplicate", "is taken already")
            return Duplicate(
                f"{', '.join(_columns(error)) or 'a value'} is taken already", faults=faults
            )
        case asyncpg.ForeignKeyViolationError() if "still referenced" in (error.detail or ""):
            found = _TABLE.search(error.detail or "")
            return StillReferenced(f"{found['table'] if found else 'other records'} depend on it")
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
