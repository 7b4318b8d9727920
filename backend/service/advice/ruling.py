"""What admins' rules recommend on a case, and which verbs fit it now."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ai.recommendations import Act, Candidate, RuleAdvice, Ruled, apply_rules
from backend.service.advice.conditions import compiled, values_of
from backend.service.advice.queries import Surroundings
from backend.service.advice.resources import recommendation_rules
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import ALLOWED
from backend.service.knowledge.models import ArticleState
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.rules import RuleError

_STATES_OF = {"attach_article": "update", "note": "comment"}
NOTHING = Act("")


def fits(case: Case, verb: str) -> bool:
    """Whether the case's state allows the verb now."""
    states = ALLOWED.get(_STATES_OF.get(verb, verb))
    return states is None or case.state in states[1]


def offered(ctx: Context, act: Act) -> Act:
    """The verb, for who may use it; others get the advice without it."""
    return act if ctx.may(cases, act.name.partition(".")[2]) else NOTHING


async def ask_rules(
    ctx: Context, case: Case, around: Surroundings
) -> tuple[Ruled, dict[UUID, dict[str, Any]]]:
    """What the rules that hold recommend, and all rules by id; one that cannot be asked is left
    out and named."""
    rules = {UUID(row["id"]): row for row in around.rules}
    ready, faults = _ready(case, around, rules)
    values = values_of(
        case,
        product_code=around.product_code,
        product_name=around.product_name,
        tier=around.tier,
        now=ctx.now,
    )
    ruled = apply_rules(ready, values, failures=RuleError)
    usable = await _usable(ctx, ruled.candidates)
    return Ruled(tuple(usable), {**faults, **ruled.faults}), rules


def _ready(
    case: Case, around: Surroundings, rules: Mapping[UUID, dict[str, Any]]
) -> tuple[list[RuleAdvice], dict[UUID, str]]:
    """The rules whose verb fits the case now, compiled; and those that no longer compile."""
    attached = {str(each) for each in around.attached}
    ready: list[RuleAdvice] = []
    faults: dict[UUID, str] = {}
    for key, row in rules.items():
        act = Act(row["action"]["name"], row["action"]["arguments"]) if row["action"] else NOTHING
        if act.name and not fits(case, act.name.partition(".")[2]):
            continue
        if act.arguments.get("article_id") in attached:
            continue
        try:
            condition = compiled(row["condition"])
        except RuleError as error:
            faults[key] = "; ".join(error.messages)
            continue
        ready.append(RuleAdvice(key, row["name"], condition, act, row["reason"], row["rank"]))
    return ready, faults


async def _usable(ctx: Context, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Rules' candidates; where one names an article that the viewer may not use, without a verb."""
    named = {c.action.arguments["article_id"] for c in candidates if _names_article(c)}
    readable: set[str] = set()
    if named:
        rows = ctx.rows(articles).filter(id__in=list(named), state=ArticleState.PUBLISHED)
        readable = {str(row.id) for row in await rows}
    return [
        Candidate(
            source="rules",
            kind=recommendation_rules.name,
            record_id=c.record_id,
            title=c.title,
            reason=c.reason,
            action=NOTHING
            if _names_article(c) and c.action.arguments["article_id"] not in readable
            else offered(ctx, c.action),
            strength=c.strength,
        )
        for c in candidates
    ]


def _names_article(candidate: Candidate) -> bool:
    return "article_id" in candidate.action.arguments
