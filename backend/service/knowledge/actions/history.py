"""Looking at what an article said before, and going back to it."""

from typing import Annotated

from annotated_types import Ge
from pydantic import BaseModel

from backend.service.knowledge import rules
from backend.service.knowledge.actions.write import put_draft
from backend.service.knowledge.models import Article, ArticleState, ArticleVersion
from backend.service.knowledge.resources import article_versions, articles
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

Edition = Annotated[int, Ge(0)]
"""0 is the text that waits."""


class ComparedLine(BaseModel):
    """A line that stayed, came or went."""

    change: rules.Change
    text: str


class Comparison(BaseModel):
    """What became of an article from one edition to another."""

    before: int
    after: int
    title_before: str
    title_after: str
    lines: list[ComparedLine]


@action(articles, method="GET", verb="revise", audiences=("staff",))
async def compare(ctx: Context, article: Article, *, before: Edition, after: Edition) -> Comparison:
    """What changed between two editions, line by line; 0 stands for the text that waits."""
    old, new = (
        await _text(ctx, article, before, "before"),
        await _text(ctx, article, after, "after"),
    )
    lines = rules.compare(old[1], new[1])
    return Comparison(
        before=before,
        after=after,
        title_before=old[0],
        title_after=new[0],
        lines=[ComparedLine(change=line.change, text=line.text) for line in lines],
    )


@action(articles, verb="revise", audiences=("staff",))
async def restore(ctx: Context, article: Article, *, edition: Annotated[int, Ge(1)]) -> None:
    """Let an old edition's text wait to be published again; nothing that was published changes."""
    title, body = await _text(ctx, article, edition, "edition")
    if article.state is ArticleState.DRAFT:
        raise Invalid([Fault("/edition", "not_found", "a draft has no editions")])
    await put_draft(ctx, article, title=title, body=body)


async def _text(ctx: Context, article: Article, edition: int, name: str) -> tuple[str, str]:
    if edition == 0:
        return rules.waiting_text(article)
    found: ArticleVersion | None = (
        await ctx.every(article_versions).filter(article_id=article.id, edition=edition).first()
    )
    if found is None:
        raise Invalid([Fault(f"/{name}", "not_found", "there is no such edition")])
    return found.title, found.body
