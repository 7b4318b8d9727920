"""The query string of a list, read strictly: every fault is named, none is guessed away."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.access import Plan
from infra.kernel.columns import Column, columns_of, plain_text
from infra.kernel.custom import asking
from infra.kernel.custom.asking import Indexed, Refused
from infra.kernel.custom.fields import NO_FIELDS, Fields
from infra.kernel.custom.indexing import searchers
from infra.kernel.errors import BadRequest, Fault
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.words import words_of

LIMIT_DEFAULT, LIMIT_MOST = 50, 200
_IN_MOST = 200
_WORDS_MOST = 12
_OPERATORS = ("eq", "ne", "in", "lt", "lte", "gt", "gte", "contains", "starts", "null")
_KEY = re.compile(r"([a-z][a-z0-9_]*)(?:\[([a-z]+)\])?")
_RESERVED = frozenset({"limit", "after", "sort", "q", "fields", "expand", "count"})


@dataclass(frozen=True)
class Filter:
    """One condition; `value` is typed, a list for `in`, a boolean for `null`."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True)
class SortKey:
    column: str
    descending: bool


@dataclass(frozen=True)
class ListQuery:
    """A list as asked for, checked against what the caller may read."""

    filters: tuple[Filter, ...] = ()
    sort: tuple[SortKey, ...] = ()
    words: tuple[str, ...] = ()
    limit: int = LIMIT_DEFAULT
    after: tuple[Any, ...] | None = None
    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()
    count: bool = False
    indexed: tuple[Indexed, ...] = ()
    """The tenant's own fields that filters and sort name."""
    inner_words: bool = False
    """Whether words that lead only staff to a record are searched too."""

    @property
    def shape(self) -> tuple[Any, ...]:
        """What the SQL text depends on, without the values."""
        return (
            tuple((f.column, f.operator) for f in self.filters),
            self.sort,
            self.limit,
            bool(self.words),
            tuple(value is None for value in self.after) if self.after is not None else None,
            self.fields,
            tuple(each.shape for each in self.indexed),
            self.inner_words,
        )


@dataclass
class _Reader:
    plan: Plan
    custom: Fields = NO_FIELDS
    faults: list[Fault] = field(default_factory=list)
    indexed: dict[str, Indexed] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    """Sort keys that are no columns of the table."""

    @property
    def resource(self) -> Resource:
        return self.plan.resource

    def fault(self, pointer: str, code: str, message: str) -> None:
        self.faults.append(Fault(pointer, code, message))


Query = Mapping[str, str | Sequence[str]]


def read_query(plan: Plan, query: Query, custom: Fields = NO_FIELDS) -> ListQuery:
    """Raises BadRequest naming every unknown field, operator, sort key and broken value."""
    reader = _Reader(plan, custom)
    values = {
        key: [value] if isinstance(value, str) else list(value) for key, value in query.items()
    }
    for key, given in values.items():
        if key in _RESERVED and len(given) > 1:
            reader.fault(key, "repeated", "may be given once")
    one = {key: given[0] for key, given in values.items() if key in _RESERVED}
    sort = _sort(reader, one.get("sort", _default_sort(plan)))
    result = ListQuery(
        filters=_filters(reader, {k: v for k, v in values.items() if k not in _RESERVED}),
        sort=sort,
        words=_words(reader, one.get("q")),
        limit=_limit(reader, one.get("limit")),
        after=_after(reader, one.get("after"), sort),
        fields=read_fields(reader, one.get("fields")),
        expand=read_expand(reader, one.get("expand")),
        count=_flag(reader, "count", one.get("count")),
        indexed=tuple(reader.indexed.values()),
        inner_words=_has_inner_words(reader) if one.get("q") else False,
    )
    if reader.faults:
        raise BadRequest(reader.faults)
    return result


def read_representation(plan: Plan, query: Query) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """`fields` and `expand` of a single read; any other parameter is a fault."""
    reader = _Reader(plan)
    for key, value in query.items():
        if key not in {"fields", "expand"}:
            reader.fault(key, "unknown", "is not a parameter here")
        elif not isinstance(value, str):
            reader.fault(key, "repeated", "may be given once")
    fields = query.get("fields")
    expand = query.get("expand")
    shown = read_fields(reader, fields if isinstance(fields, str) else None)
    grown = read_expand(reader, expand if isinstance(expand, str) else None)
    if reader.faults:
        raise BadRequest(reader.faults)
    return shown, grown


