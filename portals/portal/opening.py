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
from portals.portal.others import (
    COLUMNS,
    asks_for_oneself,
    chosen,
    customer_of,
    finds_customers,
    others,
)
from portals.visits import Visit

_PRODUCTS_MOST = "50"
_FIELDS = ("sold_product_id", "asset_id", "subject", "description")
_PAGE_FIELDS = (*_FIELDS, "customer")


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
        kept = await uploads.drafts(visit)
        fields = await custom.fields_of(visit.services, visit.reader, "cases")
        own = await custom.answers(visit.services, fields, visit.reader, visit.many)
        if not is_served(visit.caller):
            own["channel"] = "portal"
        case = await visit.do("cases.create", **_wanted(visit, form), **own)
        if not visit.is_repeat:
            ids = [each["id"] for each in kept]
            await uploads.attach(visit, ids, "cases", case["id"])
    except Unauthorized:
        raise
    except Problem as problem:
        if visit.is_script or visit.visitor is None:
            raise
        return await _form(visit, visit.typed, problem, kept)
    return visit.go(f"/cases/{case['number']}", notice=visit.say("We have it and write to you."))


def _wanted(visit: Visit, form: dict[str, str]) -> dict[str, Any]:
    """The body of `cases.create`; raises Invalid naming what a person must still write."""
    words = {name: form.get(name, "").strip() for name in _FIELDS}
    whose = chosen(form.get("customer", ""))
    faults = []
    if not whose and not asks_for_oneself(visit):
        faults.append(Fault("/customer", "missing", "is missing"))
    faults += [
        Fault(f"/{name}", "missing", "is missing")
        for name in ("subject", "description")
        if not words[name]
    ]
    if faults:
        raise Invalid(faults)
    return {name: value for name, value in words.items() if value} | whose


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
    owned = [] if not is_served(visit.reader) and not of else await _products(visit, of)
    subject = values.get("subject", "")
    near = await find(visit, subject, most=3) if subject and problem is None else []
    fields = await custom.fields_of(visit.services, visit.reader, "cases")
    return await visit.page(
        "portal/case_new.html",
        status=problem.status if problem else 200,
        products=owned,
        assets=await choices(visit, of) if of or is_served(visit.reader) else [],
        customer=customer,
        finds=not is_served(visit.reader) and finds_customers(visit),
        others=await others(visit),
        asked=await custom.questions(
            visit.services, fields, visit.reader, visit.many, visit.locale
        ),
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
