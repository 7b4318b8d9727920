"""Many rows of one table as a few arrays, a column each: the text of the statement does not grow
with the rows, so it is parsed and planned once for all batches."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from tortoise.models import Model

from infra.kernel.columns import sql_type
from infra.kernel.model import columns

ROWS_LEAST = 8
"""Below this a row each is as quick, and its text more often met before."""

_AS_THEY_ARE = frozenset(
    {"uuid", "text", "boolean", "bigint", "integer", "smallint", "timestamptz", "date", "numeric"}
)
_ARRAYS = frozenset({"text[]", "uuid[]"})


def _told(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, default=str).decode()


@cache
def types_of(model: type[Model]) -> Mapping[str, str] | None:
    """Column → its SQL type; None where one of them does not travel in an array."""
    mapped = model._meta.fields_map  # noqa: SLF001
    found = {name: sql_type(mapped[name]) for name in columns(model) if name != "tenant_id"}
    known = _AS_THEY_ARE | _ARRAYS | {"jsonb"}
    return found if known.issuperset(found.values()) else None


def unnested(
    types: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    add: Callable[[Any], str],
    alias: str,
) -> tuple[str, Mapping[str, str]]:
    """The FROM item of the rows' values, and the expression for each column of it."""
    sources, picked = [], {}
    for name, kind in types.items():
        values = [row[name] for row in rows]
        if kind in _AS_THEY_ARE:
            sources.append(f"{add(values)}::{kind}[]")
            picked[name] = f'{alias}."{name}"'
        elif kind == "jsonb":
            sources.append(f"{add(values)}::text[]")
            picked[name] = f'{alias}."{name}"::jsonb'
        else:
            sources.append(f"{add([_told(value) for value in values])}::text[]")
            picked[name] = (
                f'CASE WHEN {alias}."{name}" IS NOT NULL THEN '
                f'ARRAY(SELECT jsonb_array_elements_text({alias}."{name}"::jsonb))::{kind} END'
            )
    listed = ", ".join(f'"{name}"' for name in types)
    return f"unnest({', '.join(sources)}) AS {alias} ({listed})", picked
