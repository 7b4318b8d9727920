"""Writing rules for duplicates, and judging what they find."""

from typing import Any

from backend.platform.duplicates.errors import PairSettled
from backend.platform.duplicates.models import (
    CandidateState,
    DuplicateCandidate,
    DuplicateRule,
)
from backend.platform.duplicates.resources import duplicate_candidates, duplicate_rules
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(duplicate_rules, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> DuplicateRule:
    """Say what makes two records look like one; what is there already is looked through."""
    rule = DuplicateRule(**values)
    refuse_faults(rule)
    await ctx.save(rule)
    if rule.active:
        ctx.enqueue("duplicates.scan", {"rule_id": str(rule.id)}, priority=7)
    return rule


@action(duplicate_rules, name="update", audiences=("staff",))
async def update(ctx: Context, rule: DuplicateRule, **values: Any) -> None:
    """Change a rule; the records are looked through again."""
    rule.update_from_dict(values)
    refuse_faults(rule)
    if rule.active and not rule.changes().keys() <= {"name", "action"}:
        rule.scanned_at = None
        ctx.enqueue("duplicates.scan", {"rule_id": str(rule.id)}, priority=7)
    await ctx.save(rule)


@action(duplicate_candidates, audiences=("staff",))
async def dismiss(ctx: Context, candidate: DuplicateCandidate) -> None:
    """Judge that the two records are two; the pair is not suspected again."""
    if candidate.state is not CandidateState.OPEN:
        raise PairSettled(f"it is {candidate.state}")
    candidate.state = CandidateState.DISMISSED
    await ctx.save(candidate)


def refuse_faults(rule: DuplicateRule) -> None:
    """Raises Invalid naming every fault: a rule must be able to find something, once a sign."""
    faults = []
    signs = [condition["match"] for condition in rule.conditions]
    if sum(condition.get("weight", 100) for condition in rule.conditions) < rule.threshold:
        message = "is more than all the conditions weigh together"
        faults.append(Fault("/threshold", "unreachable", message))
    for position, sign in enumerate(signs):
        if sign in signs[:position]:
            message = f"{sign} is compared already"
            faults.append(Fault(f"/conditions/{position}/match", "repeated", message))
        if sign == "address" and rule.resource == "contacts":
            message = "contacts have no addresses of their own"
            faults.append(Fault(f"/conditions/{position}/match", "choice", message))
    if faults:
        raise Invalid(faults)
