"""What is asked for, checked: the days, the cases, and whether the caller may have the numbers.

A number says something of every case that it counts, so it is for whoever may read all of them: all
cases of the tenant, or all those of the groups that the caller belongs to. By what the caller may
not read, nothing is divided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.service.cases.resources import cases
from backend.service.insights.rules import BEGINNING, DAY, DAYS_MOST, Span
from infra.kernel.access import Plan
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest, Fault, Forbidden
from infra.kernel.resource import Match, Resource, Through

COLUMNS = {
    "group": "assignment_group_id", "agent": "assigned_to_id", "case_type": "case_type_id",
    "channel": "channel", "product_model": "product_model_id", "account": "account_id",
    "priority": "priority",
}  # fmt: skip
"""What cases are divided by → their column."""
LAST_DAYS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}


@dataclass(frozen=True)
class Asked:
    """A question about cases; `groups` None for all of them, `dimension` `all` for every case."""

    span: Span
    today: date
    zone: str
    groups: tuple[UUID, ...] | None
    dimension: str
    value: str
    by: str

    @property
    def values(self) -> list[str] | None:
        return None if self.dimension == "all" else [self.value]


def scope_of(ctx: Context) -> tuple[UUID, ...] | None:
    """The groups whose cases the caller reads all of; None for every case. Raises Forbidden."""
    plan = ctx.plan(cases)
    if plan.is_total("read"):
        return None
    mine = tuple(ctx.caller.attributes.get("group_ids") or ())
    if mine and any(_is_of_groups(way.path) and way.columns is None and not way.where
                    for way in plan.by("read")):  # fmt: skip
        return tuple(sorted(mine))
    raise Forbidden("figures are for those who read all cases, or all those of their groups")


def _is_of_groups(path: Any) -> bool:
    return (
        isinstance(path, Match)
        and (path.column, path.attribute) == (COLUMNS["group"], "group_ids")
        and not path.where
    )


def reads_all_of(ctx: Context, resource: Resource, groups: tuple[UUID, ...] | None) -> bool:
    """Whether the caller reads every row that hangs on the cases that are counted."""
    plan: Plan = ctx.plan(resource)
    if plan.is_total("read"):
        return True
    return groups is not None and any(
        isinstance(way.path, Through)
        and way.path.resource == "cases"
        and _is_of_groups(way.path.inner)
        and way.columns is None
        and not (way.where or way.path.where)
        for way in plan.by("read")
    )


def checked(ctx: Context, zone: str, today: date, given: dict[str, Any]) -> Asked:
    """The question, with every fault named at once; raises BadRequest, Forbidden."""
    scope = scope_of(ctx)
    faults: list[Fault] = []
    span = _span(given, today, faults)
    chosen = {name: given[name] for name in COLUMNS if name != "group" and given.get(name)}
    dimension, value = next(iter(chosen.items()), ("all", ""))
    by = given.get("by") or "group"
    if len(chosen) > 1:
        faults += [
            Fault(name, "one-only", f"figures of one of these at a time, beside {dimension}")
            for name in list(chosen)[1:]
        ]
    if chosen and by not in {"group", dimension}:
        faults.append(Fault("by", "one-only", f"figures of one {dimension} are told by group"))
    faults += _unreadable(ctx, [*chosen, by, *(["group"] if given.get("group") else [])])
    groups = _groups(given.get("group"), scope, faults)
    if faults:
        raise BadRequest(faults)
    return Asked(span, today, zone, groups, dimension, _bare(value), by)


def _bare(value: Any) -> str:
    """`none` stands for cases that have no such value."""
    return "" if value == "none" else str(value)


def _span(given: dict[str, Any], today: date, faults: list[Fault]) -> Span:
    last = given.get("last") or today
    first = given.get("first") or last - DAY * (LAST_DAYS[given.get("span") or "30d"] - 1)
    span = Span(first, last)
    if given.get("span") and (given.get("first") or given.get("last")):
        faults.append(Fault("span", "one-only", "give either a span or its first and last day"))
    if last < first:
        faults.append(Fault("last", "before-first", "is before the first day"))
    elif span.days > DAYS_MOST:
        faults.append(Fault("first", "too-long", f"a span has {DAYS_MOST} days at the most"))
    if first < BEGINNING or last.year > 9_000:
        faults.append(Fault("first", "out-of-range", "nothing is counted of so distant days"))
        return Span(today, today)
    return span


def _groups(
    wanted: UUID | None, scope: tuple[UUID, ...] | None, faults: list[Fault]
) -> tuple[UUID, ...] | None:
    if wanted is None:
        return scope
    if scope is not None and wanted not in scope:
        faults.append(Fault("group", "not_found", "there is no such record"))
    return (wanted,)


def _unreadable(ctx: Context, dimensions: list[str]) -> Iterator[Fault]:
    readable = ctx.plan(cases).open_columns
    for name in dict.fromkeys(dimensions):
        if COLUMNS[name] not in readable:
            yield Fault("by", "not-readable", f"you may not read the {name} of cases")
