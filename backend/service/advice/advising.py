"""What may help with a case: found as the viewer, ranked, and told with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ai.recommendations import (
    Act,
    Candidate,
    Recommendation,
    RuleAdvice,
    Ruled,
    apply_rules,
    recommend,
)
from ai.retrieval import Hit
from backend.service.advice.conditions import compiled, values_of
from backend.service.advice.queries import Helpful, Surroundings, helpful
from backend.service.advice.resources import recommendation_rules
from backend.service.advice.searching import near_to_case
from backend.service.advice.texts import question_of
from backend.service.advice.wording import reason_for, shared_words
from backend.service.cases.models import Case, CaseState, ResolutionCode
from backend.service.cases.resources import cases
from backend.service.cases.rules import ALLOWED
from backend.service.knowledge.models import ArticleState
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.rules import RuleError

HITS_MAX = 12
SIMILARITY_MIN = 0.3
SIMILARITY_MIN_SAME_PRODUCT = 0.22
SAME_PRODUCT_BONUS = 1.3
_OVER = (CaseState.CLOSED, CaseState.CANCELLED)
_STATES_OF = {"attach_article": "update", "note": "comment"}
NOTHING = Act("")


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the record that it belongs to."""

    hit: Hit
    record: Helpful
    shared: str | None
    same_product: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """Recommendations, what their cards say beside it, and the rules that could not be asked."""

    recommendations: list[Recommendation]
    numbers: dict[UUID, str]
    rules: dict[UUID, dict[str, Any]]
    faults: dict[UUID, str]


def fits(case: Case, verb: str) -> bool:
    """Whether the case's state allows the verb now."""
    states = ALLOWED.get(_STATES_OF.get(verb, verb))
    return states is None or case.state in states[1]


def offered(ctx: Context, act: Act) -> Act:
    """The verb, for who may use it; others get the advice without it."""
    return act if ctx.may(cases, act.name.partition(".")[2]) else NOTHING


async def advise(ctx: Context, case: Case, around: Surroundings) -> Advice:
    """Everything that helps in the case's present state, best first."""
    if case.state in _OVER:
        return Advice([], {}, {}, {})
    found = await find(ctx, case, around)
    ruled, rules = await ask_rules(ctx, case, around)
    candidates = [*(candidate_of(ctx, case, each) for each in found), *ruled.candidates]
    return Advice(
        recommend(candidates),
        {each.record.id: each.record.number for each in found},
        rules,
        dict(ruled.faults),
    )


async def find(ctx: Context, case: Case, around: Surroundings) -> list[Found]:
    """Articles and answered cases that are near enough and not used already."""
    hits = await near_to_case(
        ctx, case, around, hits_max=HITS_MAX, similarity_min=SIMILARITY_MIN_SAME_PRODUCT
    )
    wanted = [hit for hit in hits if hit.record_id not in around.attached]
    if not fits(case, "resolve"):
        wanted = [hit for hit in wanted if hit.kind != cases.name]
    records = await helpful(
        ctx, case.id, _ids(wanted, articles.name), _ids(wanted, cases.name)
    ) if wanted else {}  # fmt: skip
    asked = question_of(case)
    found = []
    for hit in wanted:
        record = records.get((hit.kind, hit.record_id))
        if record is None:
            continue
        shared = shared_words(asked, hit.title, hit.snippet)
        each = Found(hit, record, shared, case.product_model_id in record.model_ids)
        if near_enough(each):
            found.append(each)
    return found


def _ids(hits: Iterable[Hit], kind: str) -> list[UUID]:
    return [hit.record_id for hit in hits if hit.kind == kind]


def near_enough(found: Found) -> bool:
    """Whether it is worth somebody's look; a weak hit costs more than it gives."""
    similarity = found.hit.similarity
    if found.hit.every_word:
        return True
    if similarity is None:
        return found.shared is not None and " " in found.shared
    return similarity >= (SIMILARITY_MIN_SAME_PRODUCT if found.same_product else SIMILARITY_MIN)


def candidate_of(ctx: Context, case: Case, found: Found) -> Candidate:
    """What is found, as a recommendation with its verb."""
    record, is_case = found.record, found.record.kind == cases.name
    if is_case:
        code = ResolutionCode.SOLVED.value
        if record.resolution_code == ResolutionCode.WORKAROUND:
            code = record.resolution_code
        arguments = {"resolution": record.resolution, "resolution_code": code}
        act = Act("cases.resolve", arguments)
    else:
        act = Act("cases.attach_article", {"article_id": str(record.id)})
    return Candidate(
        source=record.kind,
        kind=record.kind,
        record_id=record.id,
        title=record.title,
        reason=reason_for(found.shared, same_product=found.same_product, is_case=is_case),
        action=offered(ctx, act),
        strength=found.hit.score * (SAME_PRODUCT_BONUS if found.same_product else 1.0),
        snippet=record.resolution[:300] if is_case else found.hit.snippet,
    )


# ── Rules ────────────────────────────────────────────────────────────────────────────────────


async def ask_rules(
    ctx: Context, case: Case, around: Surroundings
) -> tuple[Ruled, dict[UUID, dict[str, Any]]]:
    """The rules that hold, and all rules by id; one that cannot be asked is left out and named."""
    rules = {UUID(row["id"]): row for row in around.rules}
    faults: dict[UUID, str] = {}
    ready = []
    for key, row in rules.items():
        act = Act(row["action"]["name"], row["action"]["arguments"]) if row["action"] else NOTHING
        if act.name and not fits(case, act.name.partition(".")[2]):
            continue
        if act.arguments.get("article_id") in {str(each) for each in around.attached}:
            continue
        try:
            condition = compiled(row["condition"])
        except RuleError as error:
            faults[key] = "; ".join(error.messages)
            continue
        ready.append(RuleAdvice(key, row["name"], condition, act, row["reason"], row["rank"]))
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
