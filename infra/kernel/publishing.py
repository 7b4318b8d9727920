"""The contract as it is handed out: written when it is first asked for, and then kept.

Describing a hundred collections takes seconds of processor time that a process which only serves
requests never needs, so that starting does not wait for it.
"""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import Any

import orjson

from infra.kernel import docs_page


class PublishedContract:
    """The OpenAPI document and the page that shows it."""

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build
        self._writing = asyncio.Lock()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as plain values; the first look takes seconds."""
        return self._build()

    @cached_property
    def openapi(self) -> bytes:
        """The document as JSON."""
        return orjson.dumps(self.document)

    @cached_property
    def page(self) -> str:
        """The document as a page."""
        return docs_page.render(self.document)

    async def written(self) -> None:
        """Return once both are there; whoever comes meanwhile waits for the same writing."""
        async with self._writing:
            await asyncio.to_thread(lambda: (self.openapi, self.page))
