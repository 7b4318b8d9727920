"""What every table shares. Tortoise maps rows; the tables themselves are written in SQL.

A row read from the database keeps what was read beside what it is now, so that the one write
door (`Context.save`) can tell a change from a copy.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache, partial
from types import NoneType
from typing import Any, Self
from uuid import UUID

from pgvector import HalfVector
from tortoise import fields
from tortoise.fields.base import Field
from tortoise.fields.data import DatetimeField, UUIDField
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

    def __init__(self, **values: Any) -> None:
        """A new row; raises TypeError for what is no column, ValueError for null where none is.

        The mapper's own way asks of every field at every row what never changes; here that is
        looked up once a model, which makes a row in a fifth of the time.
        """
        blank = _blank(type(self))
        state = self.__dict__
        state.update(blank.state)
        for name, make in blank.made:
            if name not in values:
                state[name] = make()
        for name, value in values.items():
            column = blank.columns.get(name)
            if column is None:
                raise TypeError(f"{type(self).__name__} has no column {name!r}")
            if value is None and not column.null:
                raise ValueError(f"{name} is non nullable field, but null was passed")
            state[name] = value if type(value) in _AS_IS else column.to_python_value(value)

    # There are no relations that an assignment would have to watch.
    __setattr__ = object.__setattr__  # type: ignore[assignment]

    @classmethod
    def _init_from_db(cls, **values: Any) -> Self:
        row = cls.__new__(cls)
        state = row.__dict__
        state.update(values)
        state.update(_STORED)
        for name, convert in _conversions(cls):
            if (value := state[name]) is not None:
                state[name] = convert(value)
        state["_loaded"] = {name: state[name] for name in columns(cls)}
        return row

    @property
    def is_new(self) -> bool:
        """Whether no row of it is stored yet."""
        return self._loaded is None

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Column → (before, after), of a stored row; of a new one, all that is set."""
        now = self.__dict__
        if self._loaded is None:
            return {n: (None, v) for n in columns(type(self)) if (v := now[n]) is not None}
        return {n: (v, now[n]) for n, v in self._loaded.items() if now[n] != v}

    def stored(self, column: str) -> Any:
        """What the column was when the row was read or last written; None of a new row."""
        return (self._loaded or {}).get(column)

    def mark_stored(self) -> None:
        """Take the present values as what is stored."""
        state = self.__dict__
        state["_loaded"] = {name: state[name] for name in columns(type(self))}


class Record(Row):
    """A row that people change: it has a version, and knows when it was made and changed."""

    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        abstract = True


@cache
def columns(model: type[Model]) -> tuple[str, ...]:
    """The model's columns in the order it declares them."""
    return tuple(model._meta.fields_db_projection)  # noqa: SLF001


_NEW: Mapping[str, Any] = {
    "_partial": False, "_saved_in_db": False, "_custom_generated_pk": True, "_await_when_save": {},
}  # fmt: skip
_STORED = {**_NEW, "_saved_in_db": True}
_AS_IS = frozenset({UUID, bool})
"""Types whose values no column of theirs would convert."""
_SHARED = (int, float, str, bool, bytes, tuple, Enum, NoneType)
"""Defaults that a row cannot change in place, so all rows may hold the same one."""


@dataclass(frozen=True)
class _Blank:
    """A row of a model before anything is known of it."""

    state: Mapping[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    columns: Mapping[str, Field[Any]]


@cache
def _blank(model: type[Model]) -> _Blank:
    meta = model._meta  # noqa: SLF001
    state = dict(_NEW)
    made: list[tuple[str, Callable[[], Any]]] = []
    for name in meta.fields_db_projection:
        default = meta.fields_map[name].default
        if callable(default):
            made.append((name, default))
        elif isinstance(default, _SHARED):
            state[name] = default
        else:
            made.append((name, partial(deepcopy, default)))
    known = {name: meta.fields_map[name] for name in meta.fields_db_projection}
    return _Blank(state, tuple(made), known)


@cache
def _conversions(model: type[Model]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The columns whose values the driver gives in another form than rows have them. Moments and
    ids are none: the driver's know their zone, and its UUIDs are UUIDs."""
    meta = model._meta  # noqa: SLF001
    plain = [(name, field.field_type) for _, name, field in meta.db_default_fields]
    rest = [
        (name, field.to_python_value)
        for _, name, field in meta.db_complex_fields
        if not isinstance(field, DatetimeField | UUIDField)
    ]
    return (*plain, *rest)


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
