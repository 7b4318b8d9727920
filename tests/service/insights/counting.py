"""What tests of the figures share: asking, and counting anew from the cases themselves."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from backend.service.insights import counting_queries as queries
from backend.service.insights.counting import MARKS_MOST
from backend.service.insights.figures import Figures
from tests.world import Actor, Tenant

PAGE = 3
"""So few cases at a time that a count of a handful has pages."""


async def ask(actor: Actor, **question: Any) -> Figures:
    found: Figures = await actor.do("insights.figures", **question)
    return found


def said(figures: Figures) -> dict[str, Any]:
    """Measure → value."""
    return {each.name: each.value for each in figures.measures}


def rows(figures: Figures) -> dict[str | None, dict[str, Any]]:
    """Value of the division → measure → value."""
    return {row.value: {m.name: m.value for m in row.measures} for row in figures.rows}


async def fold(tenant: Tenant) -> None:
    """Take every mark."""
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        assert await queries.hold_head(ctx)
        while await queries.fold(ctx, MARKS_MOST):
            pass


async def recounted(tenant: Tenant, zone: str = "UTC") -> None:
    """Count everything from nothing."""
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        assert await queries.hold_head(ctx)
        for table in ("case_counts", "case_figures", "case_marks"):
            await ctx.execute(f"DELETE FROM {table} WHERE tenant_id = $1", tenant.id)
        await queries.begin_count(ctx, zone)
        after = queries.NIL
        while await queries.count_page(ctx, after, PAGE):
            after = (await queries.hold_head(ctx))["counting_after"]


async def execute(tenant: Tenant, sql: str, *values: Any) -> None:
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        await ctx.execute(sql, tenant.id, *values)


async def wrong(tenant: Tenant) -> list[Any]:
    """Sums that are not what cases add up to."""
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        return [dict(row) for row in await queries.wrong_sums(ctx)]


async def count_behind(actor: Actor, link: str) -> int | None:
    """How many records the list has that a number leads to."""
    parts = urlsplit(link)
    collection = parts.path.removeprefix("/api/v1/")
    query: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if collection == "insights/behind":
        if "priority" in query:
            query["priority"] = int(query["priority"])
        found = await actor.do("insights.behind", **query, limit=200)
        assert len(found.data) == found.count
        return int(found.count)
    page = await actor.page(collection, **query, count="true", limit="1")
    return page.count
