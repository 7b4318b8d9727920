"""A case on the desk: its head, its story, one composer, and what stands beside it."""

import asyncio
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals import custom
from portals.faults import Errors, Say
from portals.uploads import attach, keep
from portals.visits import Visit
from portals.words import noted
from portals.workspace.advice import Advice, advice_of, insertion
from portals.workspace.approvals_beside import approvals_of
from portals.workspace.beside import beside
from portals.workspace.case_ties import escalation_of, ties_of
from portals.workspace.case_verbs import DEEDS, SPEAKABLE, body_of, verbs_of
from portals.workspace.clocks import clocks_of
from portals.workspace.colleagues import names_of
from portals.workspace.desk import on, reader_of, show
from portals.workspace.inbox import OPEN, address_of, box_named, customer_name, inbox_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import table
from portals.workspace.thread import story_of

_RELATIONS = "account,contact,consumer,entitlement"
_FACTS = {
    "case_type": "case_type", "category": "category_of_case", "subcategory": "subcategory_of_case",
    "impact": "impact", "urgency": "urgency",
}  # fmt: skip
"""What else a case says of itself, and what that is called here."""


async def case_page(visit: Visit) -> Response:
    """`GET /workspace/cases/{number}`."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    """The page, with what was typed where it was refused."""
    reader = reader_of(visit)
    row = await reader.one("cases", visit.path["number"], f"{_RELATIONS},case_type")
    box = box_named(visit.word("box"))
    case, story, inbox, advice, aside = await asyncio.gather(
        head_of(reader, row, visit.say),
        story_of(reader, row, visit.say),
        inbox_of(reader, visit.say, box, row["number"]),
        advice_of(reader, row, visit.say),
        beside(reader, row, visit.say),
    )
    own, facts = await asyncio.gather(
        custom.facts(visit.services, reader.caller, "cases", row, visit.locale),
        facts_of(reader, row, visit.say),
    )
    wanted = await reader.rows("catalog_requests", {"case_id": str(row["id"]), "limit": "1"})
    asked = await approvals_of(reader, ("cases", row), *(("catalog_requests", r) for r in wanted))
    # Shown again after a refused form, the page is still the case's own to come back to.
    visit.typed.setdefault("next", f"/workspace/cases/{row['number']}")
    values = dict(visit.typed)
    if inserted := insertion(advice, visit.word("insert", 80)):
        values = inserted | values
    return await show(
        visit, "workspace/case.html", status=status, case=case, inbox=inbox, thread=story.thread,
        activity=story.activity, then=then_choices(case, visit.say), values=values,
        errors=errors or [], summary=advice.summary, recommendations=advice.recommendations,
        can_summarise=advice.can_summarise, own=own, facts=facts, approvals=asked, **aside,
    )  # fmt: skip


async def head_of(reader: Reader, row: Row, say: Say) -> Row:
    """The case as its head and composer show it."""
    held, clocks, names, goes_on, kind = await asyncio.gather(
        verbs_of(reader, row),
        clocks_of(reader, [row["id"]], say),
        names_of(reader, [row.get("assigned_to_id")]),
        reader.maybe("cases", row.get("merged_into_id")),
        reader.maybe("case_types", row.get("case_type_id")),
    )
    escalation, ties = await asyncio.gather(escalation_of(reader, row), ties_of(reader, row, say))
    verbs = held.verbs
    speaks = row["state"] in SPEAKABLE
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "url": address_of(row),
        "subject": row["subject"],
        "state": row["state"],
        "stage": stage_of(row, kind, "move" in verbs, reader.caller.locale),
        "priority": row["priority"],
        "channel": row["channel"],
        "assignee": names.get(str(row.get("assigned_to_id"))),
        "assigned": bool(row.get("assigned_to_id")),
        "mine": str(row.get("assigned_to_id")) == str(reader.caller.profile_id),
        "held_since": row.get("held_since"),
        "clock": clocks.get(str(row["id"])),
        "created_at": row["created_at"],
        "type": kind and kind["name"],
        "escalation": escalation,
        "ties": ties,
        "verbs": held.buttons,
        "more": held.more,
        "can_reply": speaks and "comment" in verbs,
        "can_note": speaks and "note" in verbs,
        "can_wait": "wait" in verbs,
        "can_resolve": "resolve" in verbs,
        "can_change": "update" in verbs,
        "can_merge": "merge" in verbs and row["state"] in OPEN,
        "merged_into": goes_on and {"number": goes_on["number"], "url": address_of(goes_on)},
        "reply_to": customer_name(row) or say(noted("the customer")),
        "reply_channel": row["channel"],
    }


async def facts_of(reader: Reader, row: Row, say: Say) -> list[Row]:
    """What else the case says of itself."""
    (cells,) = await table(reader, "cases", [row], tuple(_FACTS), say)
    return [
        {"name": name, "cell": cell}
        for name, cell in zip(_FACTS.values(), cells, strict=True)
        if cell["kind"] != "none"
    ]


def stage_of(case: Row, kind: Row | None, may_move: bool, locale: str) -> Row | None:
    """Where in its type's stages a case is and may go, in the reader's words."""
    stages = {stage["key"]: stage for stage in (kind or {}).get("stages") or []}
    here = stages.get(case.get("stage"))
    if here is None:
        return None
    leads = [stages[key] for key in here["next"] if key in stages]
    return {
        "name": spoken(here, locale),
        "next": [
            {"key": stage["key"], "name": spoken(stage, locale)}
            for stage in leads
            if may_move and case["state"] in OPEN and stage["state"] != "resolved"
        ],
    }


def spoken(stage: Row, locale: str) -> str:
    """The name of a stage in a language, or else in the tenant's own."""
    names = stage.get("translations") or {}
    return str(names.get(locale) or names.get(locale.partition("-")[0]) or stage["name"])


