"""A folder of texts becomes articles: in one transaction, with a fault for each that cannot.

A text is known again by its path in the folder, so that a folder that is brought again changes what
changed and nothing else. What readers have gets a revision beside it; nothing is published.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.platform.transfers.models import ExternalId
from backend.platform.transfers.resources import external_ids
from backend.service.knowledge.folders import documents, links
from backend.service.knowledge.folders.archive import Archive
from backend.service.knowledge.folders.faults import FileFault, Unfit
from backend.service.knowledge.folders.linking import to_article, written_path
from backend.service.knowledge.folders.showing import Showing
from backend.service.knowledge.models import Article, ArticleState
from backend.service.knowledge.resources import articles
from backend.service.knowledge.shelves import article_categories
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Problem
from infra.kernel.performing import perform_in

FAULTS_MOST = 500


class Report(BaseModel):
    """What became of a folder, or in a dry run would."""

    dry_run: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    """Files with a fault; the first of their faults are told one by one."""
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
    _done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.showing = Showing(self.ctx, self.archive, keeps=not self.report.dry_run)

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
            if path not in self._done and written_path(path) in self.known:
                is_new = written_path(path) not in before
                await self._each(path, partial(self._shelve, numbers=numbers, is_new=is_new))
        return self.report

    async def _each(
        self, path: str, work: Callable[[str, documents.Document], Awaitable[None]]
    ) -> None:
        """One text; what is wrong with it is put down, and keeps nothing of it."""
        document = documents.Document("", "")
        try:
            content = await asyncio.to_thread(self.archive.read, path)
            document = await asyncio.to_thread(documents.read, path, content)
            async with self.ctx.savepoint():
                await work(path, document)
        except Unfit as refused:
            self._refuse(path, refused.all)
        except Problem as refused:
            told = [_unfit(fault, document) for fault in refused.faults]
            self._refuse(path, told or [Unfit("refused", refused.detail)])

    async def _numbers(self) -> dict[str, str]:
        """Path → number of the article that a link to it leads to."""
        query = self.ctx.every(articles).filter(id__in=list(self.known.values()))
        by_id = dict(await query.values_list("id", "number"))
        return {path: by_id[key] for path, key in self.known.items() if key in by_id}

    def _refuse(self, path: str, faults: Sequence[Unfit]) -> None:
        self.showing.forget()
        self.report.refused += 1
        room = FAULTS_MOST - len(self.report.faults)
        self.report.faults += [fault.at(path) for fault in faults[:room]]

    async def _begin(self, path: str, document: documents.Document) -> None:
        """The draft of a text that is new, with its links as they were written."""
        body = self._settings(document) | {"title": document.title, "body": document.body}
        made = await perform_in(
            self.ctx, "articles.create", body=body | {"knowledge_base_id": str(self.base_id)}
        )
        article_id = UUID(str(made.body["id"]))
        await self._call(written_path(path), article_id)
        await self.showing.named(path, document, article_id)
        self.known[written_path(path)] = article_id
        self.report.created += 1
        if not links.links(document.body):
            self._done.add(path)

    async def _call(self, path: str, article_id: UUID) -> None:
        """Know the article by its path; one that lay there before is gone, or in another base."""
        place = {"kind": articles.name, "source": source_of(self.base_id), "external_id": path}
        name = await self.ctx.every(external_ids).filter(**place).first() or ExternalId(**place)
        name.record_id = article_id
        await self.ctx.save(name)
        await self.ctx.flush()

    async def _shelve(
        self, path: str, document: documents.Document, *, numbers: Mapping[str, str], is_new: bool
    ) -> None:
        """A text of an article that is there, its links leading to articles and its pictures to
        files."""
        there: Article = await self.ctx.find(articles, self.known[written_path(path)])
        shown = await self.showing.named(path, document, there.id)
        broken: list[str] = []
        lead = to_article(path, numbers, broken)

        def led(link: links.Link) -> str | None:
            return shown.get(link.address) if link.is_picture else lead(link.address)

        text = links.relinked(document.body, led)
        body = self._settings(document) | {"title": document.title, "body": text}
        moved = await self._change(there, body)
        await self.ctx.flush()
        self.report.changed += moved and not is_new
        self.report.unchanged += not moved and not is_new
        room = FAULTS_MOST - len(self.report.broken)
        self.report.broken += [
            Unfit("link", address, document.line_of(address)).at(path)
            for address in dict.fromkeys(broken)
        ][:room]

    def _settings(self, document: documents.Document) -> dict[str, Any]:
        said = dict(document.said)
        category = said.pop("category", None)
        if category is not None:
            if category not in self.categories:
                raise Unfit("category", category, document.lines.get("category"))
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


def _unfit(fault: Fault, document: documents.Document) -> Unfit:
    """What is wrong with a field of an article, as something of the file."""
    name = fault.pointer.strip("/").partition("/")[0]
    line = document.lines.get(name)
    if name in {"title", "body"}:
        return Unfit(name, line=line)
    if name in document.said:
        return Unfit("front_wrong", name, line)
    return Unfit("refused", f"{name} {fault.message}".strip(), line)


def source_of(base_id: UUID) -> str:
    """The system whose names the paths of a base's folder are."""
    return f"folder.{base_id}"


async def known_paths(ctx: Context, base_id: UUID) -> dict[str, UUID]:
    """Path in the folder → article, of those that still lie in the base."""
    rows = await ctx.every(external_ids).filter(kind=articles.name, source=source_of(base_id))
    there = await ctx.every(articles).filter(knowledge_base_id=base_id).values_list("id", flat=True)
    kept = frozenset(there)
    return {row.external_id: row.record_id for row in rows if row.record_id in kept}
