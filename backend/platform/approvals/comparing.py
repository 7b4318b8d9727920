"""Values as conditions compare them. A decimal is kept as text, so that nothing of it is lost; in
`record.custom.amount > 500` it is the number that it says."""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.kernel.context import Context
from infra.kernel.custom.fields import FieldType
from infra.kernel.resource import CUSTOM, Resource

_ANSWERS, _DECIMAL = "answers", "decimal"


async def comparable(
    ctx: Context, resource: Resource, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A record, or the body of a verb, with the decimals of the tenant's own fields and those that
    a form was answered with as numbers."""
    told = dict(values)
    if isinstance(told.get(CUSTOM), Mapping) and resource.is_customizable:
        known = (await ctx.customization()).fields_of(resource.name)
        names = [one.key for one in known.all if one.type is FieldType.DECIMAL]
        told[CUSTOM] = _numbers(told[CUSTOM], names)
    if isinstance(told.get(_ANSWERS), Mapping):
        form = told.get("form") or ()
        told[_ANSWERS] = _numbers(
            told[_ANSWERS], [each["name"] for each in form if each["kind"] == _DECIMAL]
        )
    return told


def _numbers(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    found = {name: _number(values[name]) for name in names if isinstance(values.get(name), str)}
    return {**values, **found}


def _number(text: str) -> float | str:
    """The number; a text that is none stays one, and the condition cannot be told."""
    try:
        return float(text)
    except ValueError:
        return text