def _filters(reader: _Reader, values: Mapping[str, list[str]]) -> tuple[Filter, ...]:
    allowed = reader.resource.filterable(reader.plan.audience) & reader.plan.open_columns
    columns = columns_of(reader.resource)
    found: list[Filter] = []
    for key, given in values.items():
        if key.startswith(f"{CUSTOM}.") and reader.resource.is_customizable:
            found += _custom_filters(reader, key, given)
            continue
        parts = _KEY.fullmatch(key)
        if parts is None or parts[1] not in allowed:
            reader.fault(key, "unknown_field", "is not a field to filter by")
            continue
        operator = parts[2] or "eq"
        if operator not in _OPERATORS:
            reader.fault(key, "unknown_operator", f"use one of {', '.join(_OPERATORS)}")
            continue
        column = columns[parts[1]]
        if operator in {"contains", "starts"} and (column.sql != "text" or column.enum):
            reader.fault(key, "unknown_operator", f"{operator} compares text only")
            continue
        for text in given:
            try:
                found.append(Filter(column.name, operator, _value(column, operator, text)))
            except ValueError as error:
                reader.fault(key, "invalid_value", str(error))
    return tuple(found)


def _custom_filters(reader: _Reader, key: str, given: list[str]) -> list[Filter]:
    """Conditions on a field that the tenant added."""
    parts = asking.KEY.fullmatch(key)
    if parts is None or CUSTOM not in reader.plan.open_columns:
        reader.fault(key, "unknown_field", "is not a field to filter by")
        return []
    found: list[Filter] = []
    for text in given:
        try:
            known, index = asking.indexed(reader.custom, parts[1], reader.plan.audience)
            operator, value = asking.condition(known, parts[2] or "eq", plain_text(text))
        except Refused as refused:
            reader.fault(key, refused.code, str(refused))
        except ValueError as error:
            reader.fault(key, "invalid_value", str(error))
        else:
            reader.indexed[known.path] = index
            found.append(Filter(known.path, operator, value))
    return found


def _value(column: Column, operator: str, text: str) -> Any:
    if operator == "null":
        if text not in {"true", "false"}:
            raise ValueError("must be true or false")
        return text == "true"
    if operator == "in":
        parts = text.split(",")
        if len(parts) > _IN_MOST:
            raise ValueError(f"takes up to {_IN_MOST} values")
        return [column.parse(part) for part in parts]
    if operator in {"contains", "starts"}:
        return plain_text(text)
    return column.parse(text)


def _default_sort(plan: Plan) -> str:
    """The resource's own order, or that of making where its column is not shown to this caller."""
    default = plan.resource.default_sort
    known = default.lstrip("-") in plan.open_columns
    return default if known or plan.view is None else ("-id" if default[0] == "-" else "id")


def _sort(reader: _Reader, text: str) -> tuple[SortKey, ...]:
    allowed = reader.resource.sortable(reader.plan.audience) & reader.plan.open_columns
    keys: list[SortKey] = []
    for part in text.split(","):
        name = part.removeprefix("-")
        if name.startswith(f"{CUSTOM}.") and name not in reader.columns:
            if _custom_sort(reader, name):
                keys.append(SortKey(name, part.startswith("-")))
            continue
        if name not in allowed or any(k.column == name for k in keys):
            reader.fault("sort", "unknown_field", f"cannot sort by {name[:60]!r}")
            continue
        keys.append(SortKey(name, part.startswith("-")))
    if keys and keys[-1].column != "id":
        keys.append(SortKey("id", keys[-1].descending))
    return tuple(keys)


