"""Merging cases of one customer on the desk: which ones, and what would move."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from infra.kernel.ids import parse
from portals.faults import Errors
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.inbox import OPEN, address_of
from portals.workspace.reader import Reader, Row

_MOST = 20
_CUSTOMER = ("contact_id", "consumer_id", "account_id")


async def merge_page(visit: Visit) -> Response:
    """`GET /workspace/cases/{number}/merge`."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    case = await reader.one("cases", visit.path["number"])
    if not await reader.reach("cases", case["id"], ["merge"]):
        raise NotFound("there is no such page")
    rows = await others_of(reader, case)
    return await show(
        visit, "workspace/case_merge.html", status=status, errors=errors or [],
        case={"number": case["number"], "url": address_of(case), "subject": case["subject"]},
        rows=[
            {
                "id": str(row["id"]),
                "number": row["number"],
                "url": address_of(row),
                "subject": row["subject"],
                "state": row["state"],
                "created_at": row["created_at"],
            }
            for row in rows
        ],
    )  # fmt: skip


async def others_of(reader: Reader, case: Row) -> list[Row]:
    """What else the same person has open with us, the newest first."""
    column = next((name for name in _CUSTOMER if case.get(name)), None)
    if column is None:
        return []
    query = {
        column: str(case[column]), "state[in]": ",".join(OPEN), "sort": "-opened_at",
        "limit": str(_MOST + 1),
    }  # fmt: skip
    rows = await reader.rows("cases", query)
    same = [row for row in rows if all(row.get(name) == case.get(name) for name in _CUSTOMER)]
    return [row for row in same if row["id"] != case["id"]][:_MOST]


async def merge(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/merge`: makes the chosen cases part of this one."""
    number = visit.path["number"]
    try:
        await visit.form()
        chosen = (await visit.request.form()).getlist("case")
        ids = [str(key) for each in chosen if isinstance(each, str) and (key := parse(each))]
        if not ids:
            return visit.go(
                f"/workspace/cases/{number}/merge", notice=visit.say("Choose cases first")
            )
        await visit.do("cases.merge", number, **{"from": ids[:_MOST]})
    except NotFound:
        raise
    except Problem as refused:
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    undo: dict[str, Any] = {"action": f"/workspace/cases/{ids[0]}/do/unmerge", "fields": {}}
    return visit.go(
        f"/workspace/cases/{number}", notice=visit.say("They are one case now."), undo=undo
    )
