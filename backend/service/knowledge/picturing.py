"""The pictures of an article: kept as files of it that only its readers reach, under a name each.

A file is internal, whoever reads the article: outside it is reached by the text that shows it and
by no other door, so a picture of a text that waits is seen by nobody but those who write it.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from backend.service.knowledge.models import Article, ArticlePicture
from backend.service.knowledge.resources import article_pictures, articles
from infra.kernel.attachments import Visibility, record_file
from infra.kernel.context import Context
from infra.kernel.pictures import Picture
from infra.kernel.storage import Stored

SUFFIXES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
}  # fmt: skip
_STEM_CHARS_MOST = 80


async def pictures_with(ctx: Context, article_ids: Sequence[UUID]) -> list[ArticlePicture]:
    """The pictures of articles, oldest first."""
    rows: list[ArticlePicture] = (
        await ctx.every(article_pictures)
        .filter(article_id__in=list(article_ids))
        .order_by("created_at", "id")
    )
    return rows


async def picture_named(ctx: Context, article: Article, name: str) -> ArticlePicture | None:
    """The picture that the article's text means: its own, or of a translation the original's."""
    ids = [article.id, *([article.original_id] if article.original_id else [])]
    rows: list[ArticlePicture] = await ctx.every(article_pictures).filter(
        article_id__in=ids, name=name
    )
    return min(rows, key=lambda row: row.article_id != article.id, default=None)


async def add_picture(
    ctx: Context, article_id: UUID, stored: Stored, what: Picture, *, called: str, path: str = ""
) -> ArticlePicture:
    """Keep a stored picture as the article's, under a name of its own."""
    name = free_name(
        called, what.media_type, {row.name for row in await pictures_with(ctx, [article_id])}
    )
    file = await record_file(
        ctx, stored, name, what.media_type, kind=articles.name, record_id=article_id,
        visibility=Visibility.INTERNAL,
    )  # fmt: skip
    await ctx.flush()
    row = ArticlePicture(
        article_id=article_id, attachment_id=file.id, name=name, path=path,
        media_type=what.media_type,
    )  # fmt: skip
    await ctx.save(row)
    return row


def free_name(called: str, media_type: str, taken: set[str]) -> str:
    """A name near to what a picture was called, with the ending of what it is."""
    plain = unicodedata.normalize("NFKD", PurePosixPath(called).stem).encode("ascii", "ignore")
    stem = re.sub(r"[^a-z0-9_-]+", "-", plain.decode().lower()).strip("-_")[:_STEM_CHARS_MOST]
    stem, suffix = stem or "picture", SUFFIXES[media_type]
    name, count = f"{stem}{suffix}", 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}{suffix}"
    return name