def _custom_sort(reader: _Reader, name: str) -> bool:
    """Whether the list may be sorted by this field that the tenant added; one is the most."""
    if CUSTOM not in reader.plan.open_columns or not reader.resource.is_customizable:
        reader.fault("sort", "unknown_field", f"cannot sort by {name[:60]!r}")
    elif reader.columns:
        reader.fault("sort", "too_many", "takes one field that the tenant added")
    else:
        try:
            found, reader.columns[name] = asking.sort_column(
                reader.custom, name, reader.plan.audience
            )
        except Refused as refused:
            reader.fault("sort", refused.code, str(refused))
        else:
            reader.indexed[name] = found
            return True
    return False


def _has_inner_words(reader: _Reader) -> bool:
    is_staff = reader.plan.audience in {"staff", "system"} and CUSTOM in reader.plan.open_columns
    return is_staff and bool(reader.custom.inner_words(searchers(reader.resource)))


def _words(reader: _Reader, text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    if not reader.resource.searchable(reader.plan.audience) or not (
        {*reader.resource.search, *_custom_searched(reader)} <= reader.plan.open_columns
    ):
        reader.fault("q", "unknown_field", "this collection is not searched")
        return ()
    try:
        return tuple(words_of(plain_text(text))[:_WORDS_MOST])
    except ValueError as error:
        reader.fault("q", "invalid_value", str(error))
        return ()


def _custom_searched(reader: _Reader) -> set[str]:
    """Words of the tenant's own fields lead only those to a record who may read such fields."""
    return {CUSTOM} if reader.custom.open_words(searchers(reader.resource)) else set()


def _limit(reader: _Reader, text: str | None) -> int:
    if text is None:
        return LIMIT_DEFAULT
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= LIMIT_MOST:
        reader.fault("limit", "out_of_range", f"must be from 1 to {LIMIT_MOST}")
        return LIMIT_DEFAULT
    return int(text)


def _flag(reader: _Reader, name: str, text: str | None) -> bool:
    if text not in {None, "true", "false"}:
        reader.fault(name, "invalid_value", "must be true or false")
    return text == "true"


def read_fields(reader: _Reader, text: str | None) -> tuple[str, ...] | None:
    """The columns asked for, in the order asked."""
    if text is None:
        return None
    view = reader.plan.view
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if view is None or name not in view.read:
            reader.fault("fields", "unknown_field", f"there is no field {name[:60]!r}")
    return names


def read_expand(reader: _Reader, text: str | None) -> tuple[str, ...]:
    """The relations to embed."""
    if not text:
        return ()
    names = tuple(dict.fromkeys(text.split(",")))
    view = reader.plan.view
    for name in names:
        relation = reader.resource.relations.get(name)
        if relation is None or view is None or relation.column not in view.read:
            reader.fault("expand", "unknown_field", f"there is no relation {name[:60]!r}")
    return names


# ── Cursors ──────────────────────────────────────────────────────────────────────────────────


def _sort_mark(resource: str, sort: Sequence[SortKey]) -> str:
    text = resource + "".join(f"{'-' if k.descending else '+'}{k.column}" for k in sort)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def write_cursor(resource: Resource, sort: Sequence[SortKey], values: Sequence[Any]) -> str:
    """Where a page ended; it fits only this collection and this sort."""
    body = orjson.dumps([_sort_mark(resource.name, sort), *values], default=str)
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def _after(reader: _Reader, text: str | None, sort: Sequence[SortKey]) -> tuple[Any, ...] | None:
    if text is None:
        return None
    try:
        if len(text) > 4096:
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        mark, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if any(fault.pointer == "sort" for fault in reader.faults):
            return None  # it may well be one of the sort that was meant
        if mark != _sort_mark(reader.resource.name, sort) or len(values) != len(sort):
            raise ValueError
        columns = {**columns_of(reader.resource), **reader.columns}
        return tuple(
            None if v is None else _restore(columns[k.column], v)
            for k, v in zip(sort, values, strict=True)
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        reader.fault("after", "broken_cursor", "is not a cursor of this list and sort")
        return None


def _restore(column: Column, value: Any) -> Any:
    if isinstance(value, bool) and column.sql == "boolean":
        return value
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        restored = column.parse(str(value))
        if isinstance(restored, (str, int, UUID, datetime, date)) or column.sql == "numeric":
            return restored
    raise ValueError("unexpected value")
