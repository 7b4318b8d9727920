"""Writing the matrix. Everything that is wrong with a rule is said when it is saved."""

from collections.abc import Iterator
from typing import Any

from backend.platform.approvals.choosing import NAMEABLE, group_named
from backend.platform.approvals.matrix import Approvers, read_fyi, read_levels
from backend.platform.approvals.models import ApprovalRule, Occasion
from backend.platform.approvals.queries import of_addresses
from backend.platform.approvals.rule_resource import approval_rules
from backend.platform.approvals.rules import NAMES
from backend.platform.approvals.times import calendar_named
from backend.platform.responsibilities.holding import responsibility_named
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from infra.kernel.resource import Resource
from infra.kernel.rules import RuleError, compile_rule
from tenants.roles import BUILT_IN

OFF_LIMITS = frozenset(
    {"approval_rules", "approval_requests", "approval_steps", "approvals", "approval_entries"}
)


@action(approval_rules, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ApprovalRule:
    """Write a rule of the approval matrix."""
    rule = ApprovalRule(**{name: value for name, value in values.items() if value is not None})
    rule.author_id = ctx.caller.profile_id
    await refuse_faults(ctx, rule)
    await ctx.save(rule)
    return rule


@action(approval_rules, name="update", audiences=("staff",))
async def update(ctx: Context, rule: ApprovalRule, **values: Any) -> None:
    """Change a rule; open questions go on as they were asked, until their record changes."""
    rule.update_from_dict(values)
    rule.author_id = ctx.caller.profile_id or rule.author_id
    await refuse_faults(ctx, rule)
    await ctx.save(rule)


async def refuse_faults(ctx: Context, rule: ApprovalRule) -> None:
    """Raises Invalid with every fault."""
    resource = ctx.services.registry.resources.get(rule.resource)
    if resource is None or rule.resource in OFF_LIMITS or resource.view("staff") is None:
        raise Invalid([Fault("/resource", "unknown", "there is no such resource")])
    faults = [*_verb(ctx, rule, resource), *_seen(rule, resource)]
    for place, level in enumerate(read_levels(rule.levels)):
        for part, specs in (("approvers", level.approvers), ("escalate_to", level.escalate_to)):
            for number, spec in enumerate(specs):
                at = f"/levels/{place}/{part}/{number}"
                faults += await _people(ctx, spec, resource, at)
        if level.calendar and await calendar_named(ctx, level.calendar) is None:
            message = "there is no calendar with this name"
            faults.append(Fault(f"/levels/{place}/calendar", "not_found", message))
        if level.escalate_to and level.due_hours is None:
            message = "nothing is overdue without a time"
            faults.append(Fault(f"/levels/{place}/due_hours", "missing", message))
    for number, spec in enumerate(read_fyi(rule.fyi)):
        faults += await _people(ctx, spec, resource, f"/fyi/{number}")
    if faults:
        raise Invalid(faults)


def _verb(ctx: Context, rule: ApprovalRule, resource: Resource) -> Iterator[Fault]:
    if not rule.action:
        return
    if rule.occasion is not Occasion.BY_HAND:
        yield Fault("/occasion", "not_allowed", "a verb asks when somebody wants to use it")
    known = ctx.services.registry.actions.get(f"{resource.name}.{rule.action}")
    if known is None:
        yield Fault("/action", "unknown", f"there is no action {resource.name}.{rule.action}")
    elif known.on != "record" or known.method == "GET":
        yield Fault("/action", "not_allowed", "only what is done to a record can wait")


def _seen(rule: ApprovalRule, resource: Resource) -> Iterator[Fault]:
    view = resource.view("staff")
    columns = view.read if view else ()
    if rule.condition.strip():
        members = {"requester.profile_id", "requester.kind"}
        names = frozenset({*NAMES, *members, *(f"record.{column}" for column in columns)})
        try:
            compile_rule(rule.condition, names)
        except RuleError as refused:
            yield from refused.at("/condition").faults
    for place, pin in enumerate(rule.pins):
        if pin.partition(".")[0] not in columns:
            yield Fault(f"/pins/{place}", "unknown", f"there is no column {pin}")


async def _people(ctx: Context, spec: Approvers, resource: Resource, at: str) -> list[Fault]:
    registry = ctx.services.registry.resources
    relation = resource.relations.get(spec.via) if spec.via else None
    if spec.via and relation is None:
        return [Fault(f"{at}/via", "unknown", f"there is no relation {spec.via}")]
    match spec.who:
        case "people":
            if not spec.emails:
                return [Fault(f"{at}/emails", "missing", "name somebody")]
            return [
                Fault(f"{at}/emails/{place}", "not_found", "there is nobody with this address")
                for place, email in enumerate(spec.emails)
                if not await of_addresses(ctx, [email])
            ]
        case "group":
            if await group_named(ctx, spec.name) is None:
                return [Fault(f"{at}/name", "not_found", "there is no such group")]
        case "company" if relation is None or relation.resource != "accounts":
            return [Fault(f"{at}/via", "unknown", "names a relation that leads to a company")]
        case "role" | "company":
            custom = ctx.every(registry["roles"]).filter(name=spec.name)
            if spec.name not in BUILT_IN and not await custom.exists():
                return [Fault(f"{at}/name", "not_found", "there is no such role")]
        case "holders":
            if await responsibility_named(ctx, spec.name) is None:
                return [Fault(f"{at}/name", "not_found", "there is no such responsibility")]
        case "record":
            if relation is None or relation.resource not in NAMEABLE:
                return [Fault(f"{at}/via", "unknown", "names a relation that leads to people")]
    return []
