"""Which rules apply to a record, whom they ask and why: for looking ahead and for asking alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.approvals import queries
from backend.platform.approvals.choosing import About, Slot, slots_of
from backend.platform.approvals.comparing import comparable
from backend.platform.approvals.matrix import Level, read_fyi, read_levels
from backend.platform.approvals.models import ApprovalRule
from backend.platform.approvals.rule_resource import approval_rules
from backend.platform.approvals.rules import digest, fingerprint, seen, watched
from backend.platform.approvals.times import calendar_named
from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from infra.kernel.reading import read_many
from infra.kernel.resource import Resource
from infra.kernel.rules import RuleError, compile_rule

_MANNER = {"name", "due_hours", "remind_hours", "calendar"}
"""What of a level may change without anybody being asked again."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants consent to."""

    resource: Resource
    record_id: UUID
    requester_id: UUID
    action: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def body_hash(self) -> str:
        """Empty where no verb waits."""
        return digest(self.body) if self.action else ""


@dataclass(frozen=True)
class PlannedStep:
    """A level of a rule, with its people."""

    level: int
    rule: ApprovalRule
    spec: Level
    why: str
    slots: tuple[Slot, ...]
    fingerprint: str
    places: tuple[str, ...] | None = ()
    digest: str = ""
    """What of the record was looked at, and a digest of what stood there."""
    calendar_id: UUID | None = None

    @property
    def name(self) -> str:
        return self.spec.name or self.rule.name

    @property
    def identity(self) -> tuple[str, int]:
        """What tells it from the other steps of a request."""
        return self.rule.key, self.level

    @property
    def suffices(self) -> bool:
        return all(slot.suffices for slot in self.slots)


@dataclass(frozen=True)
class Match:
    """A rule for this kind of record, and whether it applies."""

    rule: ApprovalRule
    applies: bool
    why: str


@dataclass(frozen=True)
class Plan:
    """Everything that asking would come to."""

    record: Mapping[str, Any]
    subject: str
    requester_name: str
    matches: tuple[Match, ...]
    steps: tuple[PlannedStep, ...]
    told: tuple[tuple[ApprovalRule, Slot], ...]


async def plan_for(
    ctx: Context, wish: Wish, *, trying: ApprovalRule | None = None, at: datetime | None = None
) -> Plan:
    """The steps of all rules that apply, by level, then by the rules' order; `trying` as if it were
    in force, `now` as it was `at` that moment. Raises NotFound."""
    record = await record_of(ctx, wish.resource, wish.record_id)
    asking = (await queries.people(ctx, [wish.requester_id])).get(wish.requester_id)
    about = About(wish.resource, record, wish.requester_id, asking["user_id"] if asking else None)
    rules: Sequence[ApprovalRule] = (
        await ctx.every(approval_rules)
        .filter(active=True, resource=wish.resource.name, action=wish.action)
        .order_by("position", "key")
    )
    if trying is not None and all(rule.id != trying.id for rule in rules):
        rules = sorted([*rules, trying], key=lambda rule: (rule.position, rule.key))
    values = {
        "record": await comparable(ctx, wish.resource, record),
        "requester": {"profile_id": wish.requester_id, "kind": asking["kind"] if asking else ""},
        "body": await comparable(ctx, wish.resource, wish.body),
        "action": wish.action,
        "now": at or ctx.now,
    }
    matches = tuple(_match(rule, values) for rule in rules)
    steps, told = [], []
    for found in matches:
        if found.applies:
            steps += await _steps(ctx, found, about, wish.body_hash)
            fyi = read_fyi(found.rule.fyi)
            told += [(found.rule, s) for s in await slots_of(ctx, fyi, about, allows_own=True)]
    steps.sort(key=lambda step: step.level)  # stable: within a level as the rules come
    subject = str(record.get(wish.resource.label) or record["id"])
    if wish.resource.number and record.get("number"):
        subject = f"{record['number']} {subject}"
    name = asking["name"] if asking else ""
    return Plan(record, subject[:300], name, matches, tuple(steps), tuple(told))


async def record_of(ctx: Context, resource: Resource, record_id: UUID) -> Mapping[str, Any]:
    """The record with everything that staff could read of it: rules do not depend on who asks."""
    await ctx.flush()
    system = ctx.services.system_of(ctx.tenant_id)
    found = await read_many(ctx.services, ctx.connection, system, resource, [record_id], raw=False)
    if record_id not in found:
        raise NotFound(f"no such {resource.title}")
    return found[record_id]


def _match(rule: ApprovalRule, values: Mapping[str, Any]) -> Match:
    """In doubt a rule applies: what cannot be told must not go through unseen."""
    if not rule.condition.strip():
        return Match(rule, True, "always")
    try:
        holds = compile_rule(rule.condition).matches(values)
    except RuleError as broken:
        return Match(rule, True, f"cannot be told, so it asks: {'; '.join(broken.messages)}"[:500])
    return Match(rule, holds, rule.condition[:500])


async def _steps(ctx: Context, found: Match, about: About, body_hash: str) -> list[PlannedStep]:
    rule = found.rule
    places = watched(rule.condition, rule.pins)
    merged: dict[int, Level] = {}
    for level in read_levels(rule.levels):
        before = merged.get(level.level)
        merged[level.level] = level if before is None else _together(before, level)
    return [
        PlannedStep(
            level=number,
            rule=rule,
            spec=spec,
            why=found.why,
            slots=await slots_of(ctx, spec.approvers, about, allows_own=rule.allows_own),
            fingerprint=fingerprint(
                about.record, places, spec.model_dump(mode="json", exclude=_MANNER), body_hash
            ),
            places=places,
            digest=digest(seen(about.record, places)),
            calendar_id=await _calendar(ctx, rule, spec),
        )
        for number, spec in sorted(merged.items())
    ]


async def _calendar(ctx: Context, rule: ApprovalRule, spec: Level) -> UUID | None:
    """The level's own calendar, else the rule's; None for the tenant's default."""
    named = await calendar_named(ctx, spec.calendar) if spec.calendar else None
    return named.id if named else rule.calendar_id


def _together(one: Level, other: Level) -> Level:
    """Two levels of the same number in one rule are one level."""
    return one.model_copy(update={"approvers": [*one.approvers, *other.approvers]})
