"""Reads: one record, a page of a collection, and which of some records a caller may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.kernel.access import Caller, Plan
from infra.kernel.custom import asking
from infra.kernel.custom.customs import Customization
from infra.kernel.custom.fields import NO_FIELDS
from infra.kernel.database import Connection
from infra.kernel.errors import Forbidden, NotFound, NotInUse
from infra.kernel.ids import parse
from infra.kernel.query import Query, read_query, read_representation, write_cursor
from infra.kernel.representation import Shown, reader_of
from infra.kernel.resource import CUSTOM, Resource
from infra.kernel.services import CallerChanged, Services
from infra.kernel.wording import with_words


@dataclass(frozen=True)
class Page:
    """One page; `next` is the cursor of the following one, or None at the end."""

    data: list[Shown]
    next: str | None
    count: int | None = None

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"data": self.data, "next": self.next}
        return told if self.count is None else told | {"count": self.count}


def resource_named(services: Services, name: str) -> Resource:
    """The resource; raises NotFound."""
    resource = services.registry.resources.get(name)
    if resource is None:
        raise NotFound(f"there is no collection {name!r}")
    return resource


def require_in_use(plan: Plan) -> None:
    """Raises NotInUse for what belongs to no business model that the tenant works by."""
    if not plan.in_use:
        models = ", ".join(plan.resource.models)
        raise NotInUse(f"{plan.resource.name.replace('_', ' ')} belong to: {models}")


def readable(services: Services, caller: Caller, resource: Resource) -> Plan:
    """The caller's plan; raises Forbidden where it may read nothing of the resource at all."""
    plan = services.plans.of(caller, resource)
    require_in_use(plan)
    if not plan.may("read"):
        raise Forbidden(f"you may not read {resource.name.replace('_', ' ')}")
    return plan


async def read_list(
    services: Services,
    caller: Caller,
    name: str,
    query: Query,
    *,
    raw: bool = False,
    locale: str = "",
) -> Page:
    """A page of a collection, in the words of a language that is by default the caller's. Raises
    BadRequest naming every fault of the query, Forbidden."""
    resource = resource_named(services, name)
    plan = readable(services, caller, resource)
    custom = None
    if resource.is_customizable and asking.mentions(query):
        custom = await customization(services, caller)
    asked = read_query(plan, query, custom.fields_of(name) if custom else NO_FIELDS)
    shown = asked.fields or (plan.view.read if plan.view else ())
    spoken = locale or caller.locale
    needed = _with_references(plan, shown, asked.expand)

    async def work(connection: Connection, caller: Caller) -> Page:
        require_plan(services, caller, plan)
        if custom and await services.customs.of(connection, caller) is not custom:
            raise CallerChanged(caller)
        statement = services.lists.page(plan, asked, needed, raw=raw)
        rows = await connection.fetch(
            statement.text, *services.lists.values(statement, caller, asked)
        )
        count = None
        if asked.count:
            counting = services.lists.count(plan, asked)
            values = services.lists.values(counting, caller, asked)
            count = await connection.fetchval(counting.text, *values)
        kept = rows[: asked.limit]
        keys = await custom_keys(services, connection, caller, resource, kept)
        read = reader_of(plan, shown, raw=raw, custom=keys, locale=spoken)
        data = [read(row) for row in kept]
        await expand(
            services, connection, caller, resource, asked.expand, kept, data, raw=raw, locale=spoken
        )
        cursor = None
        if len(rows) > asked.limit:
            cursor = write_cursor(resource, asked.sort, [kept[-1][k.column] for k in asked.sort])
        return Page(data, cursor, count)

    try:
        return await services.transact(caller, work, read_only=True)
    except CallerChanged as changed:
        return await read_list(services, changed.caller, name, query, raw=raw, locale=locale)


async def customization(services: Services, caller: Caller) -> Customization:
    """The fields and lists that the caller's tenant added, before a transaction of the caller."""
    known = services.customs.at(caller)
    if known is not None:
        return known

    async def load(connection: Connection, caller: Caller) -> Customization:
        return await services.customs.of(connection, caller)

    return await services.transact(caller, load, read_only=True)


async def custom_keys(
    services: Services,
    connection: Connection,
    caller: Caller,
    resource: Resource,
    rows: Sequence[Mapping[str, Any]],
) -> tuple[str, ...]:
    """The tenant's own fields that the caller may see, asked only where a row has any."""
    if not resource.is_customizable or not any(row.get(CUSTOM, "{}") != "{}" for row in rows):
        return ()
    known = await services.customs.of(connection, caller)
    return known.fields_of(resource.name).readable(caller.audience)


def require_plan(services: Services, caller: Caller, plan: Plan) -> None:
    """Raise CallerChanged where the proven caller has another plan than the remembered one had:
    a role that was taken must not read on by what was compiled for it."""
    if services.plans.of(caller, plan.resource) is not plan:
        raise CallerChanged(caller)


