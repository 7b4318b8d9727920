"""Asking for what is near to a text, without ever calling the network inside a transaction."""

from collections.abc import Iterable, Mapping

from ai.embeddings import Embedder
from ai.providers import providers_of
from ai.retrieval import Hit, search_as, vector_of
from backend.service.advice.queries import Question, Surroundings
from backend.service.advice.reactions import read_anew
from backend.service.advice.texts import question_of
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.resource import Resource

ARTICLE_COLUMNS = ("title", "body")
CASE_COLUMNS = ("subject", "description", "resolution")
"""What pieces quote: who may not read these finds no piece of the kind."""

WANTED: Mapping[Resource, Iterable[str]] = {articles: ARTICLE_COLUMNS, cases: CASE_COLUMNS}
NO_MODEL = "none"


async def near_to_case(
    ctx: Context, case: Case, around: Surroundings, *, hits_max: int, similarity_min: float
) -> list[Hit]:
    """Articles and cases that the viewer may read and that are near to the case."""
    text = question_of(case)
    question = await question_at_hand(ctx, case, around, text)
    return await search_as(
        ctx,
        text,
        question.vector,
        model=question.model,
        wanted=WANTED,
        hits_max=hits_max,
        similarity_min=similarity_min,
    )


async def question_at_hand(ctx: Context, case: Case, around: Surroundings, text: str) -> Question:
    """The vector that a job has stored, or one by the built-in model; else words alone decide."""
    built_in = providers_of(ctx.services).built_in
    expected = f"endpoint:{around.endpoint}"[:100] if around.endpoint else built_in.model
    if around.question is not None and around.question.model == expected:
        return around.question
    read_anew(ctx, cases.name, case.id)
    if around.endpoint:
        return Question(NO_MODEL, None)
    return Question(built_in.model, await vector_of(built_in, text))


async def question_for(ctx: Context, text: str) -> Question:
    """The vector of what somebody types, where the built-in model serves the tenant."""
    providers = providers_of(ctx.services)
    embedder: Embedder = await providers.embedder(ctx)
    if embedder is not providers.built_in:
        return Question(NO_MODEL, None)
    return Question(embedder.model, await vector_of(embedder, text))
