"""Marking a case as a duplicate: the cases that it may repeat, and a search for any other."""

import asyncio

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals.faults import Errors
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import address_of
from portals.workspace.reader import Reader, Row

_MOST = 10
_SAME = ("sold_product_id", "contact_id", "consumer_id", "account_id", "product_model_id")


async def duplicate_page(visit: Visit) -> Response:
    """`GET /workspace/cases/{number}/duplicate?q=…`."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    case = await reader.one("cases", visit.path["number"])
    told = await reader.ask("cases.verbs", case["id"]) or {"verbs": []}
    if "mark_duplicate" not in told["verbs"] and not errors:
        raise NotFound("there is no such page")
    words = visit.word("q")
    rows = await (found(reader, case, words) if words else likely(reader, case))
    return await show(
        visit, "workspace/case_duplicate.html", status=status, errors=errors or [], q=words,
        case={"number": case["number"], "url": address_of(case), "subject": case["subject"]},
        rows=[
            {"id": str(row["id"]), "number": row["number"], "url": address_of(row),
             "subject": row["subject"], "state": row["state"], "created_at": row["created_at"]}
            for row in rows
        ],
    )  # fmt: skip


async def likely(reader: Reader, case: Row) -> list[Row]:
    """What it may repeat: what reads alike, and what is the same customer's or of the same
    product; the nearest first."""
    alike, *same = await asyncio.gather(
        reader.ask("cases.recommendations", case["id"]),
        *(reader.rows("cases", {column: str(case[column]), "limit": str(_MOST)})
          for column in _SAME if case.get(column)),
    )  # fmt: skip
    near = [each["record_id"] for each in (alike or {}).get("data", ()) if each["kind"] == "cases"]
    by_id = await reader.by_id("cases", near)
    rows = [*(row for rows in same for row in rows), *by_id.values()]
    return _distinct(case, sorted(rows, key=lambda row: _nearness(case, row)))


def _nearness(case: Row, row: Row) -> tuple[int, int]:
    shared = sum(1 for column in _SAME if case.get(column) and case[column] == row.get(column))
    mine, theirs = (set(str(each["subject"]).casefold().split()) for each in (case, row))
    return -len(mine & theirs), -shared


async def found(reader: Reader, case: Row, words: str) -> list[Row]:
    """Any case that has these words or this number."""
    return _distinct(case, await reader.rows("cases", {"q": words, "limit": str(_MOST + 1)}))


def _distinct(case: Row, rows: list[Row]) -> list[Row]:
    """Each once, without the case itself and what is no original any more."""
    fitting = {
        row["id"]: row
        for row in rows
        if row["id"] != case["id"]
        and not row.get("duplicate_of_id")
        and not row.get("merged_into_id")
        and row["state"] != "draft"
    }
    return list(fitting.values())[:_MOST]


async def mark(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/duplicate`: the chosen case answers this one."""
    number = visit.path["number"]
    try:
        typed = await visit.form()
        if not typed.get("of"):
            words = visit.say("Choose a case first")
            return visit.go(f"/workspace/cases/{number}/duplicate", notice=words)
        await visit.do("cases.mark_duplicate", number, of=typed["of"])
    except NotFound:
        raise
    except Problem as refused:
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    undo = {"action": f"/workspace/cases/{number}/do/unmark_duplicate", "fields": {}}
    words = visit.say("It is solved as a duplicate.")
    return visit.go(f"/workspace/cases/{number}", notice=words, undo=undo)
