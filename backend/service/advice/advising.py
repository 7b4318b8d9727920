"""What may help with a case: found as the viewer, ranked, and told with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ai.recommendations import Act, Candidate, Recommendation, recommend
from ai.retrieval import Hit
from backend.service.advice.queries import Helpful, Surroundings, helpful
from backend.service.advice.ruling import ask_rules, fits, offered
from backend.service.advice.searching import near_to_case
from backend.service.advice.texts import question_of
from backend.service.advice.wording import reason_for, shared_words
from backend.service.cases.models import Case, CaseState, ResolutionCode
from backend.service.cases.resources import cases
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context

HITS_MAX = 8
SIMILARITY_MIN = 0.3
SIMILARITY_MIN_SAME_PRODUCT = 0.22
SAME_PRODUCT_BONUS = 1.3
_OVER = (CaseState.CLOSED, CaseState.CANCELLED)


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
