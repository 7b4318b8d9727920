"""What a column is to the outside: its type in a body, in a query and in an answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from pydantic import AfterValidator, JsonValue, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from tortoise import fields
from tortoise.fields.base import Field

from infra.kernel.ids import parse
from infra.kernel.model import HalfVectorField, TextArrayField, UUIDArrayField
from infra.kernel.resource import CUSTOM, Resource

_INT4 = range(-(2**31), 2**31)
_INT8 = range(-(2**63), 2**63)


def plain_text(value: str) -> str:
    """Text that PostgreSQL can hold: no NUL, no lone surrogate."""
    if "\x00" in value:
        raise ValueError("must not contain a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be well-formed Unicode") from None
    return value


Text = Annotated[str, AfterValidator(plain_text)]


def _said(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("too_short", "must not be blank")
    return value


Words = Annotated[Text, AfterValidator(_said)]
"""Text that says something: white space alone does not."""


@dataclass(frozen=True)
class Column:
    """One column: `type` for bodies, `parse` for query text, `sql` for casts."""

    name: str
    type: Any
    sql: str
    nullable: bool
    has_default: bool
    parse: Callable[[str], Any]
    comparable: bool = True
    enum: type[Enum] | None = None


def _integer(limits: range) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,20}", text) or int(text) not in limits:
            raise ValueError("must be a whole number in range")
        return int(text)

    return read


def _uuid(text: str) -> UUID:
    value = parse(text)
    if value is None:
        raise ValueError("must be a UUID")
    return value


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text == "true"


def timestamp(text: str) -> datetime:
    """An RFC 3339 timestamp; one without an offset is refused."""
    try:
        value = datetime.fromisoformat(text.replace(" ", "+"))
        if value.tzinfo is None:
            raise ValueError
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an RFC 3339 timestamp with an offset") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date like 2026-11-24") from None


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("must be a decimal number") from None
    if not value.is_finite():
        raise ValueError("must be a decimal number")
    return value


def _text(text: str) -> str:
    return plain_text(text)


def aware(value: datetime) -> datetime:
    """The same moment in UTC; a timestamp without an offset is refused."""
    if value.tzinfo is None:
        raise ValueError("must carry an offset")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment that a calendar can hold") from None


Moment = Annotated[datetime, AfterValidator(aware)]


def _within(limits: range) -> Any:
    def check(value: int) -> int:
        if value not in limits:
            raise ValueError("must be a whole number in range")
        return value

    return Annotated[int, AfterValidator(check)]


_CUSTOM_MOST = 1_000
CustomValues = Annotated[
    dict[str, JsonValue],
    MaxLen(_CUSTOM_MOST),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": _CUSTOM_MOST,
            "additionalProperties": True,
            "description": "Fields that the tenant added, by key: what there is, and what each "
            "takes, is told by `GET /api/v1/custom_fields?resource=…`. In a change only the keys "
            "that are given change; null empties one.",
        }
    ),
]

Described = tuple[Any, str, Callable[[str], Any], bool]
"""Python type, SQL type, how a query's text is read, whether values compare."""


def _words(longest: int) -> Any:
    return Annotated[str, StringConstraints(max_length=longest), AfterValidator(plain_text)]


_Word = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(plain_text)]
_INT2 = range(-(2**15), 2**15)
_DESCRIBED: dict[type[Field[Any]], Described] = {
    fields.UUIDField: (UUID, "uuid", _uuid, True),
    fields.TextField: (_words(200_000), "text", _text, True),
    fields.BooleanField: (bool, "boolean", _boolean, True),
    fields.BigIntField: (_within(_INT8), "bigint", _integer(_INT8), True),
    fields.SmallIntField: (_within(_INT2), "smallint", _integer(_INT2), True),
    fields.IntField: (_within(_INT4), "integer", _integer(_INT4), True),
    fields.DatetimeField: (Moment, "timestamptz", timestamp, True),
    fields.DateField: (date, "date", _date, True),
    fields.DecimalField: (Decimal, "numeric", _decimal, True),
    TextArrayField: (Annotated[list[_Word], MaxLen(500)], "text[]", _text, False),
    UUIDArrayField: (Annotated[list[UUID], MaxLen(500)], "uuid[]", _uuid, False),
    fields.JSONField: (Any, "jsonb", _text, False),
}


def _described(field: Field[Any]) -> Described:
    enum = getattr(field, "enum_type", None)
    if enum is not None:

        def member(text: str) -> str:
            if text not in [m.value for m in enum]:
                raise ValueError(f"must be one of {', '.join(m.value for m in enum)}")
            return text

        return enum, "text", member, True
    if isinstance(field, fields.CharField):
        return _words(field.max_length), "text", _text, True
    if isinstance(field, HalfVectorField):
        return list[float], f"halfvec({field.dimensions})", _text, False
    for kind, described in _DESCRIBED.items():
        if isinstance(field, kind):
            return described
    return Any, getattr(field, "SQL_TYPE", "text").lower(), _text, False


def sql_type(field: Field[Any]) -> str:
    """What PostgreSQL calls the field's type."""
    return _described(field)[1]


@cache
def columns_of(resource: Resource) -> Mapping[str, Column]:
    """Every column of the resource by name."""
    found: dict[str, Column] = {}
    for name in resource.columns:
        field = resource.model._meta.fields_map[name]  # noqa: SLF001
        kind, sql, read, comparable = _described(field)
        found[name] = Column(
            name=name,
            type=resource.types.get(name, CustomValues if name == CUSTOM else kind),
            sql=sql,
            nullable=field.null,
            has_default=field.default is not None or field.null,
            parse=read,
            comparable=comparable,
            enum=getattr(field, "enum_type", None),
        )
    return found
