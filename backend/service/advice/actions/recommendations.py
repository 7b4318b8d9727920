"""Advice on a case, as its page shows it."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from ai.recommendations import Recommendation
from backend.service.advice.advising import Advice, advise
from backend.service.advice.queries import surroundings
from backend.service.advice.resources import recommendation_rules
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.actions import action
from infra.kernel.context import Context


class Offer(BaseModel):
    """The action of the case that does it in place, with its arguments."""

    name: str
    arguments: dict[str, Any]


class Recommended(BaseModel):
    """One piece of advice; `snippet` is plain text, a rule's is Markdown."""

    kind: str
    record_id: UUID
    number: str | None
    title: str
    reason: str
    score: float
    snippet: str
    url: str
    sources: list[str]
    action: Offer | None


class Failure(BaseModel):
    """A rule that could not be asked, for whoever keeps the rules."""

    rule_id: UUID
    name: str
    message: str


class Recommendations(BaseModel):
    """Best first."""

    data: list[Recommended]
    failures: list[Failure]


@action(cases, name="recommendations", method="GET", verb="read", audiences=("staff",))
async def recommendations(ctx: Context, case: Case) -> Recommendations:
    """Articles, similar solved cases and rules that fit the case now, each with its reason.

    Nothing is applied by itself: `action` names the verb of the case that would do it, where the
    caller may use it.
    """
    advice = await advise(ctx, case, await surroundings(ctx, case))
    return Recommendations(
        data=[shown(advice, each) for each in advice.recommendations],
        failures=[
            Failure(rule_id=key, name=advice.rules[key]["name"], message=message)
            for key, message in advice.faults.items()
        ],
    )


def shown(advice: Advice, each: Recommendation) -> Recommended:
    """The recommendation; what admins wrote for a rule stands in for a title and a snippet."""
    is_rule = each.kind == recommendation_rules.name
    rule = advice.rules[each.record_id] if is_rule else None
    return Recommended(
        kind=each.kind,
        record_id=each.record_id,
        number=advice.numbers.get(each.record_id),
        title=rule["title"] if rule else each.title,
        reason=each.reason,
        score=each.score,
        snippet=rule["guidance"] if rule else each.snippet,
        url=f"/api/v1/{each.kind}/{each.record_id}",
        sources=list(each.sources),
        action=Offer(name=each.action.name, arguments=dict(each.action.arguments))
        if each.action.name
        else None,
    )
