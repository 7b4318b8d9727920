"""The managers' page: numbers beside those of before, their lines, and a division to go into."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from infra.kernel.errors import BadRequest, Invalid
from portals.paging import cursor, pages
from portals.visits import Visit
from portals.workspace.case_list import rows_of
from portals.workspace.desk import reader_of, show
from portals.workspace.insights import drawing, narrowing
from portals.workspace.insights.question import (
    ASKED,
    PATH,
    activity_address,
    address,
    question_of,
    typed,
)
from portals.workspace.insights.words import BYS, COLUMNS, MEASURES
from portals.workspace.reader import Reader, Row

SIZE = 50


async def insights_page(visit: Visit) -> Response:
    """`GET /workspace/insights` with the question of the API in the address."""
    return await show(visit, "workspace/insights.html", **await context_of(visit))


async def insights_figures(visit: Visit) -> Response:
    """The figures alone, drawn anew when cases move."""
    return await visit.fragment("workspace/_insights.html", **await context_of(visit))


async def insights_cases(visit: Visit) -> Response:
    """The cases behind a number: its link, opened as a page."""
    reader = reader_of(visit)
    asked = {k: v for k, v in parse_qsl(visit.word("list", 2_000)) if k not in {"limit", "after"}}
    query = asked | {"expand": "account,contact,consumer,product_model,sold_product",
                     "limit": str(SIZE), "count": "true"}  # fmt: skip
    found = await reader.page("cases", query | cursor(visit))
    back = {"list": visit.word("list", 2_000), "back": visit.word("back", 600)}
    return await show(
        visit, "workspace/insights_cases.html", count=found.count,
        rows=await rows_of(reader, found.data, visit.say),
        pages=pages(visit, found, SIZE, f"{PATH}/cases", back),
        back_url=f"{PATH}?{visit.word('back', 600)}",
    )  # fmt: skip


async def keep(visit: Visit) -> Response:
    """Keep the question of the page under a name, for oneself or for all who read figures."""
    form = await visit.form()
    asked = {k: v for k, v in parse_qsl(form.get("query", "")[:2_000]) if k in ASKED}
    await visit.do(
        "insights.create", name=form.get("name", ""), question=typed(asked),
        shared=form.get("shared") == "on",
    )  # fmt: skip
    return visit.go(address(asked), notice=visit.say("The view is kept."))


async def context_of(visit: Visit) -> dict[str, Any]:
    """All that the page shows of its question; a bad one is said, and the usual one shown."""
    asked, faults = question_of(visit), []
    try:
        figures = await visit.ask("insights.figures", **typed(asked))
    except (BadRequest, Invalid) as refused:
        faults, asked = visit.errors(refused), {}
        figures = await visit.ask("insights.figures")
    reader, divided = reader_of(visit), BYS[figures["by"]]
    names, groups, types, kept = await asyncio.gather(
        narrowing.names_asked(reader, asked),
        reader.rows("groups", {"limit": "200", "sort": "name"}),
        reader.rows("case_types", {"limit": "200", "sort": "name"}),
        reader.rows("insights", {"limit": "50", "sort": "name"}),
    )
    return {
        "asked": asked, "errors": faults, "figures": figures,
        "chips": [narrowing.chip(visit, asked, name, names) for name in BYS if name in asked
                  and name != "group"],
        "selects": narrowing.selects(visit, types),
        "hidden": [name for name in asked if name in narrowing.NAMED],
        "groups": [{"value": str(g["id"]), "label": g["name"]} for g in groups],
        "spans": narrowing.spans(visit, asked),
        "bys": [{"value": v, "label": visit.say(w)} for v, w in BYS.items()],
        "by_name": visit.say(divided),
        "tiles": drawing.tiles(visit, figures, asked), "volume": drawing.volume(visit, figures),
        "backlog": drawing.backlog(visit, figures), "promises": drawing.promises(visit, figures),
        "days": drawing.labels(visit, figures), "ages": drawing.ages(visit, figures, asked),
        "columns": [{"name": n, "label": visit.say(MEASURES[n])} for n in COLUMNS
                    if any(m["name"] == n for m in figures["measures"])],
        "rows": drawing.rows(visit, figures, asked),
        "activity_url": activity_address(asked),
        "figures_url": f"{PATH}/figures?{urlencode(asked)}", "query": urlencode(asked),
        "kept": [_kept(reader, row) for row in kept],
    }  # fmt: skip


def _kept(reader: Reader, row: Row) -> Row:
    """A kept view; whoever keeps it changes it."""
    is_mine = str(row["owner_id"]) == str(reader.caller.profile_id)
    change = f"{PATH}/views/{row['id']}" if is_mine else None
    return {"name": row["name"], "url": address(row["question"]), "change_url": change}
