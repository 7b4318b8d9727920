"""The articles on the desk: found, read, and given to their readers or taken back."""

import asyncio
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Forbidden, NotFound
from infra.kernel.ids import parse
from infra.kernel.markdown import render
from portals.faults import Errors
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of
from portals.workspace.reader import IDS_MOST, Reader, Row

PATH = "/workspace/knowledge"
SIZE = 50
STATES = ("draft", "published", "retired")
VERBS = ("publish", "retire")


async def article_list(visit: Visit) -> Response:
    """`GET /workspace/knowledge?base=…&state=…&q=…`."""
    reader = reader_of(visit)
    if not reader.may("articles"):
        raise Forbidden("you may not read articles")
    state = visit.word("state", 20)
    state = state if state in STATES else ""
    base = parse(visit.word("base", 40))
    q = visit.word("q")
    asked = {"state": state, "knowledge_base_id": str(base or ""), "q": q}
    query = {name: value for name, value in asked.items() if value}
    extra = {"expand": "knowledge_base", "limit": str(SIZE), "count": "true"}
    page, bases = await asyncio.gather(
        reader.page("articles", query | extra | cursor(visit)), bases_of(reader)
    )
    helped = await helped_of(reader, [row["id"] for row in page.data])
    kept = {"base": str(base or ""), "state": state, "q": q}
    return await show(
        visit, "workspace/knowledge.html", q=q, state=state, base=str(base or ""), bases=bases,
        rows=[_line(row, helped.get(str(row["id"]), (0, 0))) for row in page.data],
        pages=pages(visit, page, SIZE, PATH, kept), can_write=reader.may("articles", "create"),
    )  # fmt: skip


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
        "state": row["state"],
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
    row = await reader.one("articles", visit.path["number"], "knowledge_base")
    visit.typed.setdefault("next", f"{PATH}/{row['number']}")
    editions, used, helped, held = await asyncio.gather(
        reader.rows("article_versions", {"article_id": str(row["id"]), "limit": "20"}),
        _cases_with(reader, row),
        helped_of(reader, [row["id"]]),
        reader.reach("articles", row["id"], ("update", "revise", *VERBS)),
    )
    wanted = visit.word("edition", 6)
    old = next((each for each in editions if str(each["edition"]) == wanted), None)
    shown = old or {"title": row["title"], "body": row["body"], "edition": row["edition"]}
    names = await names_of(
        reader, [row.get("author_profile_id"), *(e["publisher_profile_id"] for e in editions)]
    )
    yes, no = helped.get(str(row["id"]), (0, 0))
    article = {
        "number": row["number"], "title": shown["title"], "html": render(shown["body"]),
        "state": row["state"], "version": shown["edition"],
        "base": (row.get("knowledge_base") or {}).get("name", ""),
        "audience": row.get("audience"), "author": names.get(str(row.get("author_profile_id"))),
        "updated_at": row["updated_at"], "helpful": yes, "unhelpful": no,
        "revised": revised(row), "old": bool(old and old["edition"] != row["edition"]),
        "url": f"{PATH}/{row['number']}",
    }  # fmt: skip
    return await show(
        visit, "workspace/article.html", status=status, article=article, errors=errors or [],
        verbs=_verbs(row, held), edit_url=f"{PATH}/{row['number']}/edit" if _may_edit(row, held)
        else None, versions=[_edition(each, shown, row, names) for each in editions], cases=used,
    )  # fmt: skip


def revised(row: Row) -> bool:
    """Whether a text waits that readers do not see yet."""
    return bool(row.get("draft_title") or row.get("draft_body"))


def _verbs(row: Row, held: set[str]) -> list[Row]:
    publishable = row["state"] != "published" or revised(row)
    offered = {"publish": publishable, "retire": row["state"] == "published"}
    return [
        {"name": name, "action": f"{PATH}/{row['number']}/do/{name}", "fields": [],
         "main": name == "publish", "key": None}
        for name in VERBS
        if name in held and offered[name]
    ]  # fmt: skip


def _may_edit(row: Row, held: set[str]) -> bool:
    return ("update" if row["state"] == "draft" else "revise") in held


def _edition(each: Row, shown: Row, row: Row, names: dict[str, str]) -> Row:
    return {
        "version": each["edition"],
        "url": f"{PATH}/{row['number']}?edition={each['edition']}",
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
    """`POST /workspace/knowledge/{number}/do/{publish|retire}`."""
    number, name = visit.path["number"], visit.path["verb"]
    if name not in VERBS:
        raise NotFound("there is no such verb")
    try:
        await visit.form()
        await visit.do(f"articles.{name}", number)
    except Conflict as refused:
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    said = {"publish": visit.say("Readers have it now"), "retire": visit.say("Taken from readers")}
    return visit.go(f"{PATH}/{number}", notice=said[name])
