"""An article in another language: begun as a copy of the original, beside it."""

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from portals.faults import Errors
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.knowledge.beside import PATH, rendered
from portals.workspace.reader import Row


async def translation(visit: Visit) -> Response:
    """`GET /workspace/knowledge/{number}/translate`."""
    row = await _original(visit)
    return await _drawn(visit, row, {"title": row["title"], "body": row["body"]})


async def begin(visit: Visit) -> Response:
    """`POST /workspace/knowledge/{number}/translate`: a draft of it in another language."""
    row = await _original(visit)
    try:
        typed = await visit.form()
        given = {name: typed.get(name, "").strip() for name in ("language", "title", "body")}
        made = await visit.do("articles.translate", row["id"], **given)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        return await _drawn(visit, row, visit.typed, visit.errors(refused), refused.status)
    return visit.go(f"{PATH}/{made['number']}", notice=visit.say("A draft in another language."))


async def _original(visit: Visit) -> Row:
    """The article; raises Forbidden for who may not translate it, NotFound for a translation."""
    reader = reader_of(visit)
    row = await reader.one("articles", visit.path["number"], "knowledge_base")
    if not await reader.reach("articles", row["id"], ("translate",)):
        raise Forbidden("you may not translate this article")
    if row.get("original_id"):
        raise NotFound("translations are made of the original")
    return row


async def _drawn(
    visit: Visit, row: Row, values: Row, errors: Errors | None = None, status: int = 200
) -> Response:
    reader = reader_of(visit)
    there = await reader.rows("articles", {"original_id": str(row["id"]), "limit": "100"})
    taken = {str(row["language"]), *(str(each["language"]) for each in there)}
    base = row.get("knowledge_base") or {}
    wanted = [str(base.get("language") or ""), *(base.get("fallback_languages") or [])]
    offered = next((each for each in wanted if each and each not in taken), "")
    values = {"language": offered} | values
    return await show(
        visit, "workspace/article_translate.html", status=status, values=values,
        errors=errors or [], taken=sorted(taken), action=f"{PATH}/{row['number']}/translate",
        article={
            "number": row["number"], "title": row["title"], "url": f"{PATH}/{row['number']}",
            "html": rendered(row["body"], row["number"]), "language": row["language"],
        },
    )  # fmt: skip
