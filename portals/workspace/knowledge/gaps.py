"""What is missing: questions that found nothing, cases that were solved by hand, articles that do
not help. Each line leads to what it counts, and to a draft."""

import asyncio
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from portals.faults import Errors
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of
from portals.workspace.reader import Reader, Row

PATH = "/workspace/knowledge/gaps"
LINES = 30
CASES_SHOWN = 5


async def gaps_page(visit: Visit) -> Response:
    """`GET /workspace/knowledge/gaps`, and `?terms=…` for the searches behind a line."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    if not may_see(reader):
        raise Forbidden("you may not see what is missing")
    terms = visit.word("terms", 400)
    searches, cases, least, behind, bases = await asyncio.gather(
        _told(reader, "knowledge_searches.gaps"),
        _told(reader, "cases.unwritten"),
        _told(reader, "articles.usefulness", order="least"),
        _behind(reader, terms),
        reader.rows("knowledge_bases", {"limit": "200"}),
    )
    return await show(
        visit, "workspace/knowledge_gaps.html", status=status, errors=errors or [], terms=terms,
        searches=searches, cases=await _cases(reader, cases),
        least=[_weight(each) for each in least if each["unhelpful"]], behind=behind,
        bases=[{"value": str(each["id"]), "label": each["name"]} for each in bases],
        can_draft=reader.may("knowledge_searches", "draft"),
        can_draft_case=reader.may("cases", "draft_article"), values={},
    )  # fmt: skip


def may_see(reader: Reader) -> bool:
    """Whether there is anything on the page for this person."""
    return reader.may("knowledge_searches") or reader.may("cases", "unwritten")


async def _told(reader: Reader, action: str, **query: str) -> list[Row]:
    collection, _, verb = action.partition(".")
    granted = "read" if verb == "gaps" else verb
    if not reader.may(collection, granted):
        return []
    told = await reader.ask(action, None, {"limit": LINES, **query})
    return list(told["data"]) if told else []


async def _behind(reader: Reader, terms: str) -> list[Row]:
    if not terms:
        return []
    return await reader.rows("knowledge_searches", {"terms": terms, "limit": "50"})


async def _cases(reader: Reader, groups: list[Row]) -> list[Row]:
    """Each group with its first cases, read in one question for all of them."""
    wanted = [key for group in groups for key in group["case_ids"][:CASES_SHOWN]]
    known = await reader.by_id("cases", wanted)
    told = []
    for group in groups:
        shown = [known[str(k)] for k in group["case_ids"][:CASES_SHOWN] if str(k) in known]
        if shown:
            lines = [{"number": case["number"], "url": address_of(case)} for case in shown]
            told.append(group | {"cases": lines, "more": group["count"] - len(lines)})
    return told


def _weight(each: Row) -> Row:
    return each | {"url": f"/workspace/knowledge/{each['number']}"}


# ── Drafts out of them ───────────────────────────────────────────────────────────────────────


async def draft(visit: Visit) -> Response:
    """`POST /workspace/knowledge/gaps`: begin the article that a question or a case lacks."""
    try:
        typed = await visit.form()
        made: Any = await _begun(visit, typed)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _drawn(
            visit, visit.errors(refused, knowledge_base_id="base_id"), status=refused.status
        )
    notice = visit.say("A draft. Read it over before you ask somebody to review it.")
    return visit.go(f"/workspace/knowledge/{made['number']}/edit", notice=notice)


async def _begun(visit: Visit, typed: dict[str, str]) -> Any:
    base = {"knowledge_base_id": typed.get("base_id", "")}
    if number := typed.get("case"):
        return await visit.do("cases.draft_article", number, **base)
    return await visit.do("knowledge_searches.draft", terms=typed.get("terms", ""), **base)
