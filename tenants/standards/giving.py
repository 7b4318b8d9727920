"""What every tenant starts with, given to new ones whole and to those that are there as it grows.

A domain's `founding` lays its records one after the other. Each is known by the key that it has in
a configuration, and remembered for good: what an admin has changed, renamed or taken away since is
left as it is.
"""

import json
from typing import Any

from infra.kernel.context import Context
from infra.kernel.model import Record
from infra.kernel.resource import Resource
from tenants.configuration.snapshot import plain
from tenants.standards import queries


class Standards:
    """Lays standard records for one tenant; those of a new one need not be looked for."""

    def __init__(self, ctx: Context, given: queries.Given, *, is_new: bool) -> None:
        self._ctx = ctx
        self._given = given
        self._is_new = is_new
        self._news: queries.Given = {}

    async def lay(self, row: Record) -> Any:
        """Store the record if nothing with its key was ever here. Answers the one that stands,
        None where it was taken away."""
        resource = self._ctx.services.registry.resource_of(type(row))
        if resource is None or resource.configured is None:
            raise ValueError(f"{type(row).__name__} is no configuration")
        key = {column: plain(getattr(row, column)) for column in resource.configured.key}
        name = (resource.name, json.dumps(key, sort_keys=True, ensure_ascii=False))
        if not self._is_new:
            known = self._given.get(name) or await self._known(resource, row, key)
            if known is not None:
                self._note(name, known)
                return await self._ctx.find(resource, known)
        await self._ctx.save(row)
        self._note(name, row.id)
        return row

    async def _known(self, resource: Resource, row: Record, key: dict[str, Any]) -> Any:
        """The id of a record that has the key, or had it once."""
        same = {column: getattr(row, column) for column in key}
        found = await self._ctx.every(resource).filter(**same).first()
        return found.id if found else await queries.once_named(self._ctx, resource.name, key)

    def _note(self, name: tuple[str, str], record_id: Any) -> None:
        if name not in self._given:
            self._given[name] = self._news[name] = record_id

    async def finish(self) -> int:
        """Remember what was given; answers how many records are known now that were not."""
        if self._news:
            await self._ctx.flush()
            await queries.remember(self._ctx, self._news)
        return len(self._news)


async def give_all(ctx: Context, *, is_new: bool = False) -> int:
    """Lay what every domain has for a tenant to start with; answers how much of it was new."""
    if not is_new:
        await queries.hold_back(ctx)
    standards = Standards(ctx, {} if is_new else await queries.given(ctx), is_new=is_new)
    for domain in ctx.services.registry.domains:
        for begin in domain.founding:
            await begin(ctx, standards.lay)
    return await standards.finish()
