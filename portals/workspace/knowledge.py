"""The articles on the desk: found, read, and given to their readers or taken back."""

import asyncio
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from infra.kernel.ids import parse
from infra.kernel.markdown import render
from portals.faults import Errors
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.words import noted
from portals.workspace.article_beside import (
    PATH,
    VERBS,
    WORDED,
    beside,
    compared,
    revised,
    verbs_of,
)
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of
from portals.workspace.knowledge_gaps import may_see
from portals.workspace.reader import IDS_MOST, Reader, Row

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
    return await show(
        visit, "workspace/knowledge.html", q=q, state=state, base=str(base or ""), bases=bases,
        rows=[_line(row, helped.get(str(row["id"]), (0, 0))) for row in page.data],
        pages=pages(visit, page, SIZE, PATH, kept), can_write=reader.may("articles", "create"),
        category=str(category or ""), headings=headings, states=["", *STATES, *QUEUES],
        sees_gaps=may_see(reader),
    )  # fmt: skip


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


async def helped_of(reader: Reader, article_ids: list[Any]) -> dict[str, tuple[int, int]]:
    """How often each helped, and how often not, among the latest opinions."""
    if not article_ids:
        return {}
    query = {
        "article_id[in]": ",".join(str(each) for each in article_ids),
        "fields": "article_id,helpful", "limit": str(IDS_MOST),
    }  # fmt: skip
    told: dict[str, tuple[int, int]] = {}
    for row in await reader.rows("article_feedback", query):
        yes, no = told.get(str(row["article_id"]), (0, 0))
        told[str(row["article_id"])] = (yes + 1, no) if row["helpful"] else (yes, no + 1)
    return told


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


# ── One article ──────────────────────────────────────────────────────────────────────────────


async def article_page(visit: Visit) -> Response:
    """`GET /workspace/knowledge/{number}`, or one of its editions."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    row = await reader.one("articles", visit.path["number"], "knowledge_base,category")
    visit.typed.setdefault("next", f"{PATH}/{row['number']}")
    editions, used, helped, held, more, change = await asyncio.gather(
        reader.rows("article_versions", {"article_id": str(row["id"]), "limit": "20"}),
        _cases_with(reader, row),
        helped_of(reader, [row["id"]]),
        reader.reach("articles", row["id"], ("update", "revise", "comment", *VERBS)),
        beside(reader, row),
        compared(visit, reader, row),
    )
    wanted = visit.word("edition", 6)
    old = next((each for each in editions if str(each["edition"]) == wanted), None)
    shown = old or {"title": row["title"], "body": row["body"], "edition": row["edition"]}
    names = await names_of(
        reader,
        [
            row.get("author_profile_id"), row.get("owner_profile_id"),
            *(e["publisher_profile_id"] for e in editions),
        ],
    )  # fmt: skip
    yes, no = helped.get(str(row["id"]), (0, 0))
    article = {
        "number": row["number"], "title": shown["title"], "html": render(shown["body"]),
        "state": row["state"], "version": shown["edition"],
        "base": (row.get("knowledge_base") or {}).get("name", ""),
        "audience": row.get("audience"), "author": names.get(str(row.get("author_profile_id"))),
        "updated_at": row["updated_at"], "helpful": yes, "unhelpful": no,
        "revised": revised(row), "old": bool(old and old["edition"] != row["edition"]),
        "url": f"{PATH}/{row['number']}", "language": row["language"],
        "category": (row.get("category") or {}).get("name"), "review": row.get("review", "none"),
        "owner": names.get(str(row.get("owner_profile_id"))), "publish_at": row.get("publish_at"),
        "expires_at": row.get("expires_at"), "outdated": row["outdated"],
    }  # fmt: skip
    return await show(
        visit, "workspace/article.html", status=status, article=article, errors=errors or [],
        verbs=verbs_of(row, held, reader.caller.profile_id),
        edit_url=f"{PATH}/{row['number']}/edit" if _may_edit(row, held) else None,
        versions=[_edition(each, shown, row, names) for each in editions], cases=used,
        change=change, can_comment="comment" in held,
        can_restore="revise" in held and row["state"] != "draft", **more,
    )  # fmt: skip


def _may_edit(row: Row, held: set[str]) -> bool:
    return ("update" if row["state"] == "draft" else "revise") in held


def _edition(each: Row, shown: Row, row: Row, names: dict[str, str]) -> Row:
    return {
        "version": each["edition"],
        "url": f"{PATH}/{row['number']}?edition={each['edition']}",
        "compare_url": f"{PATH}/{row['number']}?compare={each['edition']}#change",
        "at": each["published_at"],
        "author": names.get(str(each["publisher_profile_id"])),
        "current": each["edition"] == shown["edition"],
    }


async def _cases_with(reader: Reader, row: Row) -> list[Row]:
    query = {"article_id": str(row["id"]), "expand": "case", "limit": "10"}
    return [
        {"number": case["number"], "url": address_of(case), "subject": case["subject"]}
        for each in await reader.rows("case_articles", query)
        if (case := each.get("case"))
    ]


async def deed(visit: Visit) -> Response:
    """`POST /workspace/knowledge/{number}/do/{verb}`."""
    number, name = visit.path["number"], visit.path["verb"]
    if name not in {*VERBS, "comment", "restore"}:
        raise NotFound("there is no such verb")
    try:
        await visit.do(f"articles.{name}", number, **_body(name, await visit.form()))
    except (Conflict, Invalid) as refused:
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    return visit.go(f"{PATH}/{number}", notice=visit.say(_SAID.get(name, "Done")))


def _body(name: str, typed: dict[str, str]) -> dict[str, Any]:
    if name == "comment":
        return {"body": typed.get("body", "").strip()}
    if name == "restore":
        edition = typed.get("edition", "")
        return {"edition": int(edition) if edition.isdigit() else edition}
    message = typed.get("message", "").strip()
    return {"message": message} if name in WORDED and (message or WORDED[name]) else {}


_SAID = {
    "publish": noted("Readers have it now"),
    "retire": noted("Taken from readers"),
    "request_review": noted("Somebody will look over it"),
    "approve": noted("Approved, word for word"),
    "request_changes": noted("Sent back to its author"),
    "restore": noted("The old text waits to be published again"),
}
