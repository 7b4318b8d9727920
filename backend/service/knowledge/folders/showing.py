"""The pictures of a folder's texts: measured, kept with their article, and named in its text."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from uuid import UUID

from backend.service.knowledge.folders import links
from backend.service.knowledge.folders.archive import Archive, resolved
from backend.service.knowledge.folders.documents import Document
from backend.service.knowledge.folders.faults import Several, Unfit
from backend.service.knowledge.picturing import add_picture, pictures_with
from infra.kernel.attachments import attachments, storage_of
from infra.kernel.context import Context
from infra.kernel.markdown import PICTURE
from infra.kernel.pictures import Picture, picture_of

_YET_TO_COME = "picture"
"""What stands for the name of a picture that a dry run does not keep."""


@dataclass
class Showing:
    """The pictures of one folder at work."""

    ctx: Context
    archive: Archive
    keeps: bool
    _known: dict[UUID, dict[tuple[str, bytes], str]] = field(default_factory=dict)

    async def named(self, path: str, document: Document, article_id: UUID) -> Mapping[str, str]:
        """Address in the text → `picture:…` of a file of the article; raises Unfit for pictures
        that cannot be shown, all at once."""
        told: dict[str, str] = {}
        faults: list[Unfit] = []
        for address in links.pictures(document.body):
            target = resolved(path, address)
            if target is None:
                continue
            try:
                name = await self._name(article_id, target)
                told[address] = f"{PICTURE}{name}"
            except Unfit as wrong:
                faults.append(Unfit(wrong.code, address, document.line_of(address)))
        if faults:
            raise Several(faults)
        return told

    async def _name(self, article_id: UUID, target: str) -> str:
        content, what = await self._measured(target)
        key = (target, hashlib.sha256(content).digest())
        known = await self._of(article_id)
        if key not in known:
            known[key] = await self._kept(article_id, target, content, what)
        return known[key]

    async def _measured(self, target: str) -> tuple[bytes, Picture]:
        if target not in self.archive:
            raise Unfit("picture_missing")
        content = await asyncio.to_thread(self.archive.read, target)
        what = picture_of(content)
        if what is None:
            raise Unfit("picture_kind")
        if what.is_too_large:
            raise Unfit("picture_large")
        return content, what

    async def _kept(self, article_id: UUID, target: str, content: bytes, what: Picture) -> str:
        if not self.keeps:
            return _YET_TO_COME
        stored = await storage_of(self.ctx.services).keep(self.ctx.tenant_id, content)
        called = PurePosixPath(target).name
        row = await add_picture(self.ctx, article_id, stored, what, called=called, path=target)
        await self.ctx.flush()
        return row.name

    async def _of(self, article_id: UUID) -> dict[tuple[str, bytes], str]:
        """What the article has: (path, digest) → name; kept while one text is at work."""
        if article_id not in self._known:
            rows = await pictures_with(self.ctx, [article_id])
            ids = [row.attachment_id for row in rows]
            files = await self.ctx.every(attachments).filter(id__in=ids) if ids else []
            digests = {file.id: bytes(file.sha256) for file in files}
            self._known = {
                article_id: {(row.path, digests[row.attachment_id]): row.name for row in rows}
            }
        return self._known[article_id]

    def forget(self) -> None:
        """After a text that was refused: what was kept for it is not there."""
        self._known = {}