def then_choices(case: Row, say: Say) -> list[dict[str, str]]:
    """What may happen with sending a reply."""
    choices = [{"value": "", "label": say(noted("Keep the state"))}]
    if case["state"] not in OPEN:
        return []
    if case["can_wait"]:
        choices.append({"value": "wait", "label": say(noted("Then wait for the customer"))})
    if case["can_resolve"]:
        choices.append({"value": "resolve", "label": say(noted("Then resolve with this answer"))})
    return choices if len(choices) > 1 else []


# ── Fragments ────────────────────────────────────────────────────────────────────────────────


async def head(visit: Visit) -> Response:
    """The head, drawn anew when the case changes."""
    reader = reader_of(visit)
    row = await reader.one("cases", visit.path["number"], _RELATIONS)
    return await visit.fragment("workspace/_head.html", case=await head_of(reader, row, visit.say))


async def thread(visit: Visit) -> Response:
    """The conversation."""
    reader = reader_of(visit)
    row = await reader.one("cases", visit.path["number"], _RELATIONS)
    story = await story_of(reader, row, visit.say)
    return await visit.fragment("workspace/_thread.html", thread=story.thread)


async def activity(visit: Visit) -> Response:
    """What happened, newest first."""
    reader = reader_of(visit)
    row = await reader.one("cases", visit.path["number"], _RELATIONS)
    story = await story_of(reader, row, visit.say)
    return await visit.fragment("workspace/_activity.html", activity=story.activity)


async def advice(visit: Visit) -> Response:
    """Summary and recommendations."""
    reader = reader_of(visit)
    row = await reader.one("cases", visit.path["number"], _RELATIONS)
    found: Advice = await advice_of(reader, row, visit.say)
    return await visit.fragment(
        "workspace/_advice.html", case={"number": row["number"], "id": str(row["id"])},
        summary=found.summary, recommendations=found.recommendations,
        can_summarise=found.can_summarise,
    )  # fmt: skip


# ── What is done here ────────────────────────────────────────────────────────────────────────


async def write(visit: Visit) -> Response:
    """Answer the customer or note something for colleagues, with files, and go on from there."""
    number = visit.path["number"]
    try:
        typed = await visit.form()
        body = typed.get("body", "").strip()
        is_note = typed.get("kind") == "note"
        files = await keep(visit, visit.files)
        await visit.do("cases.note" if is_note else "cases.comment", number, body=body)
        case = await reader_of(visit).one("cases", number)
        await attach(visit, files, "cases", str(case["id"]))
        if not is_note:
            await _then(visit, case, typed.get("then", ""), body)
    except NotFound:
        raise
    except Problem as refused:
        if visit.is_script:
            raise
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    return on(visit, f"/workspace/cases/{number}#thread")


async def _then(visit: Visit, case: Row, then: str, body: str) -> None:
    """The step that was chosen with the reply; one that has happened already is no fault."""
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "wait": ("cases.wait", {"on": "customer"}),
        "resolve": ("cases.resolve", {"resolution": body[:10_000]}),
    }
    if then in steps and case["state"] in OPEN:
        action, arguments = steps[then]
        # The key of the request is the reply's own; the state says whether this was done before.
        await visit.ask(action, case["id"], **arguments)


async def deed(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/do/{verb}`."""
    number, name = visit.path["number"], visit.path["verb"]
    if name not in DEEDS:
        raise NotFound("there is no such verb")
    try:
        typed = await visit.form()
        await visit.do(f"cases.{DEEDS[name].action}", number, **body_of(name, typed))
    except NotFound:
        raise
    except Problem as refused:
        if visit.is_script:
            raise
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    return visit.go(f"/workspace/cases/{number}")
