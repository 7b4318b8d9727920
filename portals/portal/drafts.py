"""A case that is not sent yet: its words can still be changed by whoever wrote them."""

from typing import Any

from starlette.responses import Response

from infra.kernel.custom import forms
from infra.kernel.errors import Forbidden, NotFound, Problem, Unauthorized
from portals import custom, references
from portals.pages import page
from portals.portal.case_kinds import asked_of
from portals.visits import Visit

_WORDS = ("subject", "description")


async def edit(visit: Visit) -> Response:
    """`GET /cases/{number}/edit`."""
    case = await _draft(visit)
    fields = await custom.fields_of(visit.services, visit.reader, "cases")
    reader = visit.reader
    said = forms.shown(fields, case.get("custom") or {}, reader.audience, reader.zone)
    values = {name: str(case.get(name) or "") for name in (*_WORDS, "category", "subcategory")}
    return await _form(visit, case, values, said)


async def save(visit: Visit) -> Response:
    """`POST /cases/{number}/edit`: kept, or sent along with it."""
    case = await _draft(visit)
    try:
        form = await visit.form()
        asked = await asked_of(visit, _typed(case))
        names = [name for name in (*_WORDS, *(each["name"] for each in asked.more))
                 if name in form and name != "urgency"]  # fmt: skip
        body: dict[str, Any] = {name: form[name].strip() for name in names}
        body |= await _own(visit)
        await visit.do("cases.update", case["id"], **body)
        if form.get("do") == "send":
            await visit.do("cases.submit", case["id"])
            words = visit.say("We have it and write to you.")
            return visit.go(f"/cases/{case['number']}", notice=words)
    except (Unauthorized, Forbidden, NotFound):
        raise
    except Problem as problem:
        if visit.is_script:
            raise
        return await _form(visit, case, visit.typed, visit.many, problem)
    return visit.go(f"/cases/{case['number']}", notice=visit.say("Saved."))


async def _draft(visit: Visit) -> dict[str, Any]:
    """The case; raises NotFound for one that was sent, which has no such page any more."""
    case = await visit.read("cases", visit.path["number"])
    if case["state"] != "draft":
        raise NotFound("there is no such page")
    return case


def _typed(case: dict[str, Any]) -> dict[str, str]:
    return {"case_type_id": str(case.get("case_type_id") or ""),
            "category": str(case.get("category") or "")}  # fmt: skip


async def _own(visit: Visit) -> dict[str, Any]:
    """The tenant's own fields as they were written; an emptied one is taken away."""
    reader = visit.reader
    fields = await custom.fields_of(visit.services, reader, "cases")
    given = forms.typed(fields, reader.audience, visit.many, reader.zone)
    given = await references.resolve(visit.services, reader, fields, given)
    emptied = {e.key for e in fields.writable(reader.audience) if e.path in visit.many}
    given |= dict.fromkeys(emptied - set(given))
    return {"custom": given} if given else {}


async def _form(
    visit: Visit,
    case: dict[str, Any],
    values: dict[str, str],
    said: dict[str, list[str]],
    problem: Problem | None = None,
) -> Response:
    asked = await asked_of(visit, _typed(case) | values)
    fields = await custom.fields_of(visit.services, visit.reader, "cases")
    questions = await custom.questions(visit.services, fields, visit.reader, said, visit.locale)
    return await visit.page(
        "portal/case_edit.html",
        status=problem.status if problem else 200,
        case={"number": case["number"], "subject": case["subject"]},
        values=values,
        errors=visit.errors(problem) if problem else [],
        hidden=asked.hidden,
        more=[each for each in asked.more if each["name"] != "urgency"],
        asked=asked.own(questions),
    )


routes = (
    page("/cases/{number}/edit", edit, people="portal"),
    page("/cases/{number}/edit", save, methods=("POST",), people="portal"),
)
