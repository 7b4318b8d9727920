"""What is behind the figures: promises and answers that a number counts, and what agents did."""

from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from infra.kernel.errors import BadRequest, Forbidden, Invalid
from portals import charts
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import show
from portals.workspace.insights.question import ACTIVITY, PATH, question_of, typed
from portals.workspace.insights.words import BYS, value_words

MEASURES = {
    "kept": noted("Promises kept"), "broken": noted("Promises broken"),
    "promised": noted("Promises kept and broken"), "answered": noted("Answers to surveys"),
}  # fmt: skip
OUTCOMES = {"kept": noted("Kept"), "broken": noted("Broken")}
SIZE = 50
_DEEDS = ("replies", "notes", "resolved", "reopened", "handled")


async def behind_page(visit: Visit) -> Response:
    """`GET /workspace/insights/behind`: the promises or the answers that a number counts."""
    listed, back = visit.word("list", 2_000), visit.word("back", 600)
    asked = {name: value for name, value in parse_qsl(listed) if name not in {"after", "limit"}}
    after = visit.word("after", 40)
    found = await visit.ask(
        "insights.behind", **typed(asked), limit=SIZE, **({"after": after} if after else {})
    )
    following = {"list": listed, "back": back, "after": str(found["next"])}
    return await show(
        visit, "workspace/insights_behind.html", count=found["count"],
        title=visit.say(MEASURES.get(asked.get("measure", ""), noted("Figures"))),
        has_scores=asked.get("measure") == "answered",
        outcomes={name: visit.say(word) for name, word in OUTCOMES.items()},
        rows=[row | {"url": f"/workspace/cases/{row['case_number']}"} for row in found["data"]],
        next_url=f"{PATH}/behind?{urlencode(following)}" if found["next"] else None,
        back_url=f"{PATH}?{back}",
    )  # fmt: skip


async def activity_page(visit: Visit) -> Response:
    """`GET /workspace/insights/activity`: what agents did, by agent or by channel."""
    question = question_of(visit)
    asked = {name: value for name, value in question.items() if name in ACTIVITY}
    by = "channel" if question.get("by") == "channel" else "agent"
    told, faults = None, []
    try:
        told = await visit.ask("insights.activity", **typed(asked), by=by)
    except (BadRequest, Invalid) as refused:
        faults = visit.errors(refused)
    except Forbidden:
        faults = [{"field": "", "message": visit.say("You do not read all that was said here.")}]
    rows = told["rows"] if told else []
    lengths = charts.shares([sum(row[name] or 0 for name in _DEEDS) for row in rows])
    return await show(
        visit, "workspace/insights_activity.html", errors=faults, activity=told,
        by_name=visit.say(BYS[by]), shows_work=any(row["handled"] is not None for row in rows),
        rows=[{**row, "label": row["name"] or value_words(visit, by, row["value"]),
               "share": share} for row, share in zip(rows, lengths, strict=True)],
        bys=[{"label": visit.say(BYS[name]), "current": name == by,
              "url": f"{PATH}/activity?{urlencode({**asked, 'by': name})}"}
             for name in ("agent", "channel")],
        back_url=f"{PATH}?{urlencode(asked)}",
    )  # fmt: skip
