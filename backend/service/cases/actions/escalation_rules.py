"""Setting up which clocks escalate cases."""

from typing import Any

from backend.service.cases.escalations.models import EscalationRule
from backend.service.cases.escalations.resources import escalation_rules
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(escalation_rules, on="collection", name="create", audiences=("staff",))
async def create_rule(ctx: Context, **values: Any) -> EscalationRule:
    """Let clocks escalate cases."""
    rule = EscalationRule(**{name: value for name, value in values.items() if value is not None})
    await store(ctx, rule)
    return rule


@action(escalation_rules, name="update", audiences=("staff",))
async def update_rule(ctx: Context, rule: EscalationRule, **values: Any) -> None:
    """Change which clocks escalate cases."""
    apply(escalation_rules, rule, values)
    await store(ctx, rule)


async def store(ctx: Context, rule: EscalationRule) -> None:
    """Raises Invalid where a case would be handed to nobody."""
    if rule.hands_over and rule.assignment_group_id is None:
        message = "whoever takes the case over must be named"
        raise Invalid([Fault("/assignment_group_id", "missing", message)])
    await ctx.save(rule)
