"""A base as a folder again: a Markdown file an article and its pictures, under the paths that they
came by. One text or picture is held at a time, however large the base."""

import asyncio
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import UUID

from backend.service.knowledge import rules
from backend.service.knowledge.folders import documents, links
from backend.service.knowledge.folders.importing import known_paths
from backend.service.knowledge.folders.linking import to_path, written_link
from backend.service.knowledge.models import Article, ArticlePicture, ArticleState
from backend.service.knowledge.picturing import pictures_with
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import article_categories
from infra.kernel.attachments import attachments, storage_of
from infra.kernel.context import Context
from infra.kernel.markdown import PICTURE, pictures_of
from infra.kernel.storage import CHUNK_BYTES, Stored

BATCH = 200
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Folder:
    """What goes where: texts by path, pictures by path, and what each text calls its pictures."""

    ctx: Context
    base_id: UUID
    categories: dict[UUID, str] = field(default_factory=dict)
    texts: dict[str, UUID] = field(default_factory=dict)
    pictures: dict[str, UUID] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    shown: dict[UUID, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    async def find(self) -> None:
        """Give every article of the base that the caller may read and that is not retired its
        place, and its pictures theirs."""
        ctx, base_id = self.ctx, self.base_id
        found = await ctx.every(article_categories).filter(knowledge_base_id=base_id)
        self.categories = {row.id: row.key for row in found}
        paths = {key: path for path, key in (await known_paths(ctx, base_id)).items()}
        rows = (
            await ctx.rows(articles)
            .filter(knowledge_base_id=base_id, state__not=ArticleState.RETIRED.value)
            .order_by("number", "id")
            .values("id", "number", "title")
        )
        for row in sorted(rows, key=lambda row: row["id"] not in paths):
            path = paths.get(row["id"]) or f"{row['number']}-{_slug(row['title'])}.md"
            self.texts[_free(path, self.texts)] = row["id"]
        places = {key: path for path, key in self.texts.items()}
        self.numbers = {row["number"]: places[row["id"]] for row in rows if row["number"]}
        for start in range(0, len(rows), BATCH):
            await self._place_pictures([row["id"] for row in rows[start : start + BATCH]], places)

    async def _place_pictures(self, ids: Sequence[UUID], places: dict[UUID, str]) -> None:
        rows = {row.id: row for row in await self.articles(ids)}
        originals = {row.original_id for row in rows.values() if row.original_id}
        kept = await pictures_with(self.ctx, [*rows, *originals]) if rows else []
        files = [each.attachment_id for each in kept]
        found = await self.ctx.every(attachments).filter(id__in=files) if files else []
        digests = {file.id: bytes(file.sha256) for file in found}
        by_article: dict[UUID, dict[str, ArticlePicture]] = {}
        for each in kept:
            by_article.setdefault(each.article_id, {})[each.name] = each
        for key in ids:
            if (row := rows.get(key)) is None:
                continue
            own = by_article.get(row.original_id, {}) if row.original_id else {}
            own = own | by_article.get(key, {})
            for name in sorted(pictures_of(rules.waiting_text(row)[1])):
                if (picture := own.get(name)) is not None:
                    self._place(places[key], row, picture, digests[picture.attachment_id])

    def _place(self, path: str, row: Article, picture: ArticlePicture, digest: bytes) -> None:
        """A picture lies where it came from, or beside its text where another one lies there."""
        name = picture.name
        beside = PurePosixPath(path).parent / "pictures" / f"{row.number}-{name}"
        for wanted in (picture.path, str(beside)):
            if wanted and self.digests.setdefault(wanted, digest) == digest:
                self.pictures.setdefault(wanted, picture.attachment_id)
                self.shown.setdefault(row.id, {})[f"{PICTURE}{name}"] = wanted
                return

    async def articles(self, ids: Sequence[UUID]) -> list[Article]:
        """The articles, as far as the caller reads them."""
        rows: list[Article] = await self.ctx.rows(articles).filter(id__in=list(ids))
        return rows

    def entries(self) -> list[tuple[str, UUID]]:
        """Everything by path, in order."""
        return sorted((self.pictures | self.texts).items())

    def text(self, path: str, row: Article) -> bytes:
        """The file of an article."""
        said = {"audience": row.audience.value, "tier": row.tier, "language": row.language}
        if row.category_id is not None:
            said["category"] = self.categories[row.category_id]
        title, body = rules.waiting_text(row)
        shown, lead = self.shown.get(row.id, {}), to_path(path, self.numbers)

        def led(link: links.Link) -> str | None:
            if not link.is_picture:
                return lead(link.address)
            place = shown.get(link.address)
            return place and written_link(path, place)

        text = links.relinked(body.strip("\n"), led)
        return documents.write(documents.Document(title, text, said)).encode()


async def folder_of(ctx: Context, base_id: UUID) -> Stored:
    """The zip of a base, kept in the storage; the same bytes for the same articles."""
    folder = Folder(ctx, base_id)
    await folder.find()
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            entries = folder.entries()
            for start in range(0, len(entries), BATCH):
                await _write(ctx, folder, archive, entries[start : start + BATCH])
        return await _stored(ctx, target)


async def _write(
    ctx: Context, folder: Folder, archive: zipfile.ZipFile, entries: Sequence[tuple[str, UUID]]
) -> None:
    texts = [key for path, key in entries if path in folder.texts]
    rows = {row.id: row for row in await folder.articles(texts)} if texts else {}
    files = [key for path, key in entries if path not in folder.texts]
    found = await ctx.every(attachments).filter(id__in=files) if files else []
    keys = {file.id: file.storage_key for file in found}
    for path, key in entries:
        if key in rows:
            content = folder.text(path, rows[key])
        elif key in keys:
            pieces = storage_of(ctx.services).read(ctx.tenant_id, keys[key])
            content = b"".join([piece async for piece in pieces])
        else:
            continue
        await asyncio.to_thread(_add, archive, path, content)


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)


async def _stored(ctx: Context, file: BinaryIO) -> Stored:
    size = file.seek(0, 2)
    file.seek(0)
    upload = await storage_of(ctx.services).begin(ctx.tenant_id, bytes_max=size + 1)
    try:
        while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
            await upload.write(piece)
        return await upload.finish()
    except BaseException:
        await upload.discard()
        raise


def _free(path: str, taken: dict[str, UUID]) -> str:
    """The path, or one near to it where another text has it."""
    found, count = path, 1
    while found in taken:
        count += 1
        found = f"{path.removesuffix('.md')}-{count}.md"
    return found


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "article"
