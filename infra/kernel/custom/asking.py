"""The tenant's own fields in the query of a list: `custom.size[gte]=3`, `sort=-custom.size`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.columns import Column
from infra.kernel.custom.fields import Access, CustomField, Fields, FieldType
from infra.kernel.custom.indexing import table_of
from infra.kernel.custom.kinds import SORTABLE, asked
from infra.kernel.resource import CUSTOM, Audience

KEY = re.compile(r"custom\.([a-z][a-z0-9_]{0,39})(?:\[([a-z]+)\])?")
_ORDERED = ("lt", "lte", "gt", "gte")
_IN_MOST = 200
_INT8 = range(-(2**63), 2**63)


class Refused(ValueError):
    """Why a list cannot be asked so: a code for programs, words for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Indexed:
    """A field as lists reach it: the table of its index and the type of the values there."""

    path: str
    table: str
    sql: str
    field_id: UUID

    @property
    def column(self) -> Column:
        """The index's value as a sort key, whose text in a cursor is read back."""
        is_number = self.sql == "bigint"
        return Column(
            self.path, int if is_number else str, self.sql, nullable=True, has_default=True,
            parse=_whole if is_number else str,
        )  # fmt: skip

    @property
    def shape(self) -> tuple[str, str]:
        """What the SQL text depends on."""
        return self.path, self.table


def _whole(text: str) -> int:
    if int(text) not in _INT8:
        raise ValueError("must be a whole number in range")
    return int(text)


def mentions(query: Mapping[str, Any]) -> bool:
    """Whether a query asks for the tenant's own fields, or searches words that may be theirs."""
    sort = query.get("sort", "")
    return "q" in query or f"{CUSTOM}." in str(sort) or any(
        key.startswith(f"{CUSTOM}.") for key in query
    )  # fmt: skip


def indexed(fields: Fields, key: str, audience: Audience) -> tuple[CustomField, Indexed]:
    """The field of this key, ready to be asked for; raises Refused."""
    known = fields.by_key.get(key)
    if known is None or not known.may(audience, Access.READ):
        raise Refused("unknown_field", "is not a field to filter or sort by")
    if known.index_state == "building":
        raise Refused("index_building", "its index is being built; ask again in a while")
    if known.index_state != "ready":
        raise Refused("not_indexed", "is not indexed: mark the field as indexed first")
    table, sql = table_of(known)
    return known, Indexed(known.path, table, sql, known.id)


def condition(known: CustomField, operator: str, text: str) -> tuple[str, Any]:
    """The operator and the typed value of one condition; raises Refused or ValueError."""
    allowed = ["eq", "ne", "in", "null"]
    allowed += _ORDERED if known.type not in {FieldType.BOOLEAN, FieldType.MULTI_CHOICE} else []
    if operator not in allowed:
        raise Refused("unknown_operator", f"use one of {', '.join(allowed)}")
    if operator == "null":
        if text not in {"true", "false"}:
            raise ValueError("must be true or false")
        return ("null" if text == "true" else "given"), None
    if operator == "in":
        parts = text.split(",")
        if len(parts) > _IN_MOST:
            raise ValueError(f"takes up to {_IN_MOST} values")
        return operator, [asked(known, part) for part in parts]
    return operator, asked(known, text)


def sort_column(fields: Fields, name: str, audience: Audience) -> tuple[Indexed, Column]:
    """What `sort=custom.size` orders by; raises Refused."""
    known, found = indexed(fields, name.removeprefix(f"{CUSTOM}."), audience)
    if known.type not in SORTABLE:
        raise Refused("unknown_field", "a list of choices has no order")
    return found, found.column


def value_sql(operator: str, left: str, value: str) -> str:
    """A condition on an index's value itself."""
    if operator == "ne":
        return f"{left} IS DISTINCT FROM {value}"
    compared = {
        "null": "IS NULL",
        "given": "IS NOT NULL",
        "in": f"= ANY({value})",
        "lt": f"< {value}",
        "lte": f"<= {value}",
        "gt": f"> {value}",
        "gte": f">= {value}",
    }.get(operator, f"= {value}")
    return f"{left} {compared}"


def condition_sql(
    operator: str, table: str, alias: str, record: str, tenant: str, field_id: str, value: str
) -> str:
    """The condition on a record's row: an index over (field, value) or one over (field, record)."""
    negated = "NOT " if operator == "ne" else ""
    compared = value_sql("eq" if operator == "ne" else operator, f"{alias}.value", value)
    return (
        f"{negated}EXISTS (SELECT FROM {table} {alias} WHERE {alias}.tenant_id = {tenant} "
        f"AND {alias}.field_id = {field_id} AND {alias}.record_id = {record} AND {compared})"
    )
