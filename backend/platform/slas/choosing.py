"""Which definition holds for a task, by which calendar, and the clocks that follow. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas.models import Target
from backend.platform.slas.terms import Milestone

CALENDAR_ORDER = ("own", "customer", "team", "tenant")
"""The promise's own calendar, the customer's, the team's, the tenant's default."""
WARNING_PERCENT = 75


@dataclass(frozen=True)
class Definition:
    """A promise that may apply, and what narrows it down."""

    id: UUID
    name: str
    priority: int | None = None
    tier: str | None = None
    channel: str | None = None
    customer_kind: str | None = None
    account_id: UUID | None = None
    consumer_id: UUID | None = None
    response_minutes: int | None = None
    next_response_minutes: int | None = None
    resolution_minutes: int | None = None
    milestones: Sequence[Mapping[str, Any]] = field(default=(), hash=False)
    warning_percent: int = WARNING_PERCENT
    calendar_id: UUID | None = None
    calendar_order: Sequence[str] = CALENDAR_ORDER


@dataclass(frozen=True)
class Asked:
    """The task as the choice of a definition sees it."""

    priority: int | None = None
    tier: str | None = None
    channel: str | None = None
    customer_kind: str | None = None
    account_id: UUID | None = None
    consumer_id: UUID | None = None


@dataclass(frozen=True)
class Promise:
    """A clock to start: minutes of working time in these hours, on these terms."""

    target: str
    minutes: int
    hours: WorkingHours
    calendar_id: UUID | None = None
    definition_id: UUID | None = None
    warning_percent: int = WARNING_PERCENT
    name: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)


def choose_definition(definitions: Iterable[Definition], asked: Asked) -> Definition | None:
    """The most specific definition that fits: the customer before the tier, the kind of customer,
    the channel and the priority; then by name and id."""
    fitting = [
        each
        for each in definitions
        if all(getattr(each, name) in (None, getattr(asked, name)) for name in _NARROWS)
    ]
    return min(fitting, key=_order, default=None)


_NARROWS = ("account_id", "consumer_id", "tier", "customer_kind", "channel", "priority")


def _order(each: Definition) -> tuple[Any, ...]:
    return (*(getattr(each, name) is None for name in _NARROWS), each.name, each.id)


def choose_calendar(order: Iterable[str], known: Mapping[str, UUID | None]) -> UUID | None:
    """The first calendar that there is, in this order."""
    return next((found for name in order if (found := known.get(name)) is not None), None)


def promises_of(
    rule: Definition | None,
    *,
    hours: WorkingHours,
    calendar_id: UUID | None,
    own: Mapping[str, int | None] | None = None,
) -> tuple[Promise, ...]:
    """A promise for each target; `own` minutes, as of an entitlement, go before the rule's."""
    found: list[Promise] = []
    special = [Milestone(**each) for each in rule.milestones] if rule else []
    changed = {milestone.target: milestone for milestone in special}
    for target in Target:
        given = (own or {}).get(target)
        minutes = given or (getattr(rule, f"{target}_minutes") if rule else None)
        if minutes is not None and target not in changed:
            found.append(
                Promise(
                    target=target.value,
                    minutes=minutes,
                    hours=hours,
                    calendar_id=calendar_id,
                    definition_id=rule.id if rule and not given else None,
                    warning_percent=rule.warning_percent if rule else WARNING_PERCENT,
                )
            )
    return (*found, *(_of(milestone, rule, own or {}, hours, calendar_id) for milestone in special))


def _of(
    milestone: Milestone,
    rule: Definition | None,
    own: Mapping[str, int | None],
    hours: WorkingHours,
    calendar_id: UUID | None,
) -> Promise:
    """The promise of a milestone."""
    usual = rule.warning_percent if rule else WARNING_PERCENT
    return Promise(
        target=milestone.target,
        minutes=own.get(milestone.target) or milestone.minutes,
        hours=hours,
        calendar_id=calendar_id,
        definition_id=rule.id if rule else None,
        warning_percent=milestone.warning_percent or usual,
        name=milestone.name,
        terms=milestone.terms,
    )
