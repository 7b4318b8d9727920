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
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.wording import TRANSLATIONS, in_words, is_worded

Shown = dict[str, Any]


@cache
def _jsonb(resource: Resource) -> frozenset[str]:
    return frozenset(n for n, c in columns_of(resource).items() if c.sql == "jsonb")


def reader_of(
    plan: Plan,
    shown: Sequence[str],
    *,
    raw: bool,
    custom: Sequence[str] = (),
    locale: str = "",
) -> Callable[[Mapping[str, Any]], Shown]:
    """Turns a row of SELECT `shown` into what the caller sees.

    `raw` keeps JSON columns as the text the database sent, for an answer that is serialised at
    once; without it they become values, for pages. `custom` are the tenant's own fields that the
    caller may see: of the others nothing is told. Of a `locale` are the words of what is worded.
    """
    jsonb = [name for name in shown if name in _jsonb(plan.resource) and name != CUSTOM]
    has_custom = CUSTOM in shown and plan.resource.is_customizable
    convert: Callable[[str], Any] = orjson.Fragment if raw else orjson.loads
    names = tuple(shown)
    masks = [way.columns for way in plan.by("read")] if plan.has_masks else []
    worded = plan.resource.worded if is_worded(plan.resource, plan.audience) else ()

    def read(row: Mapping[str, Any]) -> Shown:
        told = {name: row[name] for name in names}
        if worded and row[TRANSLATIONS] != "{}":
            in_words(told, worded, orjson.loads(row[TRANSLATIONS]), locale)
        for name in jsonb:
            if told[name] is not None:
                told[name] = convert(told[name])
        if has_custom:
            told[CUSTOM] = shown_custom(orjson.loads(row[CUSTOM]), custom) if custom else {}
        if masks:
            _mask(told, row["ways"], masks)
        return told

    return read if not _tells_changes(plan) else _clearing(plan, names, read)


def _tells_changes(plan: Plan) -> bool:
    """Whether rows tell of changes to columns of which some are hidden from the caller."""
    return bool(plan.hidden) and {"kind", "changes"} <= set(plan.resource.columns)


def _clearing(
    plan: Plan, names: Sequence[str], read: Callable[[Mapping[str, Any]], Shown]
) -> Callable[[Mapping[str, Any]], Shown]:
    """Takes out of told changes what the caller is not cleared to see of that kind of record; where
    the kind is not at hand, what they are not cleared to see of any."""

    def clear(row: Mapping[str, Any]) -> Shown:
        told = read(row)
        if told.get("changes") is not None:
            kind = row["kind"] if "kind" in names else None
            changes = orjson.loads(row["changes"])
            for name, column in plan.hidden:
                if kind in (None, name) and isinstance(changes, dict):
                    changes.pop(column, None)
            told["changes"] = changes
        return told

    return clear


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


def of_row(plan: Plan, row: Row, custom: Sequence[str] = ()) -> Shown:
    """A record in memory as the caller sees it; not for plans with masks."""
    told = {name: getattr(row, name) for name in plan.view.read} if plan.view else {}
    if plan.resource.is_customizable and CUSTOM in told:
        told[CUSTOM] = shown_custom(told[CUSTOM], custom)
    return told


def shown_custom(values: Mapping[str, Any], keys: Sequence[str]) -> Shown:
    """The tenant's own fields of a record, in the order in which they are shown."""
    return {key: values[key] for key in keys if key in values}


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
