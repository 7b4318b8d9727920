"""Keeping recommendation rules: what cannot work is refused when it is written."""

from typing import Any
from uuid import UUID

from backend.service.advice.conditions import compiled
from backend.service.advice.models import RecommendationRule
from backend.service.advice.resources import RuleAction, recommendation_rules
from backend.service.knowledge.resources import articles
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound
from infra.kernel.resource import Resource
from infra.kernel.rules import RuleError
from infra.kernel.schema import parse_body
from tenants.people.resources import groups, profiles

_NAMED: dict[str, Resource] = {
    "article_id": articles,
    "assigned_to_id": profiles,
    "assignment_group_id": groups,
}


@action(recommendation_rules, audiences=("staff",), on="collection", name="create")
async def create(ctx: Context, **values: Any) -> RecommendationRule:
    """Recommend something for every case that meets a condition."""
    rule = RecommendationRule()
    await _apply(ctx, rule, values)
    return rule


@action(recommendation_rules, audiences=("staff",), name="update")
async def update(ctx: Context, rule: RecommendationRule, **values: Any) -> None:
    """Change a rule; an action that is given replaces the one before as a whole."""
    await _apply(ctx, rule, values)


async def _apply(ctx: Context, rule: RecommendationRule, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(rule, name, value)
    faults: list[Fault] = []
    try:
        compiled(rule.condition)
    except RuleError as error:
        faults += error.at("/condition").faults
    if rule.action is not None:
        rule.action = RuleAction.model_validate(rule.action).model_dump(mode="json")
        faults += await _action_faults(ctx, rule.action)
    if faults:
        raise Invalid(faults)
    await ctx.save(rule)


async def _action_faults(ctx: Context, act: dict[str, Any]) -> list[Fault]:
    """What the action itself would refuse, and records that are not there."""
    definition = ctx.services.registry.actions[act["name"]]
    try:
        given = parse_body(definition.body("staff"), act["arguments"])
    except Invalid as refused:
        return [
            Fault(f"/action/arguments{fault.pointer}", fault.code, fault.message)
            for fault in refused.faults
        ]
    faults = []
    for name, resource in _NAMED.items():
        if isinstance(given.get(name), UUID) and not await _is_there(ctx, resource, given[name]):
            message = "there is no such record"
            faults.append(Fault(f"/action/arguments/{name}", "not_found", message))
    return faults


async def _is_there(ctx: Context, resource: Resource, record_id: UUID) -> bool:
    try:
        await ctx.get(resource, record_id)
    except NotFound:
        return False
    return True