def _with_references(plan: Plan, shown: Sequence[str], expanded: Sequence[str]) -> tuple[str, ...]:
    columns = [plan.resource.relations[name].column for name in expanded]
    return with_words(plan.resource, plan.audience, (*shown, *columns))


async def expand(
    services: Services,
    connection: Connection,
    caller: Caller,
    resource: Resource,
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    data: Sequence[Shown],
    *,
    raw: bool,
    locale: str = "",
) -> None:
    """Embed related records, as far as the caller may read them; null where he may not."""
    for name in names:
        relation = resource.relations[name]
        target = services.registry.resources[relation.resource]
        ids = list({row[relation.column] for row in rows if row[relation.column] is not None})
        found = await read_many(services, connection, caller, target, ids, raw=raw, locale=locale)
        for row, told in zip(rows, data, strict=True):
            told[name] = found.get(row[relation.column])


async def read_many(
    services: Services,
    connection: Connection,
    caller: Caller,
    resource: Resource,
    ids: Sequence[UUID],
    *,
    raw: bool,
    locale: str = "",
) -> dict[UUID, Shown]:
    """Those of the ids that the caller may read, by id."""
    plan = services.plans.of(caller, resource)
    if not ids or not plan.may("read") or plan.view is None:
        return {}
    needed = with_words(resource, plan.audience, plan.view.read)
    statement = services.lists.many(plan, needed, raw=raw)
    slots = {"tenant_id": caller.tenant_id, "ids": list(ids)}
    rows = await connection.fetch(statement.text, *statement.values(caller.attributes, slots))
    keys = await custom_keys(services, connection, caller, resource, rows)
    read = reader_of(plan, plan.view.read, raw=raw, custom=keys, locale=locale or caller.locale)
    return {row["id"]: read(row) for row in rows}


async def read_one(
    services: Services,
    caller: Caller,
    name: str,
    key: UUID | str,
    query: Query | None = None,
    *,
    raw: bool = False,
    locale: str = "",
) -> tuple[Shown, int]:
    """The record by id or number, and its version. Raises NotFound, Forbidden, BadRequest."""
    resource = resource_named(services, name)
    plan = readable(services, caller, resource)
    fields, expanded = read_representation(plan, query or {})
    shown = fields or (plan.view.read if plan.view else ())
    by, value = key_of(resource, key)
    spoken = locale or caller.locale
    stamp = ("version",) if "version" in resource.columns else ()
    needed = tuple(dict.fromkeys((*_with_references(plan, shown, expanded), *stamp)))
    statement = services.lists.one(plan, "read", needed, by, lock=False, raw=raw)

    async def work(connection: Connection, caller: Caller) -> tuple[Shown, int]:
        require_plan(services, caller, plan)
        slots = {"tenant_id": caller.tenant_id, "key": value}
        row = await connection.fetchrow(statement.text, *statement.values(caller.attributes, slots))
        if row is None:
            raise NotFound(f"no such {resource.title}")
        keys = await custom_keys(services, connection, caller, resource, [row])
        told = reader_of(plan, shown, raw=raw, custom=keys, locale=spoken)(row)
        await expand(
            services, connection, caller, resource, expanded, [row], [told], raw=raw, locale=spoken
        )
        return told, row["version"] if stamp else 1

    try:
        return await services.transact(caller, work, read_only=True)
    except CallerChanged as changed:
        return await read_one(services, changed.caller, name, key, query, raw=raw, locale=locale)


def key_of(resource: Resource, key: UUID | str) -> tuple[str, Any]:
    """The column and the value that a path segment names; raises NotFound for neither form."""
    found = key if isinstance(key, UUID) else parse(key)
    if found is not None:
        return "id", found
    text = str(key)
    if resource.number and len(text) <= 40 and text.isascii() and text.isalnum():
        return "number", text.upper()
    raise NotFound(f"no such {resource.title}")


async def visible(
    services: Services, caller: Caller, kind: str, ids: Iterable[UUID], *, verb: str = "read"
) -> set[UUID]:
    """Those of the ids on which the caller has the verb; none for an unknown kind."""
    wanted = list(ids)
    resource = services.registry.resources.get(kind)
    if resource is None or not wanted or not services.plans.of(caller, resource).may(verb):
        return set()

    async def work(connection: Connection, caller: Caller) -> set[UUID]:
        return await reached(services, connection, caller, resource, wanted, verb=verb)

    return await services.transact(caller, work, read_only=True)


async def reached(
    services: Services,
    connection: Connection,
    caller: Caller,
    resource: Resource,
    ids: Sequence[UUID],
    *,
    verb: str = "read",
) -> set[UUID]:
    """`visible` inside a transaction that is open already."""
    plan = services.plans.of(caller, resource)
    statement = services.lists.reached(plan, verb)
    slots = {"tenant_id": caller.tenant_id, "ids": list(ids)}
    rows = await connection.fetch(statement.text, *statement.values(caller.attributes, slots))
    return {row["id"] for row in rows}
