"""Bases and their categories, where a change has consequences."""

from typing import Any

from backend.foundation.products.trees import require_no_cycle
from backend.service.knowledge.errors import CategoryCycle
from backend.service.knowledge.models import ArticleCategory, KnowledgeBase
from backend.service.knowledge.queries import open_articles
from backend.service.knowledge.shelves import article_categories, knowledge_bases
from backend.service.knowledge.timing import set_clock
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(knowledge_bases, name="update", audiences=("staff",))
async def update_base(ctx: Context, base: KnowledgeBase, **values: Any) -> None:
    """Change a knowledge base; readers outside see nothing of one that is not active."""
    turned = "active" in values and values["active"] != base.active
    base.update_from_dict(values)
    await ctx.save(base)
    if turned:
        # The base first, so that whoever files an article in it at this moment waits or is seen.
        await ctx.flush()
        await open_articles(ctx, base.id, is_open=base.active)
    if "reminder_days" in values:
        set_clock(ctx, ctx.now)


@action(article_categories, name="update", audiences=("staff",))
async def update_category(ctx: Context, category: ArticleCategory, **values: Any) -> None:
    """Change a category, or move it below another of its base."""
    category.update_from_dict(values)
    if values.get("parent_id"):
        await require_no_cycle(
            ctx, article_categories, category.id, values["parent_id"], CategoryCycle
        )
    await ctx.save(category)
