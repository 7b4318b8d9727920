"""One article on the desk, or one of its editions, with all that stands beside it."""

import asyncio

from starlette.responses import Response

from ai.lookups import was_opened
from portals.faults import Errors
from portals.visits import Visit
from portals.words import noted
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of
from portals.workspace.knowledge.beside import (
    PATH,
    VERBS,
    beside,
    compared,
    rendered,
    revised,
    verbs_of,
    zone_of,
)
from portals.workspace.knowledge.helped import helped_of
from portals.workspace.reader import Reader, Row
from tenants.signin.requests import address_of as origin_of


async def article_page(visit: Visit) -> Response:
    """`GET /workspace/knowledge/{number}`, or one of its editions."""
    return await drawn(visit)


async def drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    """The page as it stands, or again with what was refused of a verb."""
    reader = reader_of(visit)
    row = await reader.one("articles", visit.path["number"], "knowledge_base,category")
    visit.typed.setdefault("next", f"{PATH}/{row['number']}")
    editions, used, helped, held, more, change, weights = await asyncio.gather(
        reader.rows("article_versions", {"article_id": str(row["id"]), "limit": "20"}),
        _cases_with(reader, row),
        helped_of(reader, [row["id"]]),
        reader.reach("articles", row["id"], ("update", "revise", "comment", "translate", *VERBS)),
        beside(reader, row),
        compared(visit, reader, row),
        reader.ask("articles.by_edition", row["id"]),
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
        "number": row["number"], "title": shown["title"],
        "html": rendered(shown["body"], row["number"]),
        "state": row["state"], "version": shown["edition"],
        "base": (row.get("knowledge_base") or {}).get("name", ""),
        "audience": row.get("audience"), "author": names.get(str(row.get("author_profile_id"))),
        "updated_at": row["updated_at"], "helpful": yes, "unhelpful": no,
        "revised": revised(row), "old": bool(old and old["edition"] != row["edition"]),
        "url": f"{PATH}/{row['number']}", "language": row["language"],
        "category": (row.get("category") or {}).get("name"), "review": row.get("review", "none"),
        "owner": names.get(str(row.get("owner_profile_id"))), "publish_at": row.get("publish_at"),
        "expires_at": row.get("expires_at"), "outdated": row["outdated"], "zone": zone_of(visit),
    }  # fmt: skip
    response = await show(
        visit, "workspace/article.html", status=status, article=article, errors=errors or [],
        verbs=verbs_of(
            row, held, reader.caller.profile_id,
            visit.say(noted("Your time, in %(zone)s")) % {"zone": zone_of(visit)},
        ),
        edit_url=f"{PATH}/{row['number']}/edit" if _may_edit(row, held) else None,
        versions=[_edition(each, shown, row, names) for each in editions], cases=used,
        translate_url=f"{PATH}/{row['number']}/translate"
        if "translate" in held and not row.get("original_id")
        else None,
        change=change, weights=weights["data"] if weights else [], can_comment="comment" in held,
        can_restore="revise" in held and row["state"] != "draft", **more,
    )  # fmt: skip
    if visit.request.method == "GET" and not article["old"] and change is None:
        response.background = was_opened(
            visit.services, visit.caller, row["id"], origin_of(visit.request)
        )
    return response


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
