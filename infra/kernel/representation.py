"""One record as one audience sees it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.access import Plan
from infra.kernel.columns import columns_of
from infra.kernel.model import Row
from infra.kernel.resource import Resource

Shown = dict[str, Any]


@cache
def _jsonb(resource: Resource) -> frozenset[str]:
    return frozenset(n for n, c in columns_of(resource).items() if c.sql == "jsonb")


def reader_of(
    plan: Plan, shown: Sequence[str], *, raw: bool
) -> Callable[[Mapping[str, Any]], Shown]:
    """Turns a row of SELECT `shown` into what the caller sees.

    `raw` keeps JSON columns as the text the database sent, for an answer that is serialised at
    once; without it they become values, for pages.
    """
    jsonb = [name for name in shown if name in _jsonb(plan.resource)]
    convert: Callable[[str], Any] = orjson.Fragment if raw else orjson.loads
    names = tuple(shown)
    masks = [way.columns for way in plan.by("read")] if plan.has_masks else []

    def read(row: Mapping[str, Any]) -> Shown:
        told = {name: row[name] for name in names}
        for name in jsonb:
            if told[name] is not None:
                told[name] = convert(told[name])
        if masks:
            _mask(told, row["ways"], masks)
        return told

    return read


def _mask(told: Shown, reached: Sequence[bool], masks: Sequence[frozenset[str] | None]) -> None:
    """Blank what none of the ways that reach this row shows."""
    open_columns: set[str] = {"id"}
    for is_reached, columns in zip(reached, masks, strict=True):
        if is_reached and columns is None:
            return
        if is_reached and columns is not None:
            open_columns |= columns
    for name in told:
        if name not in open_columns:
            told[name] = None


def of_row(plan: Plan, row: Row) -> Shown:
    """A record in memory as the caller sees it; not for plans with masks."""
    return {name: getattr(row, name) for name in plan.view.read} if plan.view else {}


def _default(value: Any) -> Any:
    if isinstance(value, (Decimal, UUID)):  # asyncpg's UUID is a subclass, which orjson refuses
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"no JSON form for {type(value).__name__}")


def to_json(value: Any) -> bytes:
    """The answer's bytes: RFC 3339 in UTC, decimals and UUIDs as strings."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
