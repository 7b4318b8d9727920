"""The articles on the desk, found by base, category, state and words."""

import asyncio

from starlette.responses import Response

from ai.lookups import looked_for
from infra.kernel.errors import Forbidden
from infra.kernel.ids import parse
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.knowledge import folders, gaps
from portals.workspace.knowledge.beside import PATH
from portals.workspace.knowledge.helped import helped_of
from portals.workspace.reader import Reader, Row
from tenants.signin.requests import address_of

SIZE = 50
STATES = ("draft", "published", "retired")
QUEUES = {"review": {"review": "requested"}, "outdated": {"outdated": "true"}}
"""What waits for somebody, as further choices beside the states."""
CATEGORIES_MOST = 200


async def article_list(visit: Visit) -> Response:
    """`GET /workspace/knowledge?base=…&category=…&state=…&q=…`."""
    reader = reader_of(visit)
    if not reader.may("articles"):
        raise Forbidden("you may not read articles")
    state = visit.word("state", 20)
    state = state if state in STATES or state in QUEUES else ""
    base, category = parse(visit.word("base", 40)), parse(visit.word("category", 40))
    q = visit.word("q")
    asked = {"knowledge_base_id": str(base or ""), "category_id": str(category or ""), "q": q}
    asked |= QUEUES.get(state, {"state": state})
    query = {name: value for name, value in asked.items() if value}
    extra = {"expand": "knowledge_base", "limit": str(SIZE), "count": "true"}
    page, bases, headings = await asyncio.gather(
        reader.page("articles", query | extra | cursor(visit)), bases_of(reader),
        headings_of(reader, str(base or "")),
    )  # fmt: skip
    helped = await helped_of(reader, [row["id"] for row in page.data])
    kept = {"base": str(base or ""), "category": str(category or ""), "state": state, "q": q}
    response = await show(
        visit, "workspace/knowledge.html", q=q, state=state, base=str(base or ""), bases=bases,
        rows=[_line(row, helped.get(str(row["id"]), (0, 0))) for row in page.data],
        pages=pages(visit, page, SIZE, PATH, kept), can_write=reader.may("articles", "create"),
        category=str(category or ""), headings=headings, states=["", *STATES, *QUEUES],
        sees_gaps=gaps.may_see(reader),
        moves_folders=folders.may_see(reader),
    )  # fmt: skip
    if not state and not category and "after" not in visit.query:
        response.background = looked_for(
            visit.services, visit.caller, "workspace", q, page.count or 0, address_of(visit.request)
        )
    return response


async def headings_of(reader: Reader, base_id: str) -> list[Row]:
    """The categories of a base in their order, each named with those above it."""
    if not base_id:
        return []
    query = {
        "knowledge_base_id": base_id, "limit": str(CATEGORIES_MOST), "sort": "position",
    }  # fmt: skip
    rows = {str(row["id"]): row for row in await reader.rows("article_categories", query)}

    def line(row: Row, depth: int = 0) -> str:
        above = rows.get(str(row["parent_id"])) if depth < len(rows) else None
        return f"{line(above, depth + 1)} / {row['name']}" if above else str(row["name"])

    named = [{"value": key, "label": line(row)} for key, row in rows.items()]
    return sorted(named, key=lambda each: each["label"].casefold())


async def bases_of(reader: Reader) -> list[Row]:
    """The shelves, with how many articles lie on each."""
    found = await reader.rows("knowledge_bases", {"limit": "20"})
    counts = await asyncio.gather(
        *(reader.count("articles", {"knowledge_base_id": str(row["id"])}) for row in found)
    )
    return [
        {"id": str(row["id"]), "name": row["name"], "count": count}
        for row, count in zip(found, counts, strict=True)
    ]


def _line(row: Row, helped: tuple[int, int]) -> Row:
    return {
        "number": row["number"],
        "title": row.get("draft_title") or row["title"],
        "url": f"{PATH}/{row['number']}",
        "base": (row.get("knowledge_base") or {}).get("name", ""),
        "audience": row.get("audience"),
        "state": "in_review" if row.get("review") == "requested" else row["state"],
        "helpful": helped[0],
        "unhelpful": helped[1],
        "updated_at": row["updated_at"],
    }
