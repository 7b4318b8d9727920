"""What every table shares. Tortoise maps rows; the tables themselves are written in SQL.

A row read from the database keeps what was read beside what it is now, so that the one write
door (`Context.save`) can tell a change from a copy.
"""

from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pgvector import HalfVector
from tortoise import fields
from tortoise.fields.base import Field
from tortoise.models import Model

from infra.kernel.ids import uuid7


class TextArrayField(Field[list[str]], list):  # type: ignore[misc,type-arg]
    """A `text[]` column."""

    SQL_TYPE = "text[]"


class UUIDArrayField(Field[list[UUID]], list):  # type: ignore[misc,type-arg]
    """A `uuid[]` column."""

    SQL_TYPE = "uuid[]"


class BytesField(Field[bytes], bytes):  # type: ignore[misc]
    """A `bytea` column; never part of a View."""

    SQL_TYPE = "bytea"


class HalfVectorField(Field[list[float]], list):  # type: ignore[misc,type-arg]
    """A `halfvec(n)` column of pgvector."""

    def __init__(self, dimensions: int, **options: Any) -> None:
        super().__init__(**options)
        self.dimensions = dimensions

    @property
    def SQL_TYPE(self) -> str:  # type: ignore[override]  # noqa: N802
        return f"halfvec({self.dimensions})"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return value if value is None or isinstance(value, HalfVector) else HalfVector(value)

    def to_python_value(self, value: Any) -> Any:
        return value.to_list() if isinstance(value, HalfVector) else value


class Row(Model):
    """A row of a tenant; of itself it is written once and not changed."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    tenant_id = fields.UUIDField()

    _loaded: dict[str, Any] | None = None

    class Meta:
        abstract = True

    @classmethod
    def _init_from_db(cls, **values: Any) -> Self:
        row = super()._init_from_db(**values)
        object.__setattr__(row, "_loaded", {name: getattr(row, name) for name in columns(cls)})
        return row

    @property
    def is_new(self) -> bool:
        """Whether no row of it is stored yet."""
        return self._loaded is None

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Column → (before, after), of a stored row; of a new one, all that is set."""
        if self._loaded is None:
            return {
                n: (None, v) for n in columns(type(self)) if (v := getattr(self, n)) is not None
            }
        before = self._loaded
        return {n: (before[n], v) for n in before if (v := getattr(self, n)) != before[n]}

    def mark_stored(self) -> None:
        """Take the present values as what is stored."""
        object.__setattr__(
            self, "_loaded", {name: getattr(self, name) for name in columns(type(self))}
        )


class Record(Row):
    """A row that people change: it has a version, and knows when it was made and changed."""

    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        abstract = True


_columns: dict[type[Model], tuple[str, ...]] = {}


def columns(model: type[Model]) -> tuple[str, ...]:
    """The model's columns in the order it declares them."""
    if model not in _columns:
        _columns[model] = tuple(model._meta.fields_db_projection)  # noqa: SLF001
    return _columns[model]


class TaskState(StrEnum):
    """States that tasks without a graph of their own go through."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(Record):
    """What everything that is worked on shares: cases, their tasks, work orders, orders."""

    number = fields.CharField(max_length=40, null=True)
    state = fields.CharField(max_length=40, default=TaskState.NEW.value)
    priority = fields.IntField(default=3)
    subject = fields.CharField(max_length=300)
    description = fields.TextField(default="")
    assignment_group_id = fields.UUIDField(null=True)
    assigned_to_id = fields.UUIDField(null=True)
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True
