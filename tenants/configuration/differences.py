"""What has to happen so that a configuration becomes another; nothing here asks anybody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from tenants.configuration.catalog import walk
from tenants.configuration.objects import Configuration, Identity, Object, key_text
from tenants.configuration.shapes import without_defaults
from tenants.settings.model import defaults

Verb = Literal["create", "update", "delete"]


@dataclass
class Change:
    """One object that comes, goes or becomes different; `fields` tells before and after."""

    verb: Verb
    object: Object
    """What is wanted; of a deletion, what is there."""
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    row_id: UUID | None = None
    """The row that it is about, where there is one."""

    def told(self) -> dict[str, Any]:
        """The change as the API and the history tell it."""
        return {
            "change": self.verb,
            "resource": self.object.kind.name,
            "key": self.object.key,
            "fields": {
                name: {"before": before, "after": after}
                for name, (before, after) in self.fields.items()
            },
        }


def differences(
    present: Configuration, wanted: Configuration, *, delete: bool = False
) -> list[Change]:
    """The changes in the order in which they can be made: what others name comes before them.

    A column that is not written is left as it is. With `delete`, objects that a file does not name
    go; kinds without a file are not touched.
    """
    creates, updates = [], []
    for kind in wanted.kinds:
        for said in wanted.of(kind):
            each = _whole(said) if delete else said
            before = present.objects.get(each.identity)
            if before is None:
                made = {name: (None, value) for name, value in each.values.items()}
                creates.append(Change("create", each, made))
            elif fields := _fields(before, each):
                updates.append(Change("update", each, fields, before.row_id))
    deletes = []
    for kind in reversed(wanted.kinds) if delete else ():
        for each in reversed(present.of(kind)):
            if each.identity not in wanted.objects:
                gone = {name: (value, None) for name, value in each.values.items()}
                deletes.append(Change("delete", each, gone, each.row_id))
    return [*_sorted(creates), *updates, *deletes]


def _whole(each: Object) -> Object:
    """What a mirrored file does not say of the settings goes back to the default, as objects go."""
    if not each.kind.is_single:
        return each
    return replace(each, values=defaults() | each.values)


def _fields(before: Object, after: Object) -> dict[str, tuple[Any, Any]]:
    return {
        name: (before.values.get(name), value)
        for name, value in after.values.items()
        if not same(
            without_defaults(after.kind.shape(name), before.values.get(name)),
            without_defaults(after.kind.shape(name), value),
        )
    }


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same; a number may be whole on one side, true is never 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def references(each: Object) -> Iterator[tuple[str, Any]]:
    """Every kind and key that the object names."""
    for part in each.kind.parts:
        if part.target and each.values.get(part.name) is not None:
            yield part.target, each.values[part.name]
    for place, target in each.kind.configured.references.items():
        column, *inside = place.split(".")
        found: list[Any] = []
        walk(tuple(inside), each.values.get(column), found.append)
        yield from ((target, key) for key in found)


def _sorted(creates: list[Change]) -> list[Change]:
    """Those first that others of them name."""
    waiting: dict[Identity, Change] = {c.object.identity: c for c in creates}
    placed: dict[Identity, Change] = {}
    for first in creates:
        stack = [first]
        under_way: set[Identity] = set()
        while stack:
            change = stack[-1]
            identity = change.object.identity
            under_way.add(identity)
            needed = next(
                (
                    waiting[name]
                    for target, key in references(change.object)
                    if (name := (target, key_text(key), 0)) in waiting
                    and name not in placed
                    and name not in under_way
                ),
                None,
            )
            if needed is not None:
                stack.append(needed)
            else:
                placed.setdefault(identity, change)
                stack.pop()
    return list(placed.values())
