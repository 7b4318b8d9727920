"""A picture of an article, for whoever reads the text that shows it."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.service.knowledge.models import Article
from backend.service.knowledge.picturing import picture_named
from backend.service.knowledge.resources import articles
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from infra.kernel.markdown import pictures_of


class PictureShown(BaseModel):
    """A picture as its text names it; its bytes are at `articles/{id}/pictures/{name}`."""

    name: str
    media_type: str
    attachment_id: UUID


@action(articles, method="GET", verb="read")
async def picture(
    ctx: Context, article: Article, *, name: Annotated[Text, MaxLen(100)]
) -> PictureShown:
    """A picture that the text shows; those who write see the others of the article, too."""
    is_shown = ctx.caller.audience == "staff" or name in pictures_of(article.body)
    found = await picture_named(ctx, article, name) if is_shown else None
    if found is None:
        raise NotFound("no such picture")
    return PictureShown(
        name=found.name, media_type=found.media_type, attachment_id=found.attachment_id
    )
