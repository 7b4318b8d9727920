"""An article out of a case: the button on a solved one, and the draft that one goes on writing."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from portals.visits import Visit
from portals.workspace.reader import Reader, Row
from portals.workspace.records.inputs import PLAIN

SOLVED = ("resolved", "closed")
BASES_MOST = 200


async def button_of(reader: Reader, case: Row) -> Row | None:
    """The verb, where the case is solved and nothing has been written from it; it asks for the base
    only where there are several."""
    if case["state"] not in SOLVED or case.get("merged_into_id"):
        return None
    if "draft_article" not in await reader.reach("cases", case["id"], ("draft_article",)):
        return None
    if await reader.count("articles", {"source_case_id": str(case["id"])}):
        return None
    bases = await reader.rows("knowledge_bases", {"active": "true", "limit": str(BASES_MOST)})
    if not bases:
        return None
    choice = PLAIN | {
        "name": "knowledge_base_id", "kind": "pick", "required": True, "of": "",
        "choices": [{"value": str(each["id"]), "label": each["name"]} for each in bases],
    }  # fmt: skip
    return {
        "name": "draft_article", "action": f"/workspace/cases/{case['number']}/article",
        "fields": [choice] if len(bases) > 1 else [], "main": False, "key": None, "values": {},
        "errors": [], "options": {}, "is_open": False,
    }  # fmt: skip


async def begin(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/article`: draft it, and go on writing."""
    number = visit.path["number"]
    try:
        typed = await visit.form()
        base = typed.get("knowledge_base_id") or await _only_base(visit)
        made: Any = await visit.do("cases.draft_article", number, knowledge_base_id=base)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        words = " ".join(str(each["message"]) for each in visit.errors(refused))
        return visit.go(f"/workspace/cases/{number}", notice=words)
    notice = visit.say("A draft. Read it over before you ask somebody to review it.")
    return visit.go(f"/workspace/knowledge/{made['number']}/edit", notice=notice)


async def _only_base(visit: Visit) -> str:
    """The base, where there is one alone."""
    found = await visit.list("knowledge_bases", active="true", limit="2")
    return str(found.data[0]["id"]) if len(found.data) == 1 else ""
