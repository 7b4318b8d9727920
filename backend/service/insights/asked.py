"""What is asked for, checked: the days, the cases, and whether the caller may have the numbers.

A number says something of every case that it counts, so it is for whoever may read all of them: all
cases of the tenant, or all those of the groups that the caller belongs to. By what the caller may
not read, nothing is divided.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.service.cases.resources import cases
from backend.service.insights.rules import BEGINNING, DAY, DAYS_MOST, NIL, Span
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
    """A question about cases; `groups` None for those of all groups."""

    span: Span
    today: date
    zone: str
    groups: tuple[UUID, ...] | None
    group: UUID | None
    """The one that is asked for, of these."""
    filters: Mapping[str, str]
    """Dimension → the value that cases have; empty for those that have none."""
    by: str


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
    filters = {
        name: "" if given[name] == "none" else str(given[name])
        for name in COLUMNS
        if name != "group" and given.get(name)
    }
    by = given.get("by") or "group"
    asked_for = {name: name for name in filters} | (
        {"group": "group"} if given.get("group") else {}
    )
    faults += _unreadable(ctx, {"by": by} | asked_for)
    groups = _groups(given.get("group"), scope, faults)
    if faults:
        raise BadRequest(faults)
    group = groups[0] if groups and given.get("group") else None
    return Asked(span, today, zone, groups, group, filters, by)


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
    wanted: UUID | str | None, scope: tuple[UUID, ...] | None, faults: list[Fault]
) -> tuple[UUID, ...] | None:
    if wanted is None:
        return scope
    group = wanted if isinstance(wanted, UUID) else NIL
    if scope is not None and group not in scope:
        faults.append(Fault("group", "not_found", "there is no such record"))
    return (group,)


def _unreadable(ctx: Context, dimensions: Mapping[str, str]) -> Iterator[Fault]:
    """Takes where a dimension is named, and the dimension."""
    readable = ctx.plan(cases).open_columns
    for pointer, name in dimensions.items():
        if COLUMNS[name] not in readable:
            yield Fault(pointer, "not-readable", f"you may not read the {name} of cases")
