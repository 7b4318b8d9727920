"""Opening a case: what it is about, in the customer's words, on what they own."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Fault, Invalid, Problem, Unauthorized
from infra.kernel.ids import uuid7
from portals import custom, uploads
from portals.doors import is_served
from portals.pages import page
from portals.portal.answers import find
from portals.portal.assets import choices
from portals.portal.case_kinds import Asked, asked_of
from portals.portal.others import (
    COLUMNS,
    asks_for_oneself,
    chosen,
    customer_of,
    finds_customers,
    others,
)
from portals.visits import Visit
from portals.words import noted

_PRODUCTS_MOST = "50"
_FIELDS = ("sold_product_id", "asset_id", "subject", "description")
_PAGE_FIELDS = (*_FIELDS, "customer", "case_type_id")


async def show(visit: Visit) -> Response:
    """`GET /cases/new`: the form, filled in as far as the address says. Staff who ask for others
    find the customer first."""
    if not visit.word("customer") and not asks_for_oneself(visit):
        return visit.go("/customers")
    return await _form(visit, {name: visit.word(name) for name in _PAGE_FIELDS})


async def create(visit: Visit) -> Response:
    """`POST /cases/new`: the case, or the form again with all that was written and sent along."""
    kept: list[dict[str, Any]] = []
    try:
        form = await visit.form()
        if form.get("do") == "look":
            return await _looked(visit, form)
        kept = await uploads.drafts(visit)
        fields = await custom.fields_of(visit.services, visit.reader, "cases")
        own = await custom.answers(visit.services, fields, visit.reader, visit.many)
        if not is_served(visit.caller):
            own["channel"] = "portal"
        asked = await asked_of(visit, form)
        waits = form.get("do") == "draft"
        body = _wanted(visit, form, asked, whole=not waits) | ({"draft": True} if waits else {})
        case = await visit.do("cases.create", **body, **own)
        if not visit.is_repeat:
            ids = [each["id"] for each in kept]
            await uploads.attach(visit, ids, "cases", case["id"])
    except Unauthorized:
        raise
    except Problem as problem:
        if visit.is_script or visit.visitor is None:
            raise
        return await _form(visit, visit.typed, problem, kept)
    said = noted("It is kept. Nothing is sent yet.") if waits else "We have it and write to you."
    return visit.go(f"/cases/{case['number']}", notice=visit.say(said))


async def _looked(visit: Visit, form: dict[str, str]) -> Response:
    """What is asked after the type that was chosen, without sending it: a piece for the script."""
    if not visit.is_script:
        return await _form(visit, form)
    served = is_served(visit.reader)
    customer = None if served else await customer_of(visit, form.get("customer", ""))
    asked = await _asked(visit, form, {} if customer is None else chosen(customer["owner"]))
    return await visit.fragment("portal/_case_questions.html", values=form, errors=[], **asked)


def _wanted(
    visit: Visit, form: dict[str, str], asked: Asked, *, whole: bool = True
) -> dict[str, Any]:
    """The body of `cases.create`; raises Invalid naming what a person must still write, of which a
    draft needs one line."""
    names = (*_FIELDS, "case_type_id", *(each["name"] for each in asked.more))
    words = {name: form.get(name, "").strip() for name in names if name not in asked.hidden}
    whose = chosen(form.get("customer", ""))
    faults = []
    if not whose and not asks_for_oneself(visit):
        faults.append(Fault("/customer", "missing", "is missing"))
    faults += [
        Fault(f"/{name}", "missing", "is missing")
        for name in (("subject", "description") if whole else ("subject",))
        if words.get(name) == ""
    ]
    if faults:
        raise Invalid(faults)
    told: dict[str, Any] = {name: value for name, value in words.items() if value} | whose
    if told.get("urgency") in {*"123"}:
        told["urgency"] = int(told["urgency"])
    return told


async def _asked(visit: Visit, values: dict[str, str], of: dict[str, str]) -> dict[str, Any]:
    """What the form asks, after the type that its values choose, with what there is to choose."""
    asked = await asked_of(visit, values)
    fields = await custom.fields_of(visit.services, visit.reader, "cases")
    questions = await custom.questions(
        visit.services, fields, visit.reader, visit.many, visit.locale
    )
    served = is_served(visit.reader)
    return {
        "products": await _products(visit, of) if served or of else [],
        "assets": await choices(visit, of) if of or served else [],
        "kinds": [{"value": each["id"], "label": each["name"]} for each in asked.kinds],
        "chosen": asked.chosen, "needed": asked.needed, "hidden": asked.hidden,
        "more": asked.more, "asked": asked.own(questions),
    }  # fmt: skip


async def _form(
    visit: Visit,
    values: dict[str, str],
    problem: Problem | None = None,
    kept: Sequence[dict[str, Any]] = (),
) -> Response:
    customer = (
        None if is_served(visit.reader) else await customer_of(visit, values.get("customer", ""))
    )
    of = {} if customer is None else chosen(customer["owner"])
    subject = values.get("subject", "")
    near = await find(visit, subject, most=3) if subject and problem is None else []
    return await visit.page(
        "portal/case_new.html",
        status=problem.status if problem else 200,
        **await _asked(visit, values, of),
        customer=customer,
        finds=not is_served(visit.reader) and finds_customers(visit),
        others=await others(visit),
        values=values,
        errors=visit.errors(problem, **dict.fromkeys(COLUMNS.values(), "customer"))
        if problem
        else [],
        attempt=uuid7().hex,
        kept=kept,
        answers=[{"title": each["title"], "url": each["url"]} for each in near],
    )


async def _products(visit: Visit, of: dict[str, str]) -> list[dict[str, Any]]:
    """What the case may be about: what the customer has, or whoever asks for themselves."""
    owned = await visit.list(
        "sold_products", state="active", limit=_PRODUCTS_MOST, fields="id,name,serial_number", **of
    )
    return [each | {"id": str(each["id"])} for each in owned.data]


routes = (
    page("/cases/new", show, people="portal"),
    page("/cases/new", create, methods=("POST",), people="portal"),
)
