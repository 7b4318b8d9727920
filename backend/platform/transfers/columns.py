"""What the columns of a file are to a resource: fields, keys, and names of other records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.platform.transfers.cells import Shape, shape_of_annotation, shape_of_column
from backend.platform.transfers.models import Mode
from infra.kernel.access import Caller, Plan
from infra.kernel.actions import ActionDefinition
from infra.kernel.columns import columns_of
from infra.kernel.custom.fields import Fields
from infra.kernel.custom.kinds import from_text
from infra.kernel.errors import Fault
from infra.kernel.registry import Registry
from infra.kernel.resource import CUSTOM, Resource

EXTERNAL = "external_id"
KEYS = ("id", "number", EXTERNAL)
TRANSFERS = frozenset({"imports", "exports"})


@dataclass(frozen=True)
class Column:
    """One column of a file: the field it fills, or the relation it names a record for."""

    heading: str
    target: str
    shape: Shape = "text"
    by: str = ""
    """How a record is named: `external_id`, `number` or a unique field. Empty for a plain value."""
    resource: str = ""


@dataclass(frozen=True)
class Form:
    """A resource as an import sees it: the actions it calls and what they take."""

    resource: Resource
    create: ActionDefinition | None
    update: ActionDefinition | None
    fields: Mapping[str, Shape]


@dataclass
class Layout:
    """All columns of a file, and those that are left out."""

    columns: dict[str, Column] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    exact: bool = False
    """Whether null is written as such: in JSON it is, in cells nothing is."""


def importable(registry: Registry, name: str, caller: Caller, mode: Mode) -> Form | None:
    """The resource as an import sees it; None where rows of a file can never become such records.

    What answers with something shown only once (a key, a secret) is made one by one.
    """
    resource = registry.resources.get(name)
    if resource is None or name in TRANSFERS:
        return None
    found = {a.name: a for a in registry.actions_of[name] if a.name in {"create", "update"}}
    create, update = found.get("create"), found.get("update")
    if create is None or create.on != "collection" or not create.answers_record:
        create = None
    if update is None or update.on != "record" or not update.takes_columns:
        update = None
    create = create if mode is not Mode.UPDATE else None
    update = update if mode is not Mode.CREATE else None
    if (create is None and mode is not Mode.UPDATE) or (update is None and mode is not Mode.CREATE):
        return None
    fields: dict[str, Shape] = {}
    known = columns_of(resource)
    for definition in (create, update):
        for key, info in (
            definition.body(caller.audience).model_fields.items() if definition else ()
        ):
            is_column = key in known
            fields[key] = (
                shape_of_column(known[key].sql)
                if is_column
                else shape_of_annotation(info.annotation)
            )
    return Form(resource, create, update, fields)


def target_of(
    text: str, heading: str, shape: Form, unique: Mapping[str, frozenset[str]], registry: Registry
) -> Column | None:
    """What `text` names: `name`, `external_id`, `account.code`; None for nothing."""
    if text in shape.fields:
        return Column(heading, text, shape.fields[text])
    if text in KEYS and (text != "number" or shape.resource.number):
        return Column(heading, text)
    if text.startswith(f"{CUSTOM}.") and CUSTOM in shape.fields:
        return Column(heading, text)
    relation_name, _, by = text.partition(".")
    relation = shape.resource.relations.get(relation_name)
    if relation is None or not by or relation.column not in shape.fields:
        return None
    target = registry.resources[relation.resource]
    if by == EXTERNAL or by in unique.get(target.name, frozenset()):
        return Column(heading, relation.column, "text", by, target.name)
    return None


@dataclass(frozen=True)
class Reader:
    """What is needed to understand headings."""

    form: Form
    mapping: Mapping[str, str | None]
    plan: Plan
    unique: Mapping[str, frozenset[str]]
    registry: Registry

    def extend(self, layout: Layout, headings: Iterable[str]) -> None:
        """Take headings up. A field that can be read and not set is left out where the file's own
        headings name it, as an export's do; one that the mapping names is a fault."""
        readable = frozenset(self.plan.view.read if self.plan.view else ())
        taken = {column.target: heading for heading, column in layout.columns.items()}
        for heading in headings:
            wanted = self.mapping.get(heading, heading)
            if wanted is None:
                layout.ignored.append(heading)
                continue
            column = target_of(wanted, heading, self.form, self.unique, self.registry)
            if (
                column is None
                and heading not in self.mapping
                and self._is_readable(wanted, readable)
            ):
                layout.ignored.append(heading)
            elif column is None:
                layout.faults.append(_fault(heading, "unknown_field", f"{wanted!r} is no field"))
            elif column.target in taken:
                message = f"fills the same field as {taken[column.target]!r}"
                layout.faults.append(_fault(heading, "repeated", message))
            else:
                taken[column.target] = heading
                layout.columns[heading] = column

    def lay_out(self, headings: Iterable[str] | None) -> Layout:
        """The columns of a file; of one whose rows name their own, what its mapping says so far."""
        layout = Layout(exact=headings is None)
        self.extend(layout, self.mapping if headings is None else headings)
        for heading in () if headings is None else set(self.mapping).difference(headings):
            layout.faults.append(_fault(heading, "missing", "the file has no such column"))
        return layout

    def _is_readable(self, name: str, readable: frozenset[str]) -> bool:
        return name in readable or name.partition(".")[0] in self.form.resource.relations


def _fault(heading: str, code: str, message: str) -> Fault:
    return Fault(f"/mapping/{heading}"[:300], code, message[:300])


def custom_in(body: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """The body with what stands in columns of the tenant's own fields, such as `custom.color`, as
    the values that their texts mean."""
    given: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in body.items():
        if not name.startswith(f"{CUSTOM}."):
            rest[name] = value
            continue
        key = name.removeprefix(f"{CUSTOM}.")
        known = fields.by_key.get(key)
        is_text = isinstance(value, str) and known is not None
        given[key] = from_text(known.type, value) if known and is_text else value
    return {**rest, CUSTOM: {**(rest.get(CUSTOM) or {}), **given}} if given else rest


def values_in(cells: Mapping[str, Any], layout: Layout) -> Iterable[tuple[Column, Any]]:
    """The cells of a row with what they are."""
    for heading, cell in cells.items():
        if (column := layout.columns.get(heading)) is not None:
            yield column, cell
