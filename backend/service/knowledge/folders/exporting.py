"""A base as a folder again: a Markdown file an article, under the path that it came by."""

import asyncio
import re
import unicodedata
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath
from uuid import UUID

from backend.service.knowledge.folders import documents
from backend.service.knowledge.folders.archive import resolved
from backend.service.knowledge.folders.importing import known_paths
from backend.service.knowledge.folders.linking import to_path
from backend.service.knowledge.models import Article, ArticleState
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import article_categories
from infra.kernel.attachments import attachments, storage_of
from infra.kernel.context import Context

ARTICLES_MOST = 2_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


async def folder_of(ctx: Context, base_id: UUID) -> bytes:
    """The zip of every article of a base that the caller may read and that is not retired."""
    rows: list[Article] = (
        await ctx.rows(articles)
        .filter(knowledge_base_id=base_id, state__not=ArticleState.RETIRED.value)
        .order_by("number")
        .limit(ARTICLES_MOST)
    )
    paths = {key: path for path, key in (await known_paths(ctx, base_id)).items()}
    categories = {
        row.id: row.key
        for row in await ctx.every(article_categories).filter(knowledge_base_id=base_id)
    }
    files: dict[str, bytes] = {}
    places = {row.number: paths.get(row.id) or _named(row) for row in rows if row.number}
    for row in rows:
        path = places.get(row.number or "") or _named(row)
        document = _document(row, categories, to_path(path, places))
        files[path] = documents.write(document).encode()
        files |= await _pictures(ctx, row, path, document.body)
    return await asyncio.to_thread(_zipped, files)


def _named(row: Article) -> str:
    return f"{row.number}-{_slug(row.title)}.md"


def _document(
    row: Article, categories: dict[UUID, str], lead: Callable[[str], str | None]
) -> documents.Document:
    said = {"audience": row.audience.value, "tier": row.tier, "language": row.language}
    if row.category_id is not None:
        said["category"] = categories[row.category_id]
    title, body = row.draft_title or row.title, row.draft_body or row.body
    return documents.Document(title, documents.relinked(body.strip("\n"), lead), said)


async def _pictures(ctx: Context, row: Article, path: str, body: str) -> dict[str, bytes]:
    """The article's files at the places where its text looks for them."""
    wanted = {
        PurePosixPath(target).name: target
        for address in documents.pictures(body)
        if (target := resolved(path, address))
    }
    if not wanted:
        return {}
    found: dict[str, bytes] = {}
    files = await ctx.every(attachments).filter(
        kind=articles.name, record_id=row.id, name__in=list(wanted)
    )
    for file in files:
        stored = storage_of(ctx.services).read(ctx.tenant_id, file.storage_key)
        found[wanted[file.name]] = b"".join([piece async for piece in stored])
    return found


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "article"


def _zipped(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same articles, whenever it is made."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()
