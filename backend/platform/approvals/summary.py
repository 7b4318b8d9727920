"""What is decided about, at a glance: what would change, and what the record is.

All of it is read with the access of whoever decides. What they may not read is not there, neither
in the page nor in the letter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.platform.approvals.models import ApprovalRequest, ApprovalRule
from backend.platform.approvals.rule_resource import approval_rules
from backend.platform.approvals.rules import watched
from backend.platform.responsibilities.queries import people_named
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.custom.fields import Access, words_in
from infra.kernel.reading import read_many
from infra.kernel.resource import CUSTOM, Resource

FACTS_MAX = 12
TEXT_MAX = 300
_NO_FACTS = frozenset({"number", "id"})
"""Part of what a question is called anyway, beside the label."""

Told = str | bool | int | float | datetime


class Fact(BaseModel):
    """Something that the record is. `label` is the tenant's own word, where it has one."""

    field: str
    label: str | None = None
    value: Told


class Change(BaseModel):
    """Something that the verb would set; `before` is null where it is nothing yet."""

    field: str
    label: str | None = None
    before: Told | None
    after: Told | None


class Summary(BaseModel):
    """What somebody decides about, as far as they may read it."""

    action: str = ""
    changes: list[Change] = []
    facts: list[Fact] = []


async def summary_of(
    ctx: Context, request: ApprovalRequest, reader: Caller | None, locale: str = "en"
) -> Summary:
    """The summary of a question as this reader may see it; an empty one for nobody."""
    resource = ctx.services.registry.resources[request.kind]
    if reader is None:
        return Summary(action=request.action)
    found = await read_many(
        ctx.services, ctx.connection, reader, resource, [request.record_id], raw=False
    )
    record = found.get(request.record_id)
    if record is None:
        return Summary(action=request.action)
    labels = _labels_of_form(record)
    if resource.is_customizable:
        known = (await ctx.services.customs.of(ctx.connection, reader)).fields_of(resource.name)
        mine = (one for one in known.all if one.may(reader.audience, Access.READ))
        labels |= {one.path: words_in(one.label, locale) for one in mine}
    seeing = _Seeing(ctx, reader, resource, record, labels)
    return Summary(
        action=request.action,
        changes=await seeing.changes(request.body),
        facts=await seeing.facts(await _rests_on(ctx, request)),
    )


async def _rests_on(ctx: Context, request: ApprovalRequest) -> Sequence[str]:
    """The places that the rules for such a question look at, in the order of the rules."""
    rules: Sequence[ApprovalRule] = (
        await ctx.every(approval_rules)
        .filter(active=True, resource=request.kind, action=request.action)
        .order_by("position", "key")
    )
    return [place for rule in rules for place in watched(rule.condition, rule.pins) or ()]


def _labels_of_form(record: Mapping[str, Any]) -> dict[str, str]:
    """The questions of a form that the record was filled in by."""
    return {f"answers.{field['name']}": field["label"] for field in record.get("form") or ()}


@dataclass(frozen=True)
class _Seeing:
    """A record in the eyes of a reader."""

    ctx: Context
    reader: Caller
    resource: Resource
    record: Mapping[str, Any]
    labels: Mapping[str, str]

    async def facts(self, rests_on: Iterable[str]) -> list[Fact]:
        """What consent rests on first, then what was answered, then what such records are told
        apart by."""
        places = [*rests_on, *self.labels, *self.resource.filters]
        found: dict[str, Fact] = {}
        for place in dict.fromkeys(places):
            value = await self._told(place, _at(self.record, place))
            if value is not None and place not in _NO_FACTS | {self.resource.label}:
                label = self.labels.get(place)
                found[place] = Fact(field=place, label=label, value=value)
            if len(found) == FACTS_MAX:
                break
        return list(found.values())

    async def changes(self, body: Mapping[str, Any]) -> list[Change]:
        """What the verb would set of the record and, for staff, what else it would be told."""
        found = []
        for place, after in _places(body):
            before = _at(self.record, place)
            if not self._may_know(place, before):
                continue
            was, will = await self._told(place, before), await self._told(place, after)
            if was != will:
                label = self.labels.get(place)
                found.append(Change(field=place, label=label, before=was, after=will))
        return found

    def _may_know(self, place: str, before: Any) -> bool:
        """Whether the reader may know what would be set there."""
        column = place.partition(".")[0]
        if column not in self.resource.columns:
            return self.reader.audience == "staff"
        if column == CUSTOM and place not in self.labels:
            return False
        plan = self.ctx.services.plans.of(self.reader, self.resource)
        return before is not None or column in plan.open_columns

    async def _told(self, place: str, value: Any) -> Told | None:
        """A value as people read it; None for nothing, and for what the reader may not see."""
        names = self.resource.reference_columns.get(place)
        if value is None or value == "" or isinstance(value, dict):
            return None
        if names is not None:
            return await self._named(names, UUID(str(value)))
        if isinstance(value, list):
            parts = [str(part) for part in value if not isinstance(part, dict | list)]
            return ", ".join(parts)[:TEXT_MAX] or None
        if isinstance(value, bool | int | float | datetime):
            return value
        return str(value)[:TEXT_MAX]

    async def _named(self, kind: str, key: UUID) -> str | None:
        """What a related record is called, where the reader may see it."""
        services, target = self.ctx.services, self.ctx.services.registry.resources[kind]
        seen = await read_many(services, self.ctx.connection, self.reader, target, [key], raw=False)
        if key not in seen:
            return None
        if kind == "profiles":
            return (await people_named(self.ctx, [key])).get(key)
        return str(seen[key].get(target.label) or seen[key].get("number") or key)[:TEXT_MAX]


def _places(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a body sets; each of the tenant's own fields for itself."""
    for name, value in body.items():
        if name == CUSTOM and isinstance(value, Mapping):
            yield from ((f"{CUSTOM}.{key}", each) for key, each in value.items())
        else:
            yield name, value


def _at(record: Mapping[str, Any], place: str) -> Any:
    """The value at a place; None where there is none."""
    column, _, key = place.partition(".")
    value = record.get(column)
    return value.get(key) if key and isinstance(value, Mapping) else None if key else value
