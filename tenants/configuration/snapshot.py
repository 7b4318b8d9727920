"""The configuration of a tenant as it stands, read in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from infra.kernel.context import Context
from infra.kernel.errors import Forbidden
from infra.kernel.ids import parse
from tenants.configuration.catalog import Catalog, Kind, walk
from tenants.configuration.objects import Configuration, Object, number_twins
from tenants.configuration.shapes import without_nulls
from tenants.settings.store import chosen, require


async def snapshot(ctx: Context, kinds: tuple[Kind, ...]) -> Configuration:
    """All objects of these kinds. Raises Forbidden where the caller may not read all of them."""
    for kind in kinds:
        if kind.is_single:
            require(ctx.caller, "read")
        elif not ctx.plan(kind.rows).is_total("read"):
            raise Forbidden(f"you may not read all {kind.name.replace('_', ' ')}")
    catalog = Catalog.of(ctx.services.registry).by_name
    needed = {kind.name: kind for kind in kinds}
    for kind in kinds:
        _with_needs(catalog, kind, needed)
    rows = {}
    for name, kind in needed.items():
        if kind.is_single:
            continue
        query = ctx.every(kind.rows).filter(**kind.configured.where)
        rows[name] = await query.order_by("created_at", "id")
    keys = _Keys(needed, {n: {row.id: row for row in found} for n, found in rows.items()})
    whole = Configuration(kinds)
    for kind in kinds:
        if kind.is_single:
            whole.add(Object(kind, (await chosen(ctx)).model_dump(mode="json")))
            continue
        objects = [keys.object(kind, row) for row in rows[kind.name]]
        number_twins(objects)
        for each in objects:
            whole.add(each)
    return whole


def _with_needs(catalog: Mapping[str, Kind], kind: Kind, needed: dict[str, Kind]) -> None:
    for name in sorted(kind.needs):
        target = catalog.get(name)
        if target is not None and name not in needed:
            needed[name] = target
            _with_needs(catalog, target, needed)


class _Keys:
    """Turns ids into the keys of what they name."""

    def __init__(self, kinds: Mapping[str, Kind], rows: Mapping[str, Mapping[UUID, Any]]) -> None:
        self._kinds = kinds
        self._rows = rows

    def object(self, kind: Kind, row: Any) -> Object:
        values = {}
        for part in kind.parts:
            value = getattr(row, part.column)
            values[part.name] = (
                self.key(part.target, value)
                if part.target
                else without_nulls(kind.shape(part.name), plain(value))
            )
        for place, target in kind.configured.references.items():
            column, *inside = place.split(".")
            if column in values:
                values[column] = walk(tuple(inside), values[column], self._naming(target))
        return Object(kind, values, row_id=row.id)

    def _naming(self, target: str) -> Any:
        def name(value: Any) -> Any:
            found = parse(value) if isinstance(value, str) else None
            return value if found is None else self.key(target, found)

        return name

    def key(self, target: str, key_of: UUID | None) -> Any:
        """What names the row; its id where it is none of the configuration's."""
        if key_of is None:
            return None
        kind = self._kinds.get(target)
        row = self._rows.get(target, {}).get(key_of)
        if kind is None or row is None:
            return str(key_of)
        named = {
            part.name: self.key(part.target, getattr(row, part.column))
            if part.target
            else plain(getattr(row, part.column))
            for part in kind.key
        }
        return named if len(named) > 1 else next(iter(named.values()))


def plain(value: Any) -> Any:
    """A column's value as YAML and JSON have it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
