"""What the desk reads, always as the person in front of it.

A page shows many collections side by side, and a role may lack some of them: what may not be read
is simply not there, and the page says nothing of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller
from infra.kernel.database import Connection
from infra.kernel.errors import Conflict, Forbidden, NotFound
from infra.kernel.performing import perform
from infra.kernel.reading import Page, reached, read_list, read_one
from infra.kernel.services import Services

Row = dict[str, Any]
Query = Mapping[str, str]
NOTHING = Page([], None, 0)
IDS_MOST = 200
_PARAMETERS = {"limit", "after", "sort", "q", "fields", "expand", "count"}


@dataclass(frozen=True)
class Reader:
    """The services, and who asks them."""

    services: Services
    caller: Caller

    def may(self, collection: str, verb: str = "read") -> bool:
        """Whether the person has the verb on any record of the collection."""
        resource = self.services.registry.resources.get(collection)
        return resource is not None and self.services.plans.of(self.caller, resource).may(verb)

    async def page(self, collection: str, query: Query) -> Page:
        """A page of the collection; an empty one where nothing of it may be read, or too little
        of it to ask like this."""
        if not self.may(collection) or not self._may_ask(collection, query):
            return NOTHING
        asked = self._sortable(collection, query)
        return await read_list(self.services, self.caller, collection, asked)

    def _sortable(self, collection: str, query: Query) -> Query:
        """Without an order by what the person may not read everywhere."""
        resource = self.services.registry.resources[collection]
        readable = self.services.plans.of(self.caller, resource).open_columns
        if query.get("sort", "").removeprefix("-") in {"", *readable}:
            return query
        return {name: value for name, value in query.items() if name != "sort"}

    def _may_ask(self, collection: str, query: Query) -> bool:
        resource = self.services.registry.resources[collection]
        readable = self.services.plans.of(self.caller, resource).open_columns
        columns = {re.split(r"[\[.]", name)[0] for name in query} - _PARAMETERS
        searched = set(resource.search) if query.get("q") else set()
        return columns | searched <= readable

    async def rows(self, collection: str, query: Query) -> list[Row]:
        """The first page's records."""
        return (await self.page(collection, query)).data

    async def count(self, collection: str, query: Query) -> int:
        """How many records fit."""
        page = await self.page(collection, {**query, "limit": "1", "count": "true", "fields": "id"})
        return page.count or 0

    async def one(self, collection: str, key: UUID | str, expand: str = "") -> Row:
        """The record by id or number; raises NotFound, Forbidden."""
        query = {"expand": expand} if expand else None
        row, _ = await read_one(self.services, self.caller, collection, key, query)
        return row

    async def maybe(self, collection: str, key: Any, expand: str = "") -> Row | None:
        """The record, or None for no key and for what is not there for this person."""
        if not key or not self.may(collection):
            return None
        try:
            return await self.one(collection, key, expand)
        except NotFound:
            return None

    async def by_id(self, collection: str, ids: Iterable[Any]) -> dict[str, Row]:
        """Those of the ids that may be read."""
        wanted = sorted({str(each) for each in ids if each})[:IDS_MOST]
        if not wanted:
            return {}
        rows = await self.rows(collection, {"id[in]": ",".join(wanted), "limit": str(IDS_MOST)})
        return {str(row["id"]): row for row in rows}

    async def reach(self, collection: str, record_id: UUID, verbs: Iterable[str]) -> set[str]:
        """Those of the verbs that the person has on this very record."""
        resource = self.services.registry.resources[collection]
        asked = [verb for verb in verbs if self.may(collection, verb)]

        async def work(connection: Connection, caller: Caller) -> set[str]:
            found = set()
            for verb in asked:
                if await reached(
                    self.services, connection, caller, resource, [record_id], verb=verb
                ):
                    found.add(verb)
            return found

        if not asked:
            return set()
        return await self.services.transact(self.caller, work, read_only=True)

    async def ask(self, action: str, key: Any = None, body: Mapping[str, Any] | None = None) -> Any:
        """What a reading action answers; None where it is not for this person, or not there."""
        if action not in self.services.registry.actions:
            return None
        try:
            outcome = await perform(
                self.services, self.caller, action, record_id=key, body=dict(body or {})
            )
        except (Forbidden, NotFound, Conflict):
            return None
        answer = outcome.body
        return answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer


def joined(values: Iterable[Any]) -> str:
    """Values as an `in` filter takes them."""
    return ",".join(sorted({str(value) for value in values if value}))
