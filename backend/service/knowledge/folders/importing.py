"""A folder of texts becomes articles: in one transaction, with a fault for each that cannot.

A text is known again by its path in the folder, so that a folder that is brought again changes what
changed and nothing else. What readers have gets a revision beside it; nothing is published.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.models import ExternalId
from backend.platform.transfers.resources import external_ids
from backend.service.knowledge.folders import documents
from backend.service.knowledge.folders.archive import Archive, resolved
from backend.service.knowledge.folders.linking import to_article, written_path
from backend.service.knowledge.models import Article, ArticleState
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import article_categories
from infra.kernel.attachments import attachments, record_file, storage_of
from infra.kernel.context import Context
from infra.kernel.errors import Problem
from infra.kernel.performing import perform_in

MEDIA = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp",
}  # fmt: skip
FAULTS_MOST = 500


class FileFault(BaseModel):
    """What is wrong with one file of a folder, or with a link in it."""

    path: str
    message: str


class Report(BaseModel):
    """What became of a folder, or in a dry run would."""

    dry_run: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[FileFault] = []
    broken: list[FileFault] = []
    """Links of texts that came in, to what is no text of the folder."""


@dataclass
class Shelving:
    """One import at work."""

    ctx: Context
    archive: Archive
    base_id: UUID
    report: Report
    categories: Mapping[str, UUID] = field(default_factory=dict)
    known: dict[str, UUID] = field(default_factory=dict)

    async def run(self) -> Report:
        """Every text of the folder in order of its path. New ones are all there before any is
        given its words, so that each can lead to each."""
        ctx = self.ctx
        rows = await ctx.every(article_categories).filter(knowledge_base_id=self.base_id)
        self.categories = {row.key: row.id for row in rows}
        self.known = await known_paths(ctx, self.base_id)
        before = set(self.known)
        for path in self.archive.texts:
            if written_path(path) not in before:
                await self._each(path, self._begin)
        numbers = await self._numbers()
        for path in self.archive.texts:
            if written_path(path) in self.known:
                is_new = written_path(path) not in before
                await self._each(path, partial(self._shelve, numbers=numbers, is_new=is_new))
        return self.report

    async def _each(
        self, path: str, work: Callable[[str, documents.Document], Awaitable[None]]
    ) -> None:
        """One text; what is wrong with it is put down, and keeps nothing of it."""
        try:
            content = await asyncio.to_thread(self.archive.read, path)
            document = await asyncio.to_thread(documents.read, path, content)
            async with self.ctx.savepoint():
                await work(path, document)
        except UnreadableFile as refused:
            self._fault(path, refused.detail or refused.title)
        except Problem as refused:
            told = "; ".join(f"{f.pointer} {f.message}" for f in refused.faults)
            self._fault(path, told or refused.detail or refused.title)

    async def _numbers(self) -> dict[str, str]:
        """Path → number of the article that a link to it leads to."""
        rows = await self.ctx.every(articles).filter(id__in=list(self.known.values()))
        by_id = {row.id: row.number for row in rows}
        return {path: by_id[key] for path, key in self.known.items() if key in by_id}

    def _fault(self, path: str, message: str) -> None:
        if len(self.report.faults) < FAULTS_MOST:
            self.report.faults.append(FileFault(path=path, message=message))

    async def _begin(self, path: str, document: documents.Document) -> None:
        """The draft of a text that is new, with its links as they were written."""
        body = self._settings(document) | {"title": document.title, "body": document.body}
        made = await perform_in(
            self.ctx, "articles.create", body=body | {"knowledge_base_id": str(self.base_id)}
        )
        article_id = UUID(str(made.body["id"]))
        name = ExternalId(
            kind=articles.name, source=source_of(self.base_id),
            external_id=written_path(path), record_id=article_id,
        )  # fmt: skip
        await self.ctx.save(name)
        await self._keep_pictures(path, article_id, document.body)
        await self.ctx.flush()
        self.known[written_path(path)] = article_id
        self.report.created += 1

    async def _shelve(
        self, path: str, document: documents.Document, *, numbers: Mapping[str, str], is_new: bool
    ) -> None:
        """A text of an article that is there, its links leading to articles."""
        broken: list[str] = []
        text = documents.relinked(document.body, to_article(path, numbers, broken))
        body = self._settings(document) | {"title": document.title, "body": text}
        there: Article = await self.ctx.find(articles, self.known[written_path(path)])
        moved = await self._change(there, body)
        if not is_new:
            await self._keep_pictures(path, there.id, document.body)
        await self.ctx.flush()
        self.report.changed += moved and not is_new
        self.report.unchanged += not moved and not is_new
        for address in dict.fromkeys(broken):
            if len(self.report.broken) < FAULTS_MOST:
                self.report.broken.append(
                    FileFault(path=path, message=f"the link {address[:100]} leads to no text")
                )

    def _settings(self, document: documents.Document) -> dict[str, Any]:
        said = dict(document.said)
        category = said.pop("category", None)
        if category is not None:
            if category not in self.categories:
                raise UnreadableFile(f"there is no category {str(category)[:60]!r} in this base")
            said["category_id"] = str(self.categories[category])
        return said

    async def _change(self, there: Article, body: dict[str, Any]) -> bool:
        """Whether anything is otherwise than it was."""
        words = {name: body[name] for name in ("title", "body")}
        before = {
            "title": there.draft_title or there.title, "body": there.draft_body or there.body,
        }  # fmt: skip
        settings = {
            name: value
            for name, value in body.items()
            if name not in words and str(getattr(there, name)) != str(value)
        }
        if words == before and not settings:
            return False
        if there.state is ArticleState.DRAFT:
            await perform_in(self.ctx, "articles.update", record_id=there.id, body=words | settings)
            return True
        if words != before:
            await perform_in(self.ctx, "articles.revise", record_id=there.id, body=words)
        if settings:
            await perform_in(self.ctx, "articles.update", record_id=there.id, body=settings)
        return True

    async def _keep_pictures(self, path: str, article_id: UUID, body: str) -> None:
        """Pictures that lie in the folder become files of the article; others are refused."""
        there = {
            bytes(row.sha256): row.name
            for row in await self.ctx.every(attachments).filter(
                kind=articles.name, record_id=article_id
            )
        }
        for address in dict.fromkeys(documents.pictures(body)):
            target = resolved(path, address)
            if target is None:
                continue
            media = MEDIA.get(PurePosixPath(target).suffix.lower())
            if target not in self.archive or media is None:
                raise UnreadableFile(f"the picture {address[:100]} is not in the folder")
            content = await asyncio.to_thread(self.archive.read, target)
            name = PurePosixPath(target).name
            if there.get(hashlib.sha256(content).digest()) == name or self.report.dry_run:
                continue
            stored = await storage_of(self.ctx.services).keep(self.ctx.tenant_id, content)
            await record_file(
                self.ctx, stored, name, media, kind=articles.name, record_id=article_id
            )


def source_of(base_id: UUID) -> str:
    """The system whose names the paths of a base's folder are."""
    return f"folder.{base_id}"


async def known_paths(ctx: Context, base_id: UUID) -> dict[str, UUID]:
    """Path in the folder → article."""
    rows = await ctx.every(external_ids).filter(kind=articles.name, source=source_of(base_id))
    return {row.external_id: row.record_id for row in rows}
